// Why there is no token: what the codes of Entra and of the network mean for a press.
// By code, never by the text of a message; knows nothing of how a token is asked for.
import type { ErrorCode } from '../tones/facts/error-catalogue';
import { isRecord } from './operation';

/** `detail`: the authority's or the network's error codes, never a message. */
export type TokenFailure =
  /** None for now. */
  | { readonly kind: 'unavailable'; readonly detail?: string }
  /** None, however often it is asked for. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail?: string };

/**
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes. Microsoft may change these numbers: one that
 * is not known is a failure for now, which ends at the deadline of the request, so that a change costs the clear code
 * and nothing else.
 */
const REFUSALS: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  // Nobody consented to the application.
  ['65001', 'tenant-not-consented'],
  // The application is not found in the directory: not installed by its administrator.
  ['700016', 'tenant-not-consented'],
  // The application has no service principal in the tenant.
  ['7000229', 'tenant-not-consented'],
  // The application is disabled in the tenant.
  ['7000112', 'tenant-not-consented'],
  ['90002', 'tenant-not-found'],
]);

export function tokenFailureOf(error: unknown): TokenFailure {
  const codes = codesOf(error);
  const code = codes.map((text) => REFUSALS.get(text)).find((meaning) => meaning !== undefined);
  const detail = codes.length > 0 && { detail: codes.join(' ') };
  return code === undefined ? { kind: 'unavailable', ...detail } : { kind: 'refused', code, ...detail };
}

/** Error codes are identifiers; whatever else stands in such a field is left out. */
const CODE_PATTERN = /^[A-Za-z0-9_]{1,64}$/;

/** The codes along the chain of causes: `invalid_client`, `7000215`, `ECONNREFUSED`. */
function codesOf(error: unknown): readonly string[] {
  const codes = new Set<string>();
  let link = error;
  for (let depth = 0; depth < 5 && isRecord(link); depth += 1) {
    const { code, errorCode, errorNo, cause } = link;
    for (const part of [errorCode, errorNo, code]) {
      if ((typeof part === 'string' || typeof part === 'number') && CODE_PATTERN.test(String(part)))
        codes.add(String(part));
    }
    link = cause;
  }
  return [...codes];
}
