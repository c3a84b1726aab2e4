// What the host sends reaches a server that was made without options, as the library makes its own: headers beyond Node's own
// limit, and requests on connections that were idle for as long as the host keeps them.
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fitServersToTheHost } from '../../../shared/http/worker-server';

const { createServer } = http;
afterEach(() => {
  http.createServer = createServer;
});

async function statusOf(server: http.Server, headerBytes: number): Promise<number | undefined> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const headers = { 'x-long': 'x'.repeat(headerBytes) };
    const request = http.get({ host: '127.0.0.1', port, headers, agent: false });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    return response.statusCode;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const answer: http.RequestListener = (_, response) => response.writeHead(204).end();

test('Node by itself refuses 20 KiB of headers', async () => {
  expect(await statusOf(http.createServer().on('request', answer), 20 * 1024)).toBe(431);
});

test('32 KiB reach a server without options, and one that has its listener from the start', async () => {
  fitServersToTheHost();
  expect(await statusOf(http.createServer().on('request', answer), 32 * 1024)).toBe(204);
  expect(await statusOf(http.createServer(answer), 32 * 1024)).toBe(204);
  expect(await statusOf(http.createServer({}, answer), 32 * 1024)).toBe(204);
});

test('a server that names its own limit keeps it', async () => {
  fitServersToTheHost();
  expect(await statusOf(http.createServer({ maxHeaderSize: 1024 }, answer), 2048)).toBe(431);
});

test('a connection stays open for longer than the minute after which the host uses it no more', () => {
  expect(http.createServer().keepAliveTimeout).toBe(5000);
  fitServersToTheHost();
  expect(http.createServer().keepAliveTimeout).toBe(130_000);
  expect(http.createServer(answer).keepAliveTimeout).toBe(130_000);
  expect(http.createServer({ keepAliveTimeout: 1000 }, answer).keepAliveTimeout).toBe(1000);
});
