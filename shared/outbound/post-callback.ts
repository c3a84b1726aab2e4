// POSTs an outcome to a callback URL: to an allowed host, signed where there is a key for it.
// No redirects, five seconds in all, the answer's body is ignored. Knows nothing of what follows an answer.
import { withinTimeLimit } from '../time-limit';
import { callbackUrlFault } from '../tones/request/callback-url';
import type { ToneOutcome } from '../tones/facts/tone-outcome';
import type { CallbackReply, PostCallback } from '../tones/ports/callbacks';
import type { Clock } from '../tones/ports/clock';
import { fromCallbackAnswer } from './callback-answer';
import { placeOf, postTo } from './post-to-place';
import { signatureHeaders } from './sign-callback';

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
      return fromCallbackAnswer(await postTo(place, { target, headers, body, signal }), clock.now());
    } catch (error) {
      return { kind: 'failed', reason: codeOf(error) };
    }
  }
}

/**
 * The code of a network fault (`ENOTFOUND`, `ECONNREFUSED`, `CERT_HAS_EXPIRED`, …); never its message, which may name
 * the URL.
 */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'connection failed';
}
