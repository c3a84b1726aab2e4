// The HTTP server: guards, route, key, body, then the function; what it refuses it answers with an empty body.
// Knows nothing of what a function does; the admin route is in `admin-route.ts`.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { HttpFunction } from '../worker/app-functions';
import { makeKeyCheck } from './function-key';
import { describeFault, type HostLog } from '../host-log';
import { makeRunHttpFunction, readBody } from './http-invocation';
import { makeForward } from './http-proxy';
import { makeFindRoute } from './http-routes';
import { empty, type HttpAnswer } from './rpc-http';
import type { Invoke } from '../worker/invocation';

/** The real server's limit on the request line, the method and `HTTP/1.1` included. */
const requestLineLimit = 8_192;
/** Above it Node.js itself answers 431. */
const headerLimit = 65_536;
const bodyLimitDefault = 104_857_600;
/** The real server's; longer than the clients' own, so that they do not meet a connection that is just being closed. */
const keepAliveMs = 130_000;

export interface HttpListenerOptions {
  port: number;
  functionKey: string;
  routePrefix: string;
  functions: readonly HttpFunction[];
  /** The server of an app that takes its requests itself; undefined where they come with the invocation. */
  workerUri: string | undefined;
  invoke: Invoke;
  log: HostLog;
  /** Answers `POST /admin/functions/{name}`; the key has been checked. */
  answerAdmin: (name: string, contentType: string | undefined, body: Buffer | undefined) => number;
}

export interface HttpListener {
  port: number;
  /** Accepts no connection any more; resolves when every request that was running has its answer. */
  stop(): Promise<void>;
  /** Ends what is left, answered or not. */
  closeConnections: () => void;
}

export async function startHttpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const findRoute = makeFindRoute(options.functions, options.routePrefix);
  const hasKey = makeKeyCheck(options.functionKey);
  const bodyLimit = Number(process.env.FUNCTIONS_REQUEST_BODY_SIZE_LIMIT || bodyLimitDefault);
  const running = new Set<Promise<void>>();
  let stopping = false;

  const { invoke, log, workerUri } = options;
  const forward =
    workerUri === undefined ? undefined : makeForward({ workerUri, bodyLimit, isLastOne: () => stopping, log });
  const runFunction = makeRunHttpFunction(invoke, forward);

  /** Undefined where the app has answered by itself. */
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<HttpAnswer | undefined> => {
    const method = request.method ?? 'GET';
    const target = originForm(request.url ?? '/');
    if (`${method} ${target} HTTP/1.1\r\n`.length > requestLineLimit) return empty(414);
    if (!isHost(request.headers.host)) return empty(400);

    const queryAt = target.indexOf('?');
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    const query = new URLSearchParams(queryAt < 0 ? '' : target.slice(queryAt));
    const key = request.headersDistinct['x-functions-key']?.[0];
    const tooLarge = Number(request.headers['content-length'] ?? 0) > bodyLimit;

    const adminName = method === 'POST' ? /^\/admin\/functions\/([^/]+)\/?$/i.exec(path)?.[1] : undefined;
    if (adminName !== undefined) {
      if (!hasKey(key, query)) return empty(401);
      if (tooLarge) return empty(413);
      return empty(options.answerAdmin(adminName, request.headers['content-type'], await readBody(request)));
    }

    const route = findRoute(method, path);
    if (route === undefined) return empty(404);
    if (route.target.authLevel !== 'anonymous' && !hasKey(key, query)) return empty(401);
    if (tooLarge) return empty(413);
    return runFunction({ request, response, target, query, route });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let answer: HttpAnswer | undefined;
    try {
      answer = await answerTo(request, response);
    } catch (error) {
      // A caller that hangs up while it sends its body is nobody's failure.
      if (!request.complete) return;
      log.write('error', describeFault(error));
      answer = empty(500);
    }
    if (answer !== undefined) await send(response, answer, stopping, log);
  };

  const server = createServer({ maxHeaderSize: headerLimit, keepAliveTimeout: keepAliveMs }, (request, response) => {
    const done = handle(request, response).finally(() => running.delete(done));
    running.add(done);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      stopping = true;
      server.close();
      while (running.size > 0) await Promise.all(running);
    },
    closeConnections: () => server.closeAllConnections(),
  };
}

/** A name or an address with or without a port: it becomes a part of the URL that the app sees, and no more than that. */
function isHost(host = ''): boolean {
  return /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?$/.test(host) && URL.canParse(`http://${host}`);
}

/** A proxy's request names the whole URL; the real server keeps its path and query only. */
function originForm(target: string): string {
  if (target.startsWith('/') || !URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

async function send(
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
  lastOne: boolean,
  log: HostLog,
): Promise<void> {
  // The caller may have hung up while the function ran.
  if (response.closed || response.destroyed) return;
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  const own = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(content-length|transfer-encoding|connection)$/i.test(name)),
  );
  const mayHaveBody = status !== 204 && status !== 304;
  try {
    response.writeHead(status, {
      ...own,
      ...(mayHaveBody && { 'content-length': body.byteLength }),
      ...(lastOne && { connection: 'close' }),
    });
    response.end(mayHaveBody && response.req.method !== 'HEAD' ? body : undefined);
  } catch (error) {
    log.write('error', describeFault(error));
    response.destroy();
  }
  await ended;
}
