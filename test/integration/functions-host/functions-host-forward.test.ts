// The connections over which the local host passes requests on to its worker.
// A worker of its own, in the place of the library's: what is looked at is which connection a request takes, and who ends it.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { waitFor } from '../../../local/wait-for';
import { makeHostLog } from '../../../local/functions-host/host-log';
import { makeForward } from '../../../local/functions-host/http/http-proxy';

jest.setTimeout(30_000);

/** The idle time of a server of Node's, unless it names another. */
const NODE_CLOSES_AFTER_MS = 5000;

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

/** A server that passes everything on. */
function frontOf(workerUri: string): Promise<string> {
  const log = makeHostLog({ verbose: false });
  const forward = makeForward({ workerUri, bodyLimit: 1000, isLastOne: () => false, log });
  return listening(
    createServer((request, response) => {
      const forwarded = { invocationId: 'one', target: request.url ?? '/', body: Buffer.from('{}') };
      void forward(request, response, forwarded);
    }),
  );
}

test('an answer is waited for longer than a connection may idle', async () => {
  const workerUri = await listening(
    createServer((request, response) => {
      request.resume().once('end', () => setTimeout(() => response.end('late'), 3500));
    }),
  );
  const front = await frontOf(workerUri);
  expect(await (await fetch(front, { method: 'POST', body: '{}' })).text()).toBe('late');
});

test('connections are used again, and closed before the worker may close them at the moment of their use', async () => {
  const sockets = new Set<Socket>();
  const taking = createServer((request, response) => {
    sockets.add(request.socket);
    request.resume().once('end', () => response.end('taken'));
  });
  // One that closes nothing by itself, so that it is seen who does.
  taking.keepAliveTimeout = 0;
  const workerUri = await listening(taking);
  const front = await frontOf(workerUri);
  for (const path of ['first', 'second', 'third']) {
    const answer = await fetch(`${front}${path}`, { method: 'POST', body: '{}' });
    expect(`${path} ${answer.status} ${await answer.text()}`).toBe(`${path} 200 taken`);
  }
  expect(sockets.size).toBe(1);
  await waitFor('the end of the idle connection', () => [...sockets].every((socket) => socket.destroyed), {
    limitMs: NODE_CLOSES_AFTER_MS,
  });
});
