// Bodies as clients send them: with a Content-Length or in chunks, at once or slowly, whole or broken off, within the limits or far beyond.
// Written to the socket by hand where a client library would tidy it up.
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { endedItem, commsNotifications, operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

interface Answered {
  readonly status: number;
  readonly json: unknown;
}

const CHUNKED = 'Transfer-Encoding: chunked';

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** A request whose body is written and ended by the test, in chunks. */
function begin(name: string, headers: Record<string, string> = {}) {
  const request = httpRequest(`${app.url}/api/${name}`, {
    method: 'POST',
    agent: false,
    headers: { 'Content-Type': 'application/json', 'x-functions-key': app.functionKey, ...headers },
  });
  const answer = new Promise<Answered>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, json: text === '' ? undefined : JSON.parse(text) }),
      );
    });
  });
  return { request, answer };
}

function inChunks(name: string, parts: readonly (string | Buffer)[], headers?: Record<string, string>) {
  const { request, answer } = begin(name, headers);
  for (const part of parts) request.write(part);
  request.end();
  return answer;
}

/** What comes back on one connection that has sent `text`, until there are so many answers or the connection ends. */
async function overSocket(text: string, answers = 1): Promise<{ statuses: number[]; socket: Socket }> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  await once(socket, 'connect');
  let received = '';
  let ended = false;
  socket.on('data', (data) => (received += data.toString('latin1')));
  socket.on('close', () => (ended = true)).on('error', () => undefined);
  socket.write(text);
  const statuses = () => [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  await waitFor('the answers', () => ended || statuses().length >= answers);
  return { statuses: statuses(), socket };
}

