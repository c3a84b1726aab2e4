// The texts of what callers and Graph send, field by field: one source for the OpenAPI document and the connector.
// A field without a text, and a text without a field, stop the generator.
import { LONGEST_WAIT_SECONDS } from '../../shared/http/prefer-wait';
import { LONGEST_CALLBACK_URL } from '../../shared/tones/request/callback-url';
import { LONGEST_TENANT_NAME } from '../../shared/tones/request/request-tenants';
import { LONGEST_DEADLINE_SECONDS, LONGEST_DELAY_MS } from '../../shared/tones/request/tone-request';
import { CALL_ID, CALLBACK_URL, TENANT_ID } from './example-values';
import type { FieldText, FieldTexts } from '../schemas/json-schema';
import { DEFAULT_LIMITS } from '../schemas/default-limits';

/** With commas between the thousands. */
const inEnglish = (number: number) => number.toLocaleString('en-US');

const CLIENT_CONTEXT_TITLE = 'Client Context';

export const TONE_REQUEST_TEXTS = {
  callId: {
    title: 'Call ID',
    description: 'The id that Graph gave the call: 1 to 128 letters, digits, "_" or "-".',
    example: CALL_ID,
    visibility: 'important',
  },
  tones: {
    title: 'Tones',
    description: `The tones in order, by the names that Graph has for them: 1 to ${DEFAULT_LIMITS.maxTones}. Give either these or digits.`,
    example: ['tone4', 'tone2', 'pound'],
    visibility: 'advanced',
  },
  digits: {
    title: 'Digits',
    description:
      `The keys as a dial string: 0-9, *, #, A-D, and ! for flash; 1 to ${DEFAULT_LIMITS.maxTones} of them. ` +
      'Pauses: w is 0.5 s, W is 1 s, a comma is 2 s. Space, -, ., ( and ) are skipped. Give either these or tones.',
    example: '42#',
    visibility: 'important',
  },
  delayBetweenTonesMs: {
    title: 'Delay Between Tones',
    description: `Milliseconds between two tones, 0 to ${inEnglish(LONGEST_DELAY_MS)}. Absent: Graph decides. A far end that misses fast tones may like 300.`,
    example: 300,
    visibility: 'advanced',
  },
  clientContext: {
    title: CLIENT_CONTEXT_TITLE,
    description:
      'Your unique name for this request: 1 to 256 printable ASCII characters (245 where there are pauses between tones), not ending with ;part= and digits. The same name with the same request presses nothing twice. ' +
      'Absent: a new UUID, so that a repetition presses again.',
    example: 'order-42',
    visibility: 'important',
  },
  expiresInSeconds: {
    title: 'Expires In Seconds',
    description: `Seconds after which the first tone is never pressed, 1 to ${inEnglish(LONGEST_DEADLINE_SECONDS)}. Absent: ${DEFAULT_LIMITS.defaultExpiresInSeconds}, unless the app is set otherwise.`,
    example: 120,
    visibility: 'advanced',
  },
  callbackUrl: {
    title: 'Callback URL',
    description:
      'Where the outcome is sent by POST when it is final: an absolute https URL on port 443 of a host that the setting CALLBACK_HOSTS allows ' +
      '(for development also a URL of the http origin on localhost that it names), ' +
      `at most ${LONGEST_CALLBACK_URL.toLocaleString('en-US')} characters. It is kept as a secret and is no part of the comparison with a repetition.`,
    example: CALLBACK_URL,
    visibility: 'internal',
  },
  tenantId: {
    title: 'Tenant ID',
    description:
      'The tenant of the call: the one of the setting GRAPH_TENANT_ID, which it is where none is given, or one of GRAPH_TENANT_IDS; ' +
      `at most ${LONGEST_TENANT_NAME} characters. The token for Graph comes from there.`,
    example: TENANT_ID,
    visibility: 'advanced',
  },
} as const satisfies FieldTexts;

export const FORGET_CALLBACK_TEXTS = {
  clientContext: {
    title: CLIENT_CONTEXT_TITLE,
    description: 'The name of the request whose callback is no longer wanted.',
    example: 'order-44',
  },
} as const satisfies FieldTexts;

export const CANCEL_TONES_TEXTS = {
  clientContext: {
    title: CLIENT_CONTEXT_TITLE,
    description: 'The name of the request of which nothing more is to be pressed.',
    example: 'order-47',
  },
} as const satisfies FieldTexts;

/** The header Prefer, of every operation that can wait for the end. */
export const PREFER_TEXT = {
  title: 'Prefer',
  description: `How long to wait for the end, as wait=20 (RFC 7240): whole seconds, ${LONGEST_WAIT_SECONDS} at most. Absent: the answer comes at once.`,
  example: 'wait=20',
} as const;

const ODATA_TYPE: FieldText = { title: 'Type', description: "Graph's name of the type." };
const CHANGE_TYPE: FieldText = {
  title: 'Change Type',
  description: 'What happened to the resource: created, updated or deleted.',
  example: 'deleted',
};
const RESOURCE_URL: FieldText = { title: 'Resource URL', description: 'The path of the operation or of the call.' };
const RESOURCE_DATA: FieldText = { title: 'Resource Data', description: 'The operation or the call as it is now.' };

export const CALL_NOTIFICATIONS_TEXTS: FieldTexts = {
  '@odata.type': ODATA_TYPE,
  value: { title: 'Value', description: 'The notifications.' },
  'value[].@odata.type': ODATA_TYPE,
  'value[].changeType': CHANGE_TYPE,
  'value[].resourceUrl': RESOURCE_URL,
  'value[].resourceData': RESOURCE_DATA,
  changeType: CHANGE_TYPE,
  resourceUrl: RESOURCE_URL,
  resourceData: RESOURCE_DATA,
};
