// What the calling platform's error codes and Graph's HTTP statuses mean for a press.
// Tables only, in our stable codes; the catalogue in shared/tones says what to do about each.
import type { ErrorCode } from '../tones/facts/error-catalogue';

/**
 * `permanent`: asking again does not help. `wait`: the same request may
 * succeed later. `canceled`: the operation was cancelled.
 */
export type GraphErrorClass = 'permanent' | 'wait' | 'canceled';

export interface GraphError {
  readonly code: ErrorCode;
  readonly class: GraphErrorClass;
}

/**
 * Codes of the calling platform in the body of a 4xx. 7503, 7504 and 8522 were seen from Graph, the others are the same
 * platform's published list. In a 5xx they decide nothing: the platform may have executed the request.
 */
export const GRAPH_ERRORS: ReadonlyMap<string, GraphError> = new Map<string, GraphError>([
  ['7503', { code: 'app-not-registered', class: 'permanent' }],
  ['7504', { code: 'permission-missing', class: 'permanent' }],
  ['7505', { code: 'tenant-not-permitted', class: 'permanent' }],
  ['7507', { code: 'source-not-permitted', class: 'permanent' }],
  ['8522', { code: 'call-not-found', class: 'permanent' }],
  ['8543', { code: 'call-does-not-exist', class: 'permanent' }],
  ['8528', { code: 'call-terminated', class: 'permanent' }],
  ['8523', { code: 'invalid-argument', class: 'permanent' }],
  ['8501', { code: 'call-not-established', class: 'wait' }],
  ['8503', { code: 'audio-inactive', class: 'wait' }],
  ['8504', { code: 'no-media-stream', class: 'wait' }],
  ['8585', { code: 'wrong-call-state', class: 'wait' }],
  ['8500', { code: 'media-busy', class: 'wait' }],
  ['8519', { code: 'operation-conflict', class: 'wait' }],
  ['8583', { code: 'precondition-failed', class: 'wait' }],
  ['8516', { code: 'throttled', class: 'wait' }],
  ['8508', { code: 'operation-canceled', class: 'canceled' }],
]);

/** 4xx whose body names none of the codes above. */
const STATUS_ERRORS: ReadonlyMap<number, GraphError> = new Map<number, GraphError>([
  [400, { code: 'invalid-argument', class: 'permanent' }],
  [401, { code: 'graph-unauthorized', class: 'permanent' }],
  [403, { code: 'graph-forbidden', class: 'permanent' }],
  [404, { code: 'call-not-found', class: 'permanent' }],
  [409, { code: 'operation-conflict', class: 'wait' }],
  [412, { code: 'precondition-failed', class: 'wait' }],
  [429, { code: 'throttled', class: 'wait' }],
]);

/**
 * The meaning of a refusal: its platform code where that is known, else its
 * status. A 429 is a throttle whatever its code says.
 */
export function meaningOfRefusal(status: number, platformCode: string | undefined): GraphError {
  const byStatus = STATUS_ERRORS.get(status);
  if (status === 429 && byStatus !== undefined) return byStatus;
  const byCode = platformCode === undefined ? undefined : GRAPH_ERRORS.get(platformCode);
  return byCode ?? byStatus ?? { code: 'graph-refused', class: 'permanent' };
}
