// The application settings: read once from the environment, checked as a whole, handed on as plain data.
// Used by functions/main.ts; the rules of each part stand in storage-settings, graph-settings and notification-settings.
import { isIP } from 'node:net';
import { CLOUD_NAMES, CLOUDS } from './clouds';
import { readGraphSettings, type GraphSettings } from './graph-settings';
import { readNotificationSettings, type NotificationSettings } from './notification-settings';
import type { SettingName } from './setting-names';
import { SettingReader, type Environment, type SettingFault } from './setting-reader';
import { readTelemetrySettings, type TelemetrySettings } from './telemetry-settings';
import { readStorageSettings, type StorageSettings } from './storage-settings';
import { MOST_TONES } from '../tones/request/tone-request';

export type HttpAuthLevel = 'function' | 'anonymous';

export interface Settings {
  readonly storage: StorageSettings;
  readonly toneRequestsQueue: string;
  /** Where the host moves messages that failed too often. */
  readonly poisonQueue: string;
  readonly toneOutcomesTable: string;
  /** Queue of outcomes to be told to callbacks, and where the host moves messages of it that failed too often. */
  readonly toneCallbacksQueue: string;
  readonly callbacksPoisonQueue: string;
  /** Hosts that a callbackUrl may name, lower case; `*.` at the start stands for one or more labels. Empty: no callbacks. */
  readonly callbackHosts: readonly string[];
  /** The second table, for bookkeeping rows. */
  readonly indexTable: string;
  readonly graph: GraphSettings;
  readonly notifications: NotificationSettings;
  readonly httpAuthLevel: HttpAuthLevel;
  /** Where traces and metrics are sent to; absent: nowhere. */
  readonly telemetry?: TelemetrySettings;
  /** Without trailing slash; absent: see `websiteHostname`, else the request. */
  readonly publicBaseUrl?: string;
  /** The platform's host name of this app, where it is a real one: no port, neither localhost nor an IP address. */
  readonly websiteHostname?: string;
  readonly maxTones: number;
  readonly defaultExpiresInSeconds: number;
  readonly sendGraceSeconds: number;
  readonly notificationGraceSeconds: number;
  readonly waitMinSeconds: number;
  readonly waitMaxSeconds: number;
  readonly outcomeRetentionDays: number;
  /** Sentences to log at start: allowed, but probably not what was meant. */
  readonly warnings: readonly string[];
}

/**
 * Every bad setting at once, never a value. One line: the Functions host makes an entry of each line that a failing app prints, and judges
 * its level by its words ("error" in the first one), so further lines would be lost where only errors are logged.
 */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'settings-invalid';

  constructor(readonly faults: readonly SettingFault[]) {
    super(`Settings are missing or wrong: ${faults.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`);
  }
}

/**
 * Reads all settings (contract.md, "Application settings"; names and defaults: setting-names.ts). Pure: reads nothing but `environment`.
 *
 * @throws SettingsError once, naming every setting that is missing or wrong.
 */
export function readSettings(environment: Environment): Settings {
  const reader = new SettingReader(environment);
  const storage = readStorageSettings(reader);
  const toneRequestsQueue = readQueueName(reader, 'TONE_REQUESTS_QUEUE');
  const toneCallbacksQueue = readQueueName(reader, 'TONE_CALLBACKS_QUEUE');
  if (toneRequestsQueue !== undefined && toneRequestsQueue === toneCallbacksQueue)
    reader.fault('TONE_CALLBACKS_QUEUE', 'must differ from TONE_REQUESTS_QUEUE');
  const callbackHosts = readCallbackHosts(reader);
  const toneOutcomesTable = reader.matching(
    'TONE_OUTCOMES_TABLE',
    /^(?!tables$)[a-z][a-z0-9]{2,57}$/i,
    'must be 3 to 58 letters and digits, starting with a letter, and not "tables"',
  );
  const graph = readGraphSettings(reader);
  const cloud = reader.oneOf('GRAPH_CLOUD', CLOUD_NAMES);
  const notifications = readNotificationSettings(reader, reader.guid('GRAPH_CLIENT_ID'), cloud);
  const httpAuthLevel = readHttpAuthLevel(reader, environment);
  const telemetry = readTelemetrySettings(reader, environment);
  const publicBaseUrl = reader.url('PUBLIC_BASE_URL');
  const websiteHostname = realHostOf(environment['WEBSITE_HOSTNAME']);
  const maxTones = reader.integer('MAX_TONES', 1, MOST_TONES);
  const defaultExpiresInSeconds = reader.integer('DEFAULT_EXPIRES_IN_SECONDS', 1, 3600);
  const sendGraceSeconds = reader.integer('SEND_GRACE_SECONDS', 4, 600);
  const notificationGraceSeconds = reader.integer('NOTIFICATION_GRACE_SECONDS', 1, 86_400);
  const waitMinSeconds = reader.integer('WAIT_MIN_SECONDS', 1, 60);
  const waitMaxSeconds = reader.integer('WAIT_MAX_SECONDS', waitMinSeconds ?? 1, 600);
  const outcomeRetentionDays = reader.integer('OUTCOME_RETENTION_DAYS', 1, 3650);
  if (
    reader.faults.length > 0 ||
    storage === undefined ||
    toneRequestsQueue === undefined ||
    toneOutcomesTable === undefined ||
    graph === undefined ||
    toneCallbacksQueue === undefined ||
    callbackHosts === undefined ||
    notifications === undefined ||
    httpAuthLevel === undefined ||
    maxTones === undefined ||
    defaultExpiresInSeconds === undefined ||
    sendGraceSeconds === undefined ||
    notificationGraceSeconds === undefined ||
    waitMinSeconds === undefined ||
    waitMaxSeconds === undefined ||
    outcomeRetentionDays === undefined
  ) {
    throw new SettingsError(reader.faults);
  }
  return {
    storage,
    toneRequestsQueue,
    poisonQueue: `${toneRequestsQueue}-poison`,
    toneOutcomesTable,
    toneCallbacksQueue,
    callbacksPoisonQueue: `${toneCallbacksQueue}-poison`,
    callbackHosts,
    indexTable: `${toneOutcomesTable}Index`,
    graph,
    notifications,
    httpAuthLevel,
    ...(telemetry !== undefined && { telemetry }),
    ...(publicBaseUrl !== undefined && { publicBaseUrl }),
    ...(websiteHostname !== undefined && { websiteHostname }),
    maxTones,
    defaultExpiresInSeconds,
    sendGraceSeconds,
    notificationGraceSeconds,
    waitMinSeconds,
    waitMaxSeconds,
    outcomeRetentionDays,
    warnings: warningsOf(graph, notifications, (name) => reader.isSet(name)),
  };
}

