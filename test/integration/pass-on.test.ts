// Passing a notification on to real servers: what is sent, what each answer means, and which connections are used.
import { once } from 'node:events';
import { globalAgent } from 'node:http';
import { globalAgent as secureGlobalAgent } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { waitFor } from '../../local/wait-for';
import { makePassOn } from '../../shared/outbound/pass-on';
import { startCallbackReceiver } from '../support/services/callback-receiver';
import { httpAnswer, startRawHttpServer, type RawHttpServer, type Respond } from '../support/services/raw-http-server';

// The time limit of passing on is 3 seconds; two tests wait for it.
jest.setTimeout(20_000);

const NOTIFICATION = {
  body: Buffer.from('{"value":[],"name":"Zoë"}\n'),
  contentType: 'application/json; charset=utf-8',
  authorization: 'Bearer header.payload.signature',
};

/** What keeps its own time where a test counts the timers. */
const UNTOUCHED = [
  'setImmediate',
  'clearImmediate',
  'nextTick',
  'queueMicrotask',
  'performance',
  'hrtime',
  'Date',
] as const;

const passOn = makePassOn();
const servers: RawHttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function receiver(respond: Respond): Promise<RawHttpServer & { readonly url: string }> {
  const server = await startRawHttpServer(respond);
  servers.push(server);
  return { ...server, url: `http://127.0.0.1:${server.port}/api/calls?code=a%2Fb` };
}

const answering = (status: number, body = '', headers = {}): Respond => {
  return (socket) => void socket.write(httpAnswer(status, body, headers));
};

test('body, Content-Type and Authorization arrive as they were, at the whole URL', async () => {
  const { url, requests, port } = await receiver(answering(204));
  expect(await passOn(url, NOTIFICATION)).toEqual({ kind: 'taken', httpStatus: 204 });
  expect(requests).toHaveLength(1);
  const [{ method, path, headers, body } = {}] = requests as [(typeof requests)[0]];
  expect([method, path]).toEqual(['POST', '/api/calls?code=a%2Fb']);
  expect(headers).toEqual({
    host: `127.0.0.1:${port}`,
    'content-length': '27',
    'content-type': 'application/json; charset=utf-8',
    authorization: 'Bearer header.payload.signature',
    'user-agent': 'graph-call-tones',
    connection: 'keep-alive',
  });
  expect(Buffer.from(body ?? '', 'latin1').equals(NOTIFICATION.body)).toBe(true);
});

test('headers that did not come are not sent', async () => {
  const { url, requests } = await receiver(answering(200));
  await passOn(url, { body: new Uint8Array([0, 255]), contentType: null, authorization: null });
  expect(requests[0]?.headers).not.toHaveProperty('content-type');
  expect(requests[0]?.headers).not.toHaveProperty('authorization');
  expect(Buffer.from(requests[0]?.body ?? '', 'latin1')).toEqual(Buffer.from([0, 255]));
});

test.each([
  [200, 'taken'],
  [299, 'taken'],
  [302, 'refused'],
  [401, 'refused'],
  [421, 'refused'],
  [500, 'refused'],
  [503, 'refused'],
])('the answer %d is %s, and nothing is sent again', async (httpStatus, kind) => {
  const { url, requests } = await receiver(answering(httpStatus, '{}', { 'Retry-After': '0' }));
  expect(await passOn(url, NOTIFICATION)).toEqual({ kind, httpStatus });
  expect(requests).toHaveLength(1);
});

test('a redirect is not followed', async () => {
  const target = await receiver(answering(200));
  const { url } = await receiver(answering(307, '', { Location: target.url }));
  expect(await passOn(url, NOTIFICATION)).toEqual({ kind: 'refused', httpStatus: 307 });
  expect(target.requests).toEqual([]);
});

