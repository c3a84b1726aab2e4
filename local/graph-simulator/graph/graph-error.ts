// Errors as Graph words them: which status and code each refusing scenario has, and the body around it.
// Knows no call. The codes are published or were seen; the HTTP status of some is a guess, see README.md.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { sendJson } from '../exchange';
import type { Scenario } from '../calls/scenarios';

export interface GraphError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export const CALL_NOT_FOUND: GraphError = { status: 404, code: '8522', message: 'Call not found.' };
export const NOT_ESTABLISHED: GraphError = {
  status: 400,
  code: '8501',
  message: 'Request not allowed: the call is not established.',
};
export const AUDIO_INACTIVE: GraphError = {
  status: 400,
  code: '8503',
  message: 'Request not allowed: the audio of the call is not active.',
};
export const SERVER_ERROR: GraphError = { status: 500, code: 'UnknownError', message: '' };

/** The scenarios that refuse a request: nothing is pressed. */
export const REFUSALS: ReadonlyMap<Scenario, GraphError> = new Map<Scenario, GraphError>([
  ['call-gone', CALL_NOT_FOUND],
  ['not-established', NOT_ESTABLISHED],
  [
    'forbidden',
    { status: 403, code: '7504', message: 'Insufficient enterprise tenant permissions, cannot access this API.' },
  ],
  ['throttled', { status: 429, code: 'TooManyRequests', message: 'The request has been throttled.' }],
  [
    'unauthorized-once',
    { status: 401, code: 'InvalidAuthenticationToken', message: 'Continuous access evaluation resulted in challenge.' },
  ],
  ['busy', { status: 409, code: '8500', message: 'Another media operation is in progress.' }],
  [
    'service-unavailable',
    { status: 503, code: 'serviceNotAvailable', message: 'The service is temporarily unavailable.' },
  ],
]);

/** Answers with `{error: {code, message, innerError}}`, repeating the client's own request id. */
export function sendGraphError(
  request: IncomingMessage,
  response: ServerResponse,
  error: GraphError,
  headers: OutgoingHttpHeaders = {},
): void {
  const requestId = randomUUID();
  const clientRequestId = clientRequestIdOf(request) ?? requestId;
  const date = new Date().toISOString().slice(0, 19);
  const innerError = { date, 'request-id': requestId, 'client-request-id': clientRequestId };
  const body = { error: { code: error.code, message: error.message, innerError } };
  sendJson(response, error.status, body, { 'request-id': requestId, 'client-request-id': clientRequestId, ...headers });
}

export function clientRequestIdOf(request: IncomingMessage): string | undefined {
  const value = request.headers['client-request-id'];
  return typeof value === 'string' ? value : undefined;
}
