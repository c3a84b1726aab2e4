// What Graph's answer to a POST means: taken, canceled, certainly not
// executed, or uncertain. By status and code, never by text.
// Pure; knows no verb: the file of a verb reads the body of an answer that was taken.
import { retryAfterMsOf } from '../retry-after';
import type { ErrorCode } from '../tones/facts/error-catalogue';
import type { PressReply } from '../tones/ports/graph-calls';
import { meaningOfRefusal } from './errors';
import type { Exchange } from './exchange';
import { isRecord } from './operation';
import type { TokenFailure } from './token-failure';

/** What one POST under a permit came to. */
export type PostReply =
  /** Graph took it. `body`: parsed JSON, undefined where it cannot be read. */
  | { readonly kind: 'taken'; readonly body: unknown; readonly location?: string }
  /** Graph took it, and somebody canceled the operation. */
  | { readonly kind: 'canceled'; readonly status: number; readonly platformCode: string | undefined }
  /** The same for every verb: refused, not permitted, or uncertain. */
  | Extract<PressReply, { kind: 'refused' | 'not-permitted' | 'uncertain' }>;

/** A Retry-After is believed up to a day. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/**
 * The statuses below 500 that do not prove that nothing was executed: they
 * speak of time and of the connection, not of the request.
 */
const UNCERTAIN_STATUSES: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [408, 'graph-timeout'],
  [499, 'graph-connection-lost'],
]);

/**
 * Redirects that say "ask there instead": the request was not executed here, and is not sent there, for the token would
 * go with it. The others (302 is used like 303, "done, look there") do not prove that. RFC 9110 section 15.4.
 */
const UNEXECUTED_REDIRECTS: ReadonlySet<number> = new Set([301, 307, 308]);

/**
 * Judges one exchange. Only what proves that nothing was executed is a refusal; a doubt is `uncertain`, and so is every
 * 5xx, 503 included: it may come from a gateway in front of a platform that executed the request.
 *
 * @param now epoch milliseconds, for a Retry-After that is a date.
 */
export function toPostReply(exchange: Exchange, now: number): PostReply {
  switch (exchange.kind) {
    case 'not-connected':
      return { kind: 'refused', fault: faultOf('graph-unreachable', exchange.code), again: 'later', answered: false };
    case 'held-back':
      return { kind: 'not-permitted' };
    case 'timeout':
      return { kind: 'uncertain', fault: faultOf('graph-timeout') };
    case 'lost':
      return { kind: 'uncertain', fault: faultOf('graph-connection-lost', exchange.code) };
    case 'reply':
      return fromStatus(exchange, now);
    default:
      return exchange satisfies never;
  }
}

/** Certainly not executed. `answered`: Graph said so. */
export function refused(code: ErrorCode, again: 'never' | 'later', answered: boolean, detail?: string): PostReply {
  return { kind: 'refused', fault: faultOf(code, detail), again, answered };
}

/** No token, so nothing was sent; `answered`: Graph refused the one before. */
export function withoutToken(failure: TokenFailure, answered: boolean): PostReply {
  return failure.kind === 'refused'
    ? refused(failure.code, 'never', answered, failure.detail)
    : refused('token-unavailable', 'later', answered, failure.detail);
}

type Reply = Extract<Exchange, { kind: 'reply' }>;

function fromStatus(reply: Reply, now: number): PostReply {
  const { status } = reply;
  if (status >= 200 && status <= 299) {
    const { body, location } = reply;
    return { kind: 'taken', body, ...(location !== undefined && { location }) };
  }
  const platformCode = platformCodeOf(reply.body);
  const detail = platformCode === undefined ? `HTTP ${status}` : `HTTP ${status}, Graph code ${platformCode}`;
  const uncertainCode = UNCERTAIN_STATUSES.get(status);
  if (uncertainCode !== undefined) return { kind: 'uncertain', fault: faultOf(uncertainCode, detail) };
  const isRefusal = (status >= 400 && status <= 499) || UNEXECUTED_REDIRECTS.has(status);
  if (!isRefusal) return { kind: 'uncertain', fault: faultOf('graph-fault', detail) };

  const meaning = meaningOfRefusal(status, platformCode);
  if (meaning.class === 'canceled') return { kind: 'canceled', status, platformCode };
  const retryAfterMs = meaning.class === 'wait' ? retryAfterMsOf(reply.retryAfter, now) : undefined;
  return {
    kind: 'refused',
    fault: faultOf(meaning.code, detail),
    again: meaning.class === 'wait' ? 'later' : 'never',
    ...(retryAfterMs !== undefined && { retryAfterMs: Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) }),
    answered: true,
  };
}

/**
 * The most specific error code of a body: the first of the platform's four-digit ones, else the first there is. Codes
 * are strings or numbers, at `error.code`, deeper in `innerError`, or (seen live) as `errorCode` of JSON text in
 * `error.message`.
 */
function platformCodeOf(body: unknown): string | undefined {
  const codes = isRecord(body) ? codesWithin(body['error'], 5) : [];
  return codes.find((code) => /^\d{4}$/.test(code)) ?? codes[0];
}

function codesWithin(error: unknown, depth: number): readonly string[] {
  if (depth === 0 || !isRecord(error)) return [];
  const own = [error['code'], error['errorCode']].flatMap((code) => {
    const text = typeof code === 'number' ? String(code) : code;
    return typeof text === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(text) ? [text] : [];
  });
  return [
    ...own,
    ...[error['innerError'], error['innererror'], jsonWithin(error['message'])].flatMap((inner) =>
      codesWithin(inner, depth - 1),
    ),
  ];
}

function jsonWithin(message: unknown): unknown {
  if (typeof message !== 'string' || !message.startsWith('{')) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    // Text that merely starts with a brace: it names no code.
    return undefined;
  }
}

function faultOf(code: ErrorCode, detail?: string) {
  return { code, ...(detail !== undefined && { detail }) };
}
