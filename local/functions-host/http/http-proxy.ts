// Passes an HTTP request on to the server that an app with `enableHttpStream` runs in its worker, and the answer back.
// Follows YARP as the real host uses it; knows neither routes nor keys.

import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';

import { describeFault, HostFault, type HostLog } from '../host-log';

/** The name under which the worker finds the invocation that a request belongs to. */
const invocationIdHeader = 'x-ms-invocation-id';
/** The real host gives up when neither side has sent anything for so long. */
const activityTimeoutMs = 240_000;
/**
 * For so long a connection that idles is used again: shorter than the five seconds after which Node's server closes it.
 * A request that comes just then never arrives, and its invocation waits for it for good.
 */
const idleLimitMs = 3000;

/** Headers of one connection, not of the message: YARP passes none of them on, in either direction. */
const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-features',
  'proxy-instruction',
  'security-scheme',
  'alpn',
  'close',
  'http2-settings',
  'upgrade-insecure-requests',
  'te',
  'alt-svc',
]);

export interface ForwardedRequest {
  readonly invocationId: string;
  /** Path and query as they were sent. */
  readonly target: string;
  /** Where it has been read already: a body with a Content-Length. */
  readonly body: Buffer | undefined;
}

export interface Forwarding {
  /** Never rejects: `relayed` also where the caller has gone, `failed` where somebody still waits for an answer. */
  readonly done: Promise<'relayed' | 'failed'>;
  /** No answer will come. One that has begun to arrive goes on. */
  giveUp(): void;
}

export type Forward = (request: IncomingMessage, response: ServerResponse, forwarded: ForwardedRequest) => Forwarding;

export interface ForwardOptions {
  /** As the worker announced it: `http://localhost:<port>/`. */
  workerUri: string;
  bodyLimit: number;
  /** Whether the connection is to be closed after the answer. */
  isLastOne: () => boolean;
  log: HostLog;
}

export function makeForward({ workerUri, bodyLimit, isLastOne, log }: ForwardOptions): Forward {
  const { hostname, port } = new URL(workerUri);
  const agent = new Agent({ keepAlive: true, timeout: idleLimitMs });

  return (request, response, { invocationId, target, body }) => {
    const outgoing = httpRequest({
      agent,
      host: hostname,
      port,
      method: request.method ?? 'GET',
      path: target,
      headers: forwardedHeaders(request, invocationId),
    });
    let answering = false;
    outgoing.setTimeout(activityTimeoutMs, () =>
      outgoing.destroy(new HostFault('The worker was silent for too long.')),
    );
    const breakOff = makeBreakOff(outgoing);
    response.once('close', () => {
      if (!response.writableFinished) breakOff();
    });
    send(request, outgoing, { body, bodyLimit, breakOff });

    const relay = async (): Promise<'relayed' | 'failed'> => {
      try {
        const incoming = await answerTo(outgoing);
        answering = true;
        const closing = isLastOne() ? { connection: 'close' } : {};
        response.writeHead(incoming.statusCode ?? 500, { ...endToEnd(incoming), ...closing });
        await pipeline(incoming, response);
        return 'relayed';
      } catch (error) {
        if (response.destroyed || response.closed) return 'relayed';
        log.write('error', `Failed to proxy request: ${describeFault(error)}`);
        if (!response.headersSent) return 'failed';
        response.destroy();
        return 'relayed';
      }
    };
    return {
      done: relay(),
      giveUp: () => {
        if (!answering) outgoing.destroy(new HostFault('The function ended without an answer.'));
      },
    };
  };
}

/**
 * The answer once it has begun **and** the request was sent to its end: .NET's HTTP client reads no answer before that,
 * so a function that leaves a body unread, with nobody to take it off the wire, keeps its caller waiting.
 */
async function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  const answer = new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
  const sent = new Promise<void>((resolve) => outgoing.once('finish', resolve));
  const broken = new Promise<never>((_, reject) => {
    outgoing.on('error', reject);
    outgoing.once('close', () => reject(new HostFault('The worker closed the connection.')));
  });
  const [incoming] = await Promise.race([Promise.all([answer, sent]), broken]);
  return incoming;
}

/** What the caller says of itself in forwarded headers and under the name of the invocation is replaced. */
function forwardedHeaders(request: IncomingMessage, invocationId: string): Record<string, string | string[]> {
  const headers = endToEnd(request);
  const { host } = headers;
  for (const name of ['host', 'x-forwarded-prefix']) delete headers[name];
  const address = request.socket.remoteAddress;
  if (address === undefined) delete headers['x-forwarded-for'];
  else headers['x-forwarded-for'] = address;
  headers['x-forwarded-host'] = host ?? '';
  headers['x-forwarded-proto'] = 'http';
  headers[invocationIdHeader] = invocationId;
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  return headers;
}

function endToEnd({ headersDistinct }: IncomingMessage): Record<string, string | string[]> {
  const kept = Object.entries(headersDistinct).filter(([name]) => !hopHeaders.has(name));
  return Object.fromEntries(
    kept.map(([name, values = []]) => [name, values.length === 1 && values[0] !== undefined ? values[0] : values]),
  );
}

interface Sending {
  readonly body: Buffer | undefined;
  readonly bodyLimit: number;
  readonly breakOff: BreakOff;
}

/** Sends the body on as it comes; one that breaks off, or is too long, breaks off here, too. */
function send(request: IncomingMessage, outgoing: ClientRequest, { body, bodyLimit, breakOff }: Sending): void {
  if (body !== undefined || request.headers['transfer-encoding'] === undefined) {
    outgoing.end(body);
    return;
  }
  outgoing.flushHeaders();
  let length = 0;
  const isTooLong = (): boolean => length > bodyLimit;
  request.on('data', (chunk: Buffer) => {
    // What nobody takes any more is let go by, so that the caller can read what it is answered.
    if (outgoing.destroyed || isTooLong()) return;
    length += chunk.byteLength;
    if (isTooLong()) {
      breakOff(new HostFault(`The body has more than ${bodyLimit} bytes.`));
      return;
    }
    // Not `pipe`: after an early answer Node's client says no more when its buffers have drained.
    request.pause();
    outgoing.write(chunk, () => request.resume());
  });
  request.on('end', () => {
    if (!isTooLong()) outgoing.end();
  });
  request.on('error', breakOff);
  outgoing.once('close', () => request.resume());
}

type BreakOff = (fault?: Error) => void;

/**
 * Ends the request to the worker, but not before it has arrived there: its invocation waits for it, and would do so
 * for good.
 */
function makeBreakOff(outgoing: ClientRequest): BreakOff {
  const arrived = new Promise<void>((resolve) => {
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', resolve);
      else resolve();
    });
  });
  return (fault) => void arrived.then(() => setImmediate(() => outgoing.destroy(fault)));
}