test('one connection serves one notification after the other', async () => {
  const { url, requests } = await receiver(answering(202, '{"a":1}'));
  for (let count = 0; count < 3; count += 1) expect((await passOn(url, NOTIFICATION)).kind).toBe('taken');
  expect(requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
});

test('a connection that was ended while it was idle costs nothing', async () => {
  const { url, requests } = await receiver((socket, { connection }) => {
    // The second request of the first connection meets a closed door, as if it had been closed a moment before.
    if (connection === 1 && requests.length > 1) return void socket.destroy();
    socket.write(httpAnswer(202));
  });
  expect((await passOn(url, NOTIFICATION)).kind).toBe('taken');
  expect((await passOn(url, NOTIFICATION)).kind).toBe('taken');
  expect(requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
});

test('a receiver that closes the connection failed, and is not asked again', async () => {
  const { url, requests } = await receiver((socket) => void socket.destroy());
  expect(await passOn(url, NOTIFICATION)).toEqual({ kind: 'failed', reason: 'ECONNRESET' });
  expect(requests).toHaveLength(1);
});

test('a port that nobody listens at, and a name that nobody has, failed', async () => {
  const closed = await receiver(answering(200));
  await servers.pop()?.close();
  expect(await passOn(closed.url, NOTIFICATION)).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' });
  expect(await passOn('https://nobody.invalid/', NOTIFICATION)).toMatchObject({ kind: 'failed' });
});

test('what answers no HTTP failed', async () => {
  const { url } = await receiver((socket) => void socket.end('what?\r\n\r\n'));
  expect(await passOn(url, NOTIFICATION)).toEqual({ kind: 'failed', reason: 'HPE_INVALID_CONSTANT' });
});

test('its connections are its own: none of them waits among those of the process', async () => {
  const { url } = await receiver(answering(202));
  expect((await passOn(url, NOTIFICATION)).kind).toBe('taken');
  const { port } = new URL(url);
  const shared = [...Object.keys(globalAgent.sockets), ...Object.keys(globalAgent.freeSockets)];
  expect(shared.filter((name) => name.includes(port))).toEqual([]);
});

/** A receiver whose first answer has that many bytes, passed on to by an agent of its own. */
async function answeredWith(bytes: number) {
  const closed: Promise<unknown>[] = [];
  const { url, requests } = await receiver((socket) => {
    closed.push(once(socket, 'close'));
    socket.write(httpAnswer(200, requests.length === 1 ? 'x'.repeat(bytes) : ''));
  });
  const own = makePassOn();
  expect((await own(url, NOTIFICATION)).kind).toBe('taken');
  return { closed, requests, again: () => own(url, NOTIFICATION) };
}

test('an answer of 64 KiB leaves its connection for another notification', async () => {
  const { requests, again } = await answeredWith(64 * 1024);
  // One more at a time each round: they take the connections that are free, the first as soon as it is.
  let together = 0;
  await waitFor('the connection to serve again', async () => {
    together += 1;
    await Promise.all(Array.from({ length: together }, again));
    return requests.slice(-together).some(({ connection }) => connection === 1);
  });
});

test('an answer of one byte more costs its connection', async () => {
  const { closed } = await answeredWith(64 * 1024 + 1);
  await closed[0];
});

test('an answer that breaks off harms nothing, and one that has gone by leaves no timer behind', async () => {
  const closed: Promise<unknown>[] = [];
  const { url } = await receiver((socket) => {
    closed.push(once(socket, 'close'));
    socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nx', () => socket.destroy());
  });
  jest.useFakeTimers({ doNotFake: [...UNTOUCHED] });
  try {
    expect((await passOn(url, NOTIFICATION)).kind).toBe('taken');
    await Promise.all(closed);
    for (let turn = 0; turn < 1000 && jest.getTimerCount() > 0; turn += 1) await new Promise(setImmediate);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('a receiver that does not answer is let go after the time limit', async () => {
  const closed: Promise<unknown>[] = [];
  const { url } = await receiver((socket) => void closed.push(once(socket, 'close')));
  expect(await passOn(url, NOTIFICATION)).toEqual({ kind: 'failed', reason: 'no answer in time' });
  expect(closed).toHaveLength(1);
  await Promise.all(closed);
});

test('the head of an answer is enough: a body that drips costs the connection and nothing else', async () => {
  const closed: Promise<unknown>[] = [];
  const { url } = await receiver((socket) => {
    closed.push(once(socket, 'close'));
    socket.write('HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n');
  });
  expect(await passOn(url, NOTIFICATION)).toEqual({ kind: 'taken', httpStatus: 202 });
  await Promise.all(closed);
});

test('of a body that never ends little is taken before the connection is given up', async () => {
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
  const ended = Promise.withResolvers<number>();
  const { url } = await receiver((socket) => {
    let chunks = 0;
    const flood = (): void => {
      for (chunks += 1; socket.write(chunk);) chunks += 1;
    };
    socket.on('drain', flood);
    socket.once('close', () => ended.resolve(chunks));
    socket.write('HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n');
    flood();
  });
  expect(await passOn(url, NOTIFICATION)).toEqual({ kind: 'taken', httpStatus: 202 });
  // 16 KiB each. What the system keeps in between is some megabytes; a second of reading would be hundreds.
  expect(await ended.promise).toBeLessThan(2000);
});

test('over https the certificate must be the name’s', async () => {
  const trusted = getCACertificates('default');
  const tls = await startCallbackReceiver({ hostname: 'localhost' });
  const url = `https://localhost:${tls.port}/calls`;
  try {
    expect(await passOn(url, NOTIFICATION)).toMatchObject({ kind: 'failed' });
    expect(tls.received).toHaveLength(0);
    setDefaultCACertificates([...trusted, tls.certificatePem]);
    expect(await makePassOn()(url, NOTIFICATION)).toEqual({ kind: 'taken', httpStatus: 200 });
    const shared = [...Object.keys(secureGlobalAgent.sockets), ...Object.keys(secureGlobalAgent.freeSockets)];
    expect(shared.filter((name) => name.includes(String(tls.port)))).toEqual([]);
  } finally {
    setDefaultCACertificates(trusted);
    await tls.close();
  }
});
