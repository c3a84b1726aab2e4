// Requests that the local host passes on to its worker, where the worker closes connections that idle.
// A worker of its own, in the place of the library's: what is looked at is which connection a request takes.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { makeHostLog } from '../../../local/functions-host/host-log';
import { makeForward } from '../../../local/functions-host/http/http-proxy';

const servers: Server[] = [];

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

test('a request arrives also where the worker closes a connection at the moment when it would be used again', async () => {
  const used = new Set<Socket>();
  const workerUri = await listening(
    createServer((request, response) => {
      // As where its own idle time ends just then: the request is not read.
      if (used.has(request.socket)) {
        request.socket.destroy();
        return;
      }
      used.add(request.socket);
      request.resume().once('end', () => response.end('taken'));
    }),
  );
  const log = makeHostLog({ verbose: false });
  const forward = makeForward({ workerUri, bodyLimit: 1000, isLastOne: () => false, log });
  const outcomes: string[] = [];
  const front = await listening(
    createServer((request, response) => {
      const forwarded = { invocationId: 'one', target: request.url ?? '/', body: Buffer.from('{}') };
      void forward(request, response, forwarded).done.then((outcome) => {
        outcomes.push(outcome);
        if (outcome === 'failed') response.writeHead(500).end();
      });
    }),
  );
  for (const path of ['first', 'second', 'third']) {
    const answer = await fetch(`${front}${path}`, { method: 'POST', body: '{}' });
    expect(`${path} ${answer.status} ${await answer.text()}`).toBe(`${path} 200 taken`);
  }
  expect(outcomes).toStrictEqual(['relayed', 'relayed', 'relayed']);
});
