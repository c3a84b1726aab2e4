// A receiver of callbacks in a process of its own: takes each at once, and remembers when it came.
// Answers its parent: where it listens, and what came so far. Knows nothing of what it is sent but the path.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerMessages } from './child-script';

export interface HeardCallbacks {
  /** As CALLBACK_HOSTS names it. */
  readonly origin: string;
  /** Epoch milliseconds of each POST, by the last segment of its path. */
  readonly heardAtMs: Readonly<Record<string, readonly number[]>>;
}

const heardAtMs: Record<string, number[]> = {};
const server = createServer((request, response) => {
  const name = request.url?.split('/').at(-1) ?? '';
  (heardAtMs[name] ??= []).push(Date.now());
  request.resume().once('end', () => response.writeHead(204).end());
});

answerMessages<object, HeardCallbacks>(async () => {
  if (!server.listening) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heardAtMs };
});
