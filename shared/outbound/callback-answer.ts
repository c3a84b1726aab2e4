// What a callback's answer means: taken, refused for good, or to be tried again later.
// Pure: the connection is post-callback's, and how often it is tried is decided in shared/tones.
import { retryAfterMsOf } from '../retry-after';
import type { CallbackReply } from '../tones/ports/callbacks';

/** Statuses below 500 that mean "later": RFC 9110 section 15.5.9, RFC 8470 section 5.2, RFC 6585 section 4. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** What signed messages mean by 410: nobody is there any more, and nobody will be. */
const GONE = 410;

export interface CallbackAnswer {
  readonly httpStatus: number;
  /** The header, as it came. */
  readonly retryAfter: string | undefined;
}

export function fromCallbackAnswer({ httpStatus, retryAfter }: CallbackAnswer, now: number): CallbackReply {
  if (httpStatus >= 200 && httpStatus <= 299) return { kind: 'taken', httpStatus };
  if (httpStatus === GONE) return { kind: 'refused', reason: 'the callback is gone', httpStatus };
  if (httpStatus >= 300 && httpStatus <= 499 && !LATER.has(httpStatus)) {
    const reason = httpStatus < 400 ? 'redirects are not followed' : 'the callback refused';
    return { kind: 'refused', reason, httpStatus };
  }
  const retryAfterMs = retryAfterMsOf(retryAfter, now);
  const reason = httpStatus < 500 ? 'the callback wants it later' : 'the callback had a fault';
  return { kind: 'failed', reason, httpStatus, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