function readQueueName(reader: SettingReader, name: SettingName): string | undefined {
  return reader.matching(
    name,
    /^(?=.{3,56}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
    'must be 3 to 56 lower-case letters, digits and single dashes',
  );
}

/** Names of at least two labels, the last one not a number: never an IP address, a single word or a whole top-level domain. */
const HOST_PATTERN = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

function readCallbackHosts(reader: SettingReader): readonly string[] | undefined {
  if (reader.text('CALLBACK_HOSTS') === 'none') return [];
  return reader.list('CALLBACK_HOSTS', (item) =>
    HOST_PATTERN.test(item.toLowerCase())
      ? item.toLowerCase()
      : reader.fault(
          'CALLBACK_HOSTS',
          'must be host names, "*." before a domain allowed, separated by commas, or none',
        ),
  );
}

/** Keys may be left out only where the platform itself asks for a login. */
function readHttpAuthLevel(reader: SettingReader, environment: Environment): HttpAuthLevel | undefined {
  const level = reader.oneOf('HTTP_AUTH_LEVEL', ['function', 'anonymous']);
  if (level !== 'anonymous' || environment['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true') return level;
  return reader.fault(
    'HTTP_AUTH_LEVEL',
    'may be anonymous only where App Service Authentication is on (WEBSITE_AUTH_ENABLED=True)',
  );
}

function realHostOf(hostname: string | undefined): string | undefined {
  const url = `https://${hostname ?? ''}`;
  // The comparison refuses ports, paths and every other spelling that the URL parser would change.
  if (hostname === undefined || !URL.canParse(url) || new URL(url).hostname !== hostname.toLowerCase())
    return undefined;
  const isLocal = /^(?:.+\.)?localhost\.?$/i.test(hostname) || hostname.startsWith('[') || isIP(hostname) !== 0;
  return isLocal ? undefined : hostname;
}

function warningsOf(
  graph: GraphSettings,
  notifications: NotificationSettings,
  isSet: (name: SettingName) => boolean,
): readonly string[] {
  const isGlobal = graph.cloud === 'global';
  return [
    ...(CLOUDS[graph.cloud].listsSendDtmfTones
      ? []
      : [`GRAPH_CLOUD: Microsoft does not list sendDtmfTones for the cloud ${graph.cloud}; Graph may answer 404.`]),
    ...(isGlobal || isSet('NOTIFICATION_CALLER_APP_IDS')
      ? []
      : ["NOTIFICATION_CALLER_APP_IDS: the default is the global cloud's calling service; other clouds have another."]),
    ...(graph.apiVersion === 'beta' ? ['GRAPH_API_VERSION: Microsoft does not support beta in production.'] : []),
    ...(graph.callsPath === 'app' ? ['GRAPH_CALLS_PATH: the path /app is deprecated; use communications.'] : []),
    ...(notifications.metadataUrl === undefined && notifications.entraMetadataUrl === undefined
      ? ['NOTIFICATION_METADATA_URL, NOTIFICATION_ENTRA_METADATA_URL: both are none, so every notification is refused.']
      : []),
    ...(isSet('OTEL_EXPORTER_OTLP_ENDPOINT') && !isSet('OTEL_EXPORTER_OTLP_PROTOCOL')
      ? ['OTEL_EXPORTER_OTLP_PROTOCOL: not set, so the Functions host speaks gRPC to the collector; use http/protobuf.']
      : []),
  ];
}
