// POSTs a notification to a receiver as it came: the same bytes, Content-Type and Authorization.
// The operator set the URL, so its address is not judged; no redirect is followed. Knows no name and no setting, and
// reads nothing of what it passes on.
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { once } from '../once';
import { withinTimeLimit } from '../time-limit';

/** For name, connection, TLS and the head of the answer together. Graph itself waits for about five seconds. */
const TIME_LIMIT_MS = 3000;
/** An idle connection ends before the five seconds after which Node.js servers end it. */
const IDLE_LIMIT_MS = 4000;
/** The rest of an answer is let go by, so that its connection can serve again; a longer or slower one costs it. */
const MOST_ANSWER_BYTES = 64 * 1024;
const REST_LIMIT_MS = 1000;

export interface PassedNotification {
  readonly body: Uint8Array;
  /** Headers as they came; null: there was none. */
  readonly contentType: string | null;
  readonly authorization: string | null;
}

/** What a receiver made of a notification. */
export type ReceiverReply =
  | { readonly kind: 'taken'; readonly httpStatus: number }
  /** It answered anything but 2xx. */
  | { readonly kind: 'refused'; readonly httpStatus: number }
  /** No answer. `reason`: the code of a network fault, or `no answer in time`; never a text that may name the URL. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Never throws. */
export type PassOn = (url: string, notification: PassedNotification) => Promise<ReceiverReply>;

export function makePassOn(): PassOn {
  const options = { keepAlive: true, timeout: IDLE_LIMIT_MS };
  const httpAgent = once(() => new HttpAgent(options));
  const httpsAgent = once(() => new HttpsAgent(options));

  return async function passOn(url, notification) {
    return withinTimeLimit(
      TIME_LIMIT_MS,
      (signal) => attempt(new URL(url), notification, signal),
      () => ({ kind: 'failed', reason: 'no answer in time' }),
    );
  };

  async function attempt(url: URL, notification: PassedNotification, signal: AbortSignal): Promise<ReceiverReply> {
    try {
      const answer = await post(() => start(url, notification, signal), notification.body);
      const httpStatus = answer.statusCode ?? 0;
      return { kind: httpStatus >= 200 && httpStatus <= 299 ? 'taken' : 'refused', httpStatus };
    } catch (error) {
      return { kind: 'failed', reason: codeOf(error) };
    }
  }

  function start(url: URL, { body, contentType, authorization }: PassedNotification, signal: AbortSignal) {
    const headers = {
      'Content-Length': body.byteLength,
      ...(contentType !== null && { 'Content-Type': contentType }),
      ...(authorization !== null && { Authorization: authorization }),
      'User-Agent': 'graph-call-tones',
    };
    const common = { method: 'POST', headers, signal };
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...common, agent: httpsAgent() })
      : httpRequest(url, { ...common, agent: httpAgent() });
  }
}

/** What a connection says that the other side has ended. */
const ENDED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/**
 * The head of the answer. A connection that served before may have been ended by the other side meanwhile: then it is
 * sent on another one. A receiver that took it and died gets it twice, as it may from Graph.
 */
function post(start: () => ClientRequest, body: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = start();
    sent.once('response', (answer) => {
      letGoBy(answer);
      resolve(answer);
    });
    sent.once('error', (error) => {
      // Later faults of a request that was answered, or given up, change nothing.
      sent.on('error', () => undefined);
      if (sent.reusedSocket && ENDED.has(codeOf(error))) post(start, body).then(resolve, reject);
      else reject(error);
    });
    sent.end(body);
  });
}

function letGoBy(answer: IncomingMessage): void {
  let length = 0;
  const limit = setTimeout(() => answer.destroy(), REST_LIMIT_MS);
  answer.on('data', (chunk: Uint8Array) => {
    length += chunk.byteLength;
    if (length > MOST_ANSWER_BYTES) answer.destroy();
  });
  answer.on('error', () => undefined);
  answer.once('close', () => clearTimeout(limit));
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'connection failed';
}
