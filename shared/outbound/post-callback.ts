// POSTs an outcome to a callback URL: to an allowed host, signed where there is a key for it, and says what the answer means.
// No redirects, five seconds in all, the answer's body is ignored. Knows nothing of what follows an answer.
import { retryAfterMsOf } from '../retry-after';
import { withinTimeLimit } from '../time-limit';
import { callbackUrlFault } from '../tones/request/callback-url';
import type { ToneOutcome } from '../tones/facts/tone-outcome';
import type { CallbackReply, PostCallback } from '../tones/ports/callbacks';
import type { Clock } from '../tones/ports/clock';
import { placeOf, postTo, type Answer } from './post-to-place';
import { signatureHeaders } from './sign-callback';

/** Statuses below 500 that mean "later": RFC 9110 section 15.5.9, RFC 8470 section 5.2, RFC 6585 section 4. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** What signed messages mean by 410: nobody is there any more, and nobody will be. */
const GONE = 410;

/** For name, connection, TLS and answer together. */
const TIME_LIMIT_MS = 5000;

export interface CallbackRules {
  /** As of now (setting CALLBACK_HOSTS): a URL that was taken before they changed is checked again. */
  readonly callbackHosts: readonly string[];
  /** Each of them signs; with none, callbacks are not signed. */
  readonly callbackSigningKeys: readonly Uint8Array[];
}

export function makePostCallback({ callbackHosts, callbackSigningKeys }: CallbackRules, clock: Clock): PostCallback {
  return async function postCallback(url, outcome) {
    const fault = callbackUrlFault(url, callbackHosts);
    if (fault !== undefined) return { kind: 'refused', reason: `the URL ${fault}` };
    const target = new URL(url);
    return withinTimeLimit(
      TIME_LIMIT_MS,
      (signal) => attempt(target, outcome, signal),
      () => ({ kind: 'failed', reason: 'no answer in time' }),
    );
  };

  async function attempt(target: URL, outcome: ToneOutcome, signal: AbortSignal): Promise<CallbackReply> {
    try {
      const place = await placeOf(target);
      if (place === undefined) return { kind: 'refused', reason: 'the host has an address that is not public' };
      // Nobody waits for it any more, and it will be tried again.
      signal.throwIfAborted();
      const body = JSON.stringify(outcome);
      const headers = signatureHeaders(callbackSigningKeys, { outcome, body, now: clock.now() });
      return fromAnswer(await postTo(place, { target, headers, body, signal }), clock.now());
    } catch (error) {
      return { kind: 'failed', reason: codeOf(error) };
    }
  }
}

function fromAnswer({ httpStatus, retryAfter }: Answer, now: number): CallbackReply {
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

/** The code of a network fault (`ENOTFOUND`, `ECONNREFUSED`, `CERT_HAS_EXPIRED`, …); never its message, which may name the URL. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'connection failed';
}
