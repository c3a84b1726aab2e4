// A TCP server that reads HTTP requests and lets the test decide, byte by byte, what happens to each: it can count what a client really sends.
// Test support: node:http would hide half-written answers, resets and repeated requests.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** 1 for the first connection that sent a request. */
  readonly connection: number;
}

export interface RawHttpServer {
  readonly port: number;
  /** Every request in the order received. */
  readonly requests: readonly RawRequest[];
  /** Ends the server and every connection. */
  close(): Promise<void>;
}

export type Respond = (socket: Socket, request: RawRequest) => void;

/** Listens on a free port of 127.0.0.1; with `tls`, speaks TLS there. */
export async function startRawHttpServer(respond: Respond, tls?: TlsOptions): Promise<RawHttpServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const serve = (socket: Socket) => {
    sockets.add(socket);
    const connection = (connections += 1);
    let received = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      for (let parsed = parse(received, connection); parsed !== undefined; parsed = parse(received, connection)) {
        received = parsed.rest;
        requests.push(parsed.request);
        respond(socket, parsed.request);
      }
    });
  };
  const server: Server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A whole answer, with Content-Length. */
export function httpAnswer(status: number, body = '', headers: Readonly<Record<string, string>> = {}): string {
  const all = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), ...headers };
  return `HTTP/1.1 ${status} Status\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;
}

function parse(received: string, connection: number): { request: RawRequest; rest: string } | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [requestLine = '', ...lines] = received.slice(0, end).split('\r\n');
  const [method = '', path = ''] = requestLine.split(' ');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const bodyEnd = end + 4 + Number(headers['content-length'] ?? 0);
  if (received.length < bodyEnd) return undefined;
  return {
    request: { method, path, headers, body: received.slice(end + 4, bodyEnd), connection },
    rest: received.slice(bodyEnd),
  };
}
