// Reads Graph's sendDtmfTonesOperation, from a reply or from a notification, into the domain's canonical spelling.
// Knows the shape of the report in shared/tones, and nothing of how the operation came.
import type { OperationReport, ResultInfo } from '../tones/facts/operation-report';

/**
 * What an operation body reports: an {@link OperationReport} whose clientContext may be missing (the caller knows
 * better, or refuses it). The clientContext is as it came, unchecked. Whatever Graph left out, or wrote in a way that
 * cannot be read, is absent.
 */
export type GraphOperation = Omit<OperationReport, 'clientContext'> & Partial<Pick<OperationReport, 'clientContext'>>;

/**
 * Graph's spelling of the members that are decided upon: operationStatus,
 * completionReason, changeType (metadata of v1.0).
 */
const KNOWN_MEMBERS = [
  'notStarted',
  'running',
  'completed',
  'failed',
  'unknown',
  'completedSuccessfully',
  'mediaOperationCanceled',
  'unknownFutureValue',
  'created',
  'updated',
  'deleted',
] as const;

const CANONICAL_MEMBER: ReadonlyMap<string, string> = new Map(
  KNOWN_MEMBERS.map((member) => [member.toLowerCase(), member]),
);

/** Members are identifiers; anything else is no enum value. 64 characters is twice the longest known one. */
const MEMBER_PATTERN = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Operation ids are GUIDs as far as seen; anything printable without spaces is taken, as long as it fits a column. */
const OPERATION_ID_PATTERN = /^[\x21-\x7e]{1,256}$/;

/** Longest `resultInfo.message` that is kept, in UTF-16 units; the rest is cut. */
const MAX_MESSAGE_LENGTH = 1024;

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/**
 * An enum value in Graph's documented spelling: known members whatever their case, others (Graph adds some) with a
 * small first letter, because the same values arrive in camelCase and in PascalCase. Undefined for null, empty and
 * whatever is not an identifier.
 */
export function camelCaseEnum(value: unknown): string | undefined {
  if (typeof value !== 'string' || !MEMBER_PATTERN.test(value)) return undefined;
  return CANONICAL_MEMBER.get(value.toLowerCase()) ?? `${value.charAt(0).toLowerCase()}${value.slice(1)}`;
}

/** An Int32, also when written as a decimal string, as seen live; undefined for everything else. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) return undefined;
  // Adding 0 turns a negative zero into zero.
  return number >= INT32_MIN && number <= INT32_MAX ? number + 0 : undefined;
}

/** Whether a canonical status is an end of the operation: no (further) notification follows. */
export function isEndStatus(status: string | undefined): status is 'completed' | 'failed' {
  return status === 'completed' || status === 'failed';
}

/**
 * Reads one `sendDtmfTonesOperation`. Never throws: what is no object reports nothing but the ids given.
 *
 * @param resource the operation as parsed JSON.
 * @param ids what is known from elsewhere: the call, in the spelling that the report is to carry.
 * @see https://learn.microsoft.com/graph/api/resources/senddtmftonesoperation
 */
export function fromGraphOperation(resource: unknown, ids: { readonly callId: string }): GraphOperation {
  if (!isRecord(resource)) return { callId: ids.callId };
  const { clientContext, id } = resource;
  const status = camelCaseEnum(resource['status']);
  const completionReason = camelCaseEnum(resource['completionReason']);
  const resultInfo = fromGraphResultInfo(resource['resultInfo']);
  return {
    callId: ids.callId,
    ...(typeof clientContext === 'string' && { clientContext }),
    ...(typeof id === 'string' && OPERATION_ID_PATTERN.test(id) && { operationId: id }),
    ...(status !== undefined && { status }),
    ...(completionReason !== undefined && { completionReason }),
    ...(resultInfo !== undefined && { resultInfo }),
  };
}

function fromGraphResultInfo(value: unknown): ResultInfo | undefined {
  if (!isRecord(value)) return undefined;
  const code = numberOf(value['code']);
  const isUnreadable = code === undefined && value['code'] !== undefined && value['code'] !== null;
  const subcode = numberOf(value['subcode']);
  const text = value['message'];
  const message = typeof text === 'string' ? storableText(text) : undefined;
  if (code === undefined && !isUnreadable && subcode === undefined && message === undefined) return undefined;
  return {
    ...(code !== undefined && { code }),
    ...(isUnreadable && { codeIsUnreadable: true }),
    ...(subcode !== undefined && { subcode }),
    ...(message !== undefined && { message }),
  };
}

/**
 * What a table can hold and a screen shows as it is: without characters that change the direction of what stands around
 * them; control characters, line separators and lone surrogates (which Table storage takes but cannot give back) become
 * spaces. Undefined if nothing is left.
 */
function storableText(text: string): string | undefined {
  const shown = text.replaceAll(/\p{Bidi_Control}/gu, '').slice(0, MAX_MESSAGE_LENGTH);
  return shown === '' ? undefined : shown.replaceAll(/[\p{Cs}\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

/** A JSON object: neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
