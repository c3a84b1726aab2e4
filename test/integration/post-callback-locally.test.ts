// The POST to a callback at the local origin of development, against real servers; and the signature on it, as the
// receiver reads it.
// What holds for the hosts of the internet is in post-callback.test.ts.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Webhook } from 'standardwebhooks';
import { makePostCallback } from '../../shared/outbound/post-callback';
import type { ToneOutcome } from '../../shared/tones/facts/tone-outcome';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OUTCOME: ToneOutcome = { clientContext: 'order-42', callId: 'call-1', status: 'succeeded', toneCount: 3 };

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const received: Received[] = [];
const servers: Server[] = [];

/** A receiver on one address of loopback only. */
async function listen(address: string, port = 0): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (request.url === '/redirect') response.writeHead(307, { Location: '/elsewhere' }).end();
      else response.writeHead(204).end();
    });
  });
  servers.push(server.listen(port, address));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function poster(origin: string, ...secrets: readonly string[]) {
  const keys = secrets.map((secret) => Buffer.from(secret.slice('whsec_'.length), 'base64'));
  return makePostCallback({ callbackHosts: [origin], callbackSigningKeys: keys }, { now: Date.now });
}

beforeEach(() => {
  received.length = 0;
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

/** Some containers have no IPv6. */
const hasIpv6 = Object.values(networkInterfaces()).some((found) => found?.some(({ address }) => address === '::1'));

test.each([['localhost', '127.0.0.1'], ...(hasIpv6 ? [['localhost', '::1']] : []), ['127.0.0.1', '127.0.0.1']])(
  'a callback to %s reaches a receiver that listens on %s',
  async (host = '', address = '') => {
    const origin = `http://${host}:${await listen(address)}`;
    expect(await poster(origin)(`${origin}/hooks//1?sig=a%2Fb`, OUTCOME)).toEqual({ kind: 'taken', httpStatus: 204 });
    expect(received).toMatchObject([
      { path: '/hooks//1?sig=a%2Fb', headers: { host: origin.slice('http://'.length) } },
    ]);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual(OUTCOME);
  },
);

test('localhost is this machine, whatever a name server says', async () => {
  const names = jest.requireActual<{ lookup: unknown }>('node:dns');
  const { lookup } = names;
  const origin = `http://localhost:${await listen('127.0.0.1')}`;
  names.lookup = () => {
    throw new Error('a name was looked up');
  };
  const reply = await poster(origin)(`${origin}/`, OUTCOME);
  names.lookup = lookup;
  expect(reply).toEqual({ kind: 'taken', httpStatus: 204 });
});

test('nothing is read of an answer but its head: a body that never ends costs its connection', async () => {
  const closed: Promise<unknown>[] = [];
  const server = createServer((_request, response) => {
    closed.push(once(response, 'close'));
    response.writeHead(200).write('x');
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await poster(origin)(`${origin}/`, OUTCOME)).toEqual({ kind: 'taken', httpStatus: 200 });
  expect(closed).toHaveLength(1);
  await Promise.all(closed);
});

test('a receiver that is not there yet may be tried again', async () => {
  const port = await listen('127.0.0.1');
  servers.splice(0).forEach((server) => server.close());
  const origin = `http://localhost:${port}`;
  expect(await poster(origin)(`${origin}/`, OUTCOME)).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' });
});

test('a redirect is not followed', async () => {
  const origin = `http://localhost:${await listen('127.0.0.1')}`;
  expect(await poster(origin)(`${origin}/redirect`, OUTCOME)).toMatchObject({ kind: 'refused', httpStatus: 307 });
  expect(received.map(({ path }) => path)).toEqual(['/redirect']);
});

test('a local URL that was taken when the origin was allowed is refused when it is not any more', async () => {
  const port = await listen('127.0.0.1');
  const post = makePostCallback({ callbackHosts: ['*.logic.azure.com'], callbackSigningKeys: [] }, { now: Date.now });
  expect(await post(`http://localhost:${port}/`, OUTCOME)).toEqual({
    kind: 'refused',
    reason: 'the URL must be an absolute https: URL in printable ASCII',
  });
  expect(received).toEqual([]);
});

test('the receiver verifies what is signed with the library of the specification; two attempts have one id', async () => {
  const origin = `http://localhost:${await listen('127.0.0.1')}`;
  const post = poster(origin, `whsec_${'A'.repeat(32)}`, SECRET);
  await post(`${origin}/`, OUTCOME);
  await post(`${origin}/`, OUTCOME);
  expect(
    received.map(({ body, headers }) => new Webhook(SECRET).verify(body, headers as Record<string, string>)),
  ).toEqual([OUTCOME, OUTCOME]);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('without a secret no header of a signature is sent, and the others are as before', async () => {
  const origin = `http://localhost:${await listen('127.0.0.1')}`;
  await poster(origin)(`${origin}/`, OUTCOME);
  expect(received[0]?.headers).toEqual({
    host: origin.slice('http://'.length),
    'content-type': 'application/json',
    'content-length': String(JSON.stringify(OUTCOME).length),
    'user-agent': 'graph-call-tones',
    connection: 'close',
  });
});
