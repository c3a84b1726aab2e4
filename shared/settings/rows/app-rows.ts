// The settings of the app itself by name: its own URLs, the limits and times of the delivery, and its telemetry.
// Rows only: what a row may say is in setting-row, how a value is read in setting-reader.
import { LONGEST_DEADLINE_SECONDS, MOST_TONES } from '../../tones/request/tone-request';
import type { SettingEntry } from './setting-row';

export const APP_ROWS = [
  {
    name: 'HTTP_AUTH_LEVEL',
    default: 'function',
    oneOf: ['function', 'anonymous'],
    meaning: '`function`, or `anonymous` where App Service Authentication is on.',
  },
  {
    name: 'PUBLIC_BASE_URL',
    otherwise: 'from the request',
    meaning: 'Start of `Location` behind a gateway. `http:` for loopback only.',
  },
  {
    name: 'CONSOLE_PAGE',
    default: 'on',
    oneOf: ['on', 'off'],
    meaning: '`on`, or `off`: the page `console`, which holds no data, is not served.',
  },
  {
    name: 'MAX_TONES',
    default: '50',
    range: { least: 1, most: MOST_TONES },
    meaning: 'Most tones in one request, {range}.',
  },
  {
    name: 'DEFAULT_EXPIRES_IN_SECONDS',
    default: '60',
    range: { least: 1, most: LONGEST_DEADLINE_SECONDS },
    meaning: 'Deadline of requests that name none, {range}.',
  },
  {
    name: 'SEND_GRACE_SECONDS',
    default: '30',
    range: { least: 4, most: 600 },
    meaning: 'A claimed request of which nothing more is heard for so long is `unknown`, {range}.',
  },
  {
    name: 'NOTIFICATION_GRACE_SECONDS',
    default: '60',
    range: { least: 1, most: 86_400 },
    meaning: "How long the notification is waited for on top of the tones' own duration, {range}.",
  },
  {
    name: 'WAIT_MIN_SECONDS',
    default: '1',
    range: { least: 1, most: 60 },
    meaning: 'Shortest wait before a request is tried again, {range}.',
  },
  {
    name: 'WAIT_MAX_SECONDS',
    default: '8',
    range: { least: 'WAIT_MIN_SECONDS', most: 600 },
    meaning: 'Longest wait before a request is tried again, unless Graph asks for more; {range}.',
  },
  {
    name: 'PART_LATENESS_SECONDS',
    default: '5',
    range: { least: 1, most: 60 },
    meaning: 'How late after its pause a part of a dial string may still be pressed, {range}.',
  },
  {
    name: 'OUTCOME_RETENTION_DAYS',
    default: '30',
    range: { least: 1, most: 3_650 },
    meaning: 'Rows older than that are deleted, {range}.',
  },
  {
    name: 'APPLICATIONINSIGHTS_CONNECTION_STRING',
    otherwise: 'no telemetry to Azure Monitor',
    meaning: "Connection string of Application Insights; the Functions host's own setting.",
  },
  {
    name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
    otherwise: 'the key in the connection string',
    meaning:
      '`Authorization=AAD`, with `;ClientId=<GUID>` for a user-assigned identity: telemetry is sent by managed identity.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    otherwise: 'no OTLP exporter',
    meaning: 'OpenTelemetry collector (OTLP over HTTP) that traces and metrics are sent to. `http:` for loopback only.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    default: 'http/protobuf',
    oneOf: ['http/protobuf'],
    meaning:
      '{oneOf}. Set it beside the endpoint: the Functions host reads it, too, and without it sends its own logs and traces by gRPC, which an HTTP collector loses.',
  },
] as const satisfies readonly SettingEntry[];
