// POSTs an outcome to a callback URL: to an allowed host, over https on port
// 443, at a public address that is checked and then kept.
// No redirects, five seconds in all, the answer's body is ignored. Knows nothing of what follows an answer.
import { lookup } from 'node:dns/promises';
import { request } from 'node:https';
import { withinTimeLimit } from '../time-limit';
import { callbackUrlFault } from '../tones/request/callback-url';
import type { CallbackReply, PostCallback } from '../tones/ports/callbacks';
import type { Clock } from '../tones/ports/clock';
import { fromCallbackAnswer, type CallbackAnswer } from './callback-answer';
import { isPublicAddress } from './public-address';

/** For name, connection, TLS and answer together. */
const TIME_LIMIT_MS = 5000;

/**
 * @param allowedHosts as of now (setting CALLBACK_HOSTS): a URL that was taken before they changed is checked again.
 */
export function makePostCallback(allowedHosts: readonly string[], clock: Clock): PostCallback {
  return async function postCallback(url, outcome) {
    const fault = callbackUrlFault(url, allowedHosts);
    if (fault !== undefined) return { kind: 'refused', reason: `the URL ${fault}` };
    const target = new URL(url);
    return withinTimeLimit(
      TIME_LIMIT_MS,
      (signal) => attempt(target, JSON.stringify(outcome), signal),
      () => ({ kind: 'failed', reason: 'no answer in time' }),
    );
  };

  async function attempt(target: URL, body: string, signal: AbortSignal): Promise<CallbackReply> {
    try {
      const address = await publicAddressOf(target.hostname);
      if (address === undefined) return { kind: 'refused', reason: 'the host has an address that is not public' };
      // Nobody waits for it any more, and it will be tried again.
      signal.throwIfAborted();
      return fromCallbackAnswer(await post(target, address, body, signal), clock.now());
    } catch (error) {
      return { kind: 'failed', reason: codeOf(error) };
    }
  }
}

/** One address of the host, IPv4 first; undefined if any of them is not public: then somebody plays with the name. */
async function publicAddressOf(hostname: string): Promise<string | undefined> {
  const found = await lookup(hostname, { all: true });
  if (found.length === 0 || !found.every(({ address }) => isPublicAddress(address))) return undefined;
  return (found.find(({ family }) => family === 4) ?? found[0])?.address;
}

/**
 * Connects to the address that was checked, so that the name cannot
 * change its mind; the certificate must be the name's.
 */
function post(target: URL, address: string, body: string, signal: AbortSignal): Promise<CallbackAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        method: 'POST',
        host: address,
        port: 443,
        servername: target.hostname,
        path: `${target.pathname}${target.search}`,
        headers: {
          Host: target.host,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'User-Agent': 'graph-call-tones',
        },
        agent: false,
        signal,
      },
      (answer) => {
        resolve({ httpStatus: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
        answer.destroy();
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * The code of a network fault (`ENOTFOUND`, `ECONNREFUSED`,
 * `CERT_HAS_EXPIRED`, …); never its message, which may name the URL.
 */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'connection failed';
}
