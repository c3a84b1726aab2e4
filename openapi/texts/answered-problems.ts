// Which problems each HTTP function answers, with the words of an example.
// Tests compare the codes with the functions' source, and the examples with what the running app answers.
import type { ProblemCode, ProblemParts } from '../../shared/http/problem';
import { PROBLEMS } from '../../shared/http/problem';
import type { FUNCTION_NAMES } from '../../shared/resource-names';
import { problemTypeOf } from '../schemas/answer-schemas';

export type HttpFunctionName = Extract<
  keyof typeof FUNCTION_NAMES,
  | 'enqueueTones'
  | 'toneOutcome'
  | 'toneStatus'
  | 'cancelTones'
  | 'callTones'
  | 'forgetCallback'
  | 'callNotifications'
  | 'health'
>;

export type ProblemExample = Pick<ProblemParts, 'detail' | 'errors'>;

const NO_PRINCIPAL = { detail: 'App Service Authentication did not name a caller.' };
const NOT_JSON = { detail: 'The body cannot be parsed as JSON in UTF-8.' };
const NOT_APPLICATION_JSON = { detail: 'The Content-Type must be application/json.' };
const CLIENT_CONTEXT_RULE = 'must be 1 to 256 printable ASCII characters';
const NO_SUCH_REQUEST = {
  detail: 'No tone request was made under this clientContext, or it is older than outcomes are kept.',
};
const CANNOT_READ = { detail: 'The outcome cannot be read now.' };

export const ANSWERED_PROBLEMS: Readonly<
  Record<HttpFunctionName, Readonly<Partial<Record<ProblemCode, ProblemExample>>>>
> = {
  enqueueTones: {
    'invalid-request': {
      detail: 'The tone request has 2 faults; errors names each.',
      errors: [
        { pointer: '/callId', detail: 'must be 1 to 128 letters, digits, "_" or "-"' },
        { pointer: '', detail: 'exactly one of tones and digits must be given' },
      ],
    },
    'malformed-json': NOT_JSON,
    unauthenticated: NO_PRINCIPAL,
    'client-context-reused': {
      detail: 'Another request was made under this clientContext. Use a new one for every new request.',
    },
    'body-too-large': { detail: 'The body may have at most 16384 bytes.' },
    'unsupported-media-type': NOT_APPLICATION_JSON,
    'storage-unavailable': {
      detail: 'The request could not be stored. Send it again with the same clientContext: it is pressed at most once.',
    },
  },
  toneOutcome: {
    'invalid-request': {
      detail: 'The query parameter clientContext is missing or not valid.',
      errors: [{ parameter: 'clientContext', detail: CLIENT_CONTEXT_RULE }],
    },
    unauthenticated: NO_PRINCIPAL,
    'not-found': NO_SUCH_REQUEST,
    'storage-unavailable': CANNOT_READ,
  },
  toneStatus: {
    'not-found': { detail: 'This URL belongs to no tone request, or the request is older than outcomes are kept.' },
    'storage-unavailable': CANNOT_READ,
  },
  cancelTones: {
    'invalid-request': {
      detail: 'The request is not valid; errors names each fault.',
      errors: [{ pointer: '/clientContext', detail: CLIENT_CONTEXT_RULE }],
    },
    'malformed-json': NOT_JSON,
    unauthenticated: NO_PRINCIPAL,
    'not-found': NO_SUCH_REQUEST,
    'body-too-large': { detail: 'The body may have at most 16384 bytes.' },
    'unsupported-media-type': NOT_APPLICATION_JSON,
    'storage-unavailable': { detail: 'The request could not be cancelled now. Send the cancellation again.' },
  },
  callTones: {
    'invalid-request': {
      detail: 'The query parameter callId is missing or not valid.',
      errors: [{ parameter: 'callId', detail: 'must be 1 to 128 letters, digits, "_" or "-"' }],
    },
    unauthenticated: NO_PRINCIPAL,
    'storage-unavailable': { detail: "The call's requests cannot be read now." },
  },
  forgetCallback: {
    'invalid-request': {
      detail: 'The request is not valid; errors names each fault.',
      errors: [{ pointer: '/clientContext', detail: CLIENT_CONTEXT_RULE }],
    },
    'malformed-json': NOT_JSON,
    unauthenticated: NO_PRINCIPAL,
    'body-too-large': { detail: 'The body may have at most 16384 bytes.' },
    'unsupported-media-type': NOT_APPLICATION_JSON,
    'storage-unavailable': { detail: 'The callback could not be forgotten now. Send the request again.' },
  },
  callNotifications: {
    'malformed-notification': {
      detail: 'The body must be commsNotifications with a value array, or one commsNotification.',
    },
    unauthenticated: { detail: 'The bearer token does not prove that Microsoft Graph sends this.' },
    'receiver-unknown': { detail: 'It was stored here. Name one receiver of NOTIFICATION_RECEIVERS.' },
    'body-too-large': { detail: 'The body may have at most 262144 bytes.' },
    'receiver-failed': { detail: 'It was stored here. Send the notification again.' },
    'storage-unavailable': { detail: 'The notification could not be stored. Send it again.' },
    'signing-keys-unavailable': { detail: 'Send the notification again.' },
  },
  health: {
    unhealthy: { detail: 'Cannot be reached: table.' },
  },
};

/** The whole body, as shared/http/problem writes it. */
export function problemBody(code: ProblemCode, { detail, errors }: ProblemExample) {
  const { status, title } = PROBLEMS[code];
  return { type: problemTypeOf(code), title, status, detail, ...(errors && { errors }) };
}
