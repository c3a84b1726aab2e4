// A receiver that notifications are passed on to, in a process of its own: takes each at once and keeps nothing.
// Knows nothing of what it is sent. Answers its parent with its URL.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerMessages } from './child-script';

const server = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(204).end());
});

answerMessages(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
});