function head(name: string, ...headers: string[]): string {
  const lines = [
    'Host: localhost',
    'Content-Type: application/json',
    `x-functions-key: ${app.functionKey}`,
    ...headers,
  ];
  return `POST /api/${name} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

const tones = (clientContext: string) => JSON.stringify({ callId: app.call(), digits: '12', clientContext });

it('accepts a tone request in chunks, and presses it once', async () => {
  const text = tones('in chunks');
  const { status, json } = await inChunks('enqueueTones', [...text]);
  expect([status, (json as { clientContext: string }).clientContext]).toEqual([202, 'in chunks']);
  const outcome = await app.untilStatus({ clientContext: 'in chunks' }, 'succeeded');
  expect(outcome.toneCount).toBe(2);
  expect(app.simulator.presses().filter((press) => press.clientContext === 'in chunks')).toHaveLength(1);
});

it('takes the same request with a Content-Length for a repetition of the one in chunks', async () => {
  const text = tones('in chunks and whole');
  expect((await inChunks('enqueueTones', [text])).status).toBe(202);
  expect((await app.enqueue(text)).status).toBe(202);
  await app.untilStatus({ clientContext: 'in chunks and whole' }, 'succeeded');
  expect(app.simulator.presses().filter((press) => press.clientContext === 'in chunks and whole')).toHaveLength(1);
});

it('accepts a notification in chunks', async () => {
  const callId = app.call({ scenario: 'notification-never' });
  const accepted = await app.accept({ callId });
  await app.untilStatus(accepted, 'running');
  const text = JSON.stringify(operationEnded(callId, tonesEnded(accepted.clientContext)));
  const authorization = `Bearer ${await app.simulator.mintToken({ kind: 'calling-service' })}`;
  const half = text.length / 2;
  const answer = await inChunks('callNotifications', [text.slice(0, half), text.slice(half)], { authorization });
  expect(answer).toEqual({ status: 202, json: undefined });
  expect((await app.untilStatus(accepted, 'succeeded')).completionReason).toBe('completedSuccessfully');
});

it('forgets a callback that is named in chunks', async () => {
  expect((await inChunks('forgetCallback', ['{"clientContext":', '"nobody"}'])).status).toBe(204);
});

it('waits for a body that comes slowly', async () => {
  const { request, answer } = begin('enqueueTones');
  const text = tones('slowly');
  request.write(text.slice(0, 20));
  // Another caller is served meanwhile.
  expect((await app.enqueue(tones('meanwhile'))).status).toBe(202);
  request.write(text.slice(20, 21));
  request.end(text.slice(21));
  expect((await answer).status).toBe(202);
});

it.each(['enqueueTones', 'forgetCallback'])('names an empty body in chunks as such at %s', async (name) => {
  expect(await inChunks(name, [])).toMatchObject({
    status: 400,
    json: { type: 'urn:problem:malformed-json', detail: 'The body is empty.' },
  });
});

it('names an empty notification in chunks as such', async () => {
  const authorization = `Bearer ${await app.simulator.mintToken({ kind: 'calling-service' })}`;
  expect(await inChunks('callNotifications', [], { authorization })).toMatchObject({
    status: 400,
    json: { type: 'urn:problem:malformed-notification', detail: 'The body is empty.' },
  });
});

const MEGABYTE = Buffer.alloc(1024 * 1024, ' ');

it('takes 16 KiB of a tone request in chunks, and not a byte more', async () => {
  const text = tones('just so long');
  const padding = ' '.repeat(16 * 1024 - text.length);
  expect((await inChunks('enqueueTones', [text, padding])).status).toBe(202);
  expect(await inChunks('enqueueTones', [text, padding, ' '])).toMatchObject({
    status: 413,
    json: { type: 'urn:problem:body-too-large', detail: 'The body may have at most 16384 bytes.' },
  });
});

it('takes 256 KiB of a notification in chunks, and not a byte more', async () => {
  const authorization = `Bearer ${await app.simulator.mintToken({ kind: 'calling-service' })}`;
  const text = JSON.stringify(commsNotifications(endedItem('call-of-nobody', tonesEnded('in 256 KiB'))));
  const padding = ' '.repeat(256 * 1024 - text.length);
  expect((await inChunks('callNotifications', [text, padding], { authorization })).status).toBe(202);
  expect(await inChunks('callNotifications', [text, padding, ' '], { authorization })).toMatchObject({
    status: 413,
    json: { type: 'urn:problem:body-too-large', detail: 'The body may have at most 262144 bytes.' },
  });
});

it('answers 413 to a body of twenty megabytes, in chunks and with a Content-Length, and goes on', async () => {
  const parts = Array.from({ length: 20 }, () => MEGABYTE);
  expect((await inChunks('enqueueTones', parts)).status).toBe(413);
  expect((await inChunks('enqueueTones', parts, { 'Content-Length': String(20 * MEGABYTE.length) })).status).toBe(413);
  expect((await app.enqueue(tones('after twenty megabytes'))).status).toBe(202);
});

it('answers who may not send at all without waiting for more than the host does', async () => {
  const parts = Array.from({ length: 5 }, () => MEGABYTE);
  expect((await inChunks('callNotifications', parts)).status).toBe(401);
  expect((await inChunks('enqueueTones', parts, { 'Content-Type': 'text/plain' })).status).toBe(415);
});

it('keeps nothing of a body whose sender went away in the middle of it', async () => {
  const { request, answer } = begin('enqueueTones');
  request.write(tones('gone').slice(0, -1));
  await once(request, 'socket');
  await waitFor('the bytes to leave', () => request.socket?.writableLength === 0);
  request.destroy();
  await expect(answer).rejects.toThrow();
  expect((await app.enqueue(tones('next'))).status).toBe(202);
  expect((await app.toneOutcome('gone')).status).toBe(404);
  expect(app.lines.join('\n')).not.toContain('unexpected-failure');
});

const TWO_LENGTHS = ['Content-Length: 5', CHUNKED];

it.each([
  ['chunks without a length', [CHUNKED], 'no number\r\n{}\r\n0\r\n\r\n'],
  ['a chunk that is longer than it says', [CHUNKED], '2\r\n{"a":1}\r\n0\r\n\r\n'],
  ['a Content-Length beside chunks', TWO_LENGTHS, `${chunk('{}')}0\r\n\r\n`],
  ['two Content-Lengths', ['Content-Length: 2', 'Content-Length: 3'], '{}'],
  ['a Content-Length that is no number', ['Content-Length: two'], '{}'],
])('refuses %s with 400, and presses nothing', async (_name, headers, body) => {
  const { statuses, socket } = await overSocket(head('enqueueTones', ...headers) + body);
  socket.destroy();
  expect(statuses).toEqual([400]);
});

it('answers requests that follow one another on a connection without waiting, in their order', async () => {
  const [first, second] = [tones('first on the wire'), tones('second on the wire')];
  const text =
    `${head('enqueueTones', CHUNKED)}${chunk(first)}0\r\n\r\n` +
    `${head('enqueueTones', CHUNKED)}${chunk('{')}0\r\n\r\n` +
    head('enqueueTones', `Content-Length: ${second.length}`) +
    second;
  const { statuses, socket } = await overSocket(text, 3);
  socket.destroy();
  expect(statuses).toEqual([202, 400, 202]);
});
