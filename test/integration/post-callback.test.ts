// The POST to a callback against real TLS servers: what is sent, what each answer means, and which hosts are never
// called.
import type { LookupAddress } from 'node:dns';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makePostCallback } from '../../shared/outbound/post-callback';
import type { ToneOutcome } from '../../shared/tones/facts/tone-outcome';
import { startCallbackReceiver, type CallbackReceiver } from '../support/services/callback-receiver';

// The time limit of a callback is 5 seconds; three tests wait for it.
jest.setTimeout(20_000);

const { routeInternet } = jest.requireActual<{
  readonly routeInternet: (hosts: Record<string, { addresses: readonly string[]; port: number }>) => () => void;
}>('../support/services/public-internet.cjs');

/** The module that the code under test looks names up with; its own, so that a test may replace the function. */
const names = jest.requireActual<{ lookup: () => Promise<readonly LookupAddress[]> }>('node:dns/promises');

const HOST = 'prod-42.westeurope.logic.azure.com';
const OUTCOME: ToneOutcome = { clientContext: 'order-42', callId: 'call-1', status: 'succeeded', toneCount: 3 };
const NOW = Date.parse('2026-01-01T00:00:00Z');
const RULES = { callbackHosts: ['*.logic.azure.com'], callbackSigningKeys: [] };
const post = makePostCallback(RULES, { now: () => NOW });

const NAMES = [HOST, 'two-families.logic.azure.com', 'only-six.logic.azure.com'];

let receiver: CallbackReceiver;
let stranger: CallbackReceiver;
let restore: () => void;
const trusted = getCACertificates('default');

/** Names that resolve as the tests need them. */
function hosts(): Record<string, { addresses: readonly string[]; port: number }> {
  const { port } = receiver;
  return {
    [HOST]: { addresses: ['20.50.2.1'], port },
    'two-families.logic.azure.com': { addresses: ['2603:1020::1', '20.50.2.1'], port },
    // Nobody listens at the IPv6 address of the host that has both.
    'six.logic.azure.com': { addresses: ['2603:1020::1'], port: 1 },
    'only-six.logic.azure.com': { addresses: ['2603:1020::2'], port },
    'unknown.logic.azure.com': { addresses: [], port },
    'impostor.logic.azure.com': { addresses: ['20.50.2.2'], port: stranger.port },
    'loopback.logic.azure.com': { addresses: ['127.0.0.1'], port },
    'private.logic.azure.com': { addresses: ['10.0.0.4'], port },
    'metadata.logic.azure.com': { addresses: ['169.254.169.254'], port },
    'mapped.logic.azure.com': { addresses: ['::ffff:10.0.0.4'], port },
    'half-private.logic.azure.com': { addresses: ['20.50.2.1', '192.168.0.1'], port },
    'closed.logic.azure.com': { addresses: ['20.50.2.3'], port: 1 },
  };
}

beforeAll(async () => {
  receiver = await startCallbackReceiver({ hostname: HOST, certificateNames: NAMES });
  stranger = await startCallbackReceiver({ hostname: 'somebody-else.logic.azure.com' });
  setDefaultCACertificates([...trusted, receiver.certificatePem, stranger.certificatePem]);
  restore = routeInternet(hosts());
});

afterAll(async () => {
  restore();
  setDefaultCACertificates(trusted);
  await receiver.close();
  await stranger.close();
});

test('the outcome is POSTed as JSON to the whole URL, under the name of the host', async () => {
  expect(await post(receiver.url('/workflows/1?sig=a%2Fb'), OUTCOME)).toEqual({ kind: 'taken', httpStatus: 200 });
  expect(receiver.received.at(-1)).toMatchObject({
    method: 'POST',
    path: '/workflows/1?sig=a%2Fb',
    servername: HOST,
    headers: {
      host: HOST,
      'content-type': 'application/json',
      'content-length': String(JSON.stringify(OUTCOME).length),
    },
    body: { clientContext: 'order-42', callId: 'call-1', status: 'succeeded', toneCount: 3 },
  });
});

test('IPv4 is taken where a host has both kinds of addresses', async () => {
  expect(await post('https://two-families.logic.azure.com/', OUTCOME)).toEqual({ kind: 'taken', httpStatus: 200 });
});

test('IPv6 is taken where a host has nothing else', async () => {
  expect(await post('https://only-six.logic.azure.com/', OUTCOME)).toEqual({ kind: 'taken', httpStatus: 200 });
});

test.each([
  [201, 'taken'],
  [202, 'taken'],
  [204, 'taken'],
  [304, 'refused'],
  [400, 'refused'],
  [404, 'refused'],
  [408, 'failed'],
  [425, 'failed'],
  [410, 'refused'],
  [429, 'failed'],
  [451, 'refused'],
  [500, 'failed'],
  [502, 'failed'],
  [503, 'failed'],
])('an answer of %p means %s', async (status, kind) => {
  receiver.answerNext(status);
  expect(await post(receiver.url(), OUTCOME)).toMatchObject({ kind, httpStatus: status });
});

test.each([
  ['7', 7000],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['86400', 86_400_000],
  ['soon', undefined],
])('a Retry-After of %s is %p ms', async (header, retryAfterMs) => {
  receiver.answerNext({ status: 429, headers: { 'Retry-After': header } });
  expect(await post(receiver.url(), OUTCOME)).toEqual({
    kind: 'failed',
    reason: 'the callback wants it later',
    httpStatus: 429,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
});

test('410 ends it: the callback is gone', async () => {
  receiver.answerNext({ status: 410, headers: { 'Retry-After': '7' } });
  expect(await post(receiver.url(), OUTCOME)).toEqual({
    kind: 'refused',
    reason: 'the callback is gone',
    httpStatus: 410,
  });
});

test('a redirect is not followed, not even to an allowed host', async () => {
  const before = receiver.received.length;
  receiver.answerNext({ status: 307, headers: { Location: receiver.url('/elsewhere') } });
  expect(await post(receiver.url(), OUTCOME)).toEqual({
    kind: 'refused',
    reason: 'redirects are not followed',
    httpStatus: 307,
  });
  expect(receiver.received.length).toBe(before + 1);
});

test('no answer within 5 seconds, and a connection that breaks, may be tried again', async () => {
  receiver.answerNext('hang');
  expect(await post(receiver.url(), OUTCOME)).toEqual({ kind: 'failed', reason: 'no answer in time' });
  receiver.answerNext('reset');
  expect(await post(receiver.url(), OUTCOME)).toEqual({ kind: 'failed', reason: 'ECONNRESET' });
});

test('a name that is found only after the 5 seconds is not called any more', async () => {
  const { lookup } = names;
  let find: (found: LookupAddress[]) => void = () => undefined;
  names.lookup = () => new Promise((resolve) => (find = resolve));
  const reply = await post(receiver.url('/late'), OUTCOME);
  names.lookup = lookup;
  expect(reply).toEqual({ kind: 'failed', reason: 'no answer in time' });
  find([{ address: '20.50.2.1', family: 4 }]);
  expect(await post(receiver.url('/next'), OUTCOME)).toMatchObject({ kind: 'taken' });
  expect(receiver.received.map(({ path }) => path)).not.toContain('/late');
});

test('a name without any address is not called, and a fault without a code says nothing of itself', async () => {
  const { lookup } = names;
  const url = receiver.url('/nowhere');
  try {
    names.lookup = async () => [];
    expect(await post(url, OUTCOME)).toEqual({
      kind: 'refused',
      reason: 'the host has an address that is not public',
    });
    names.lookup = () => Promise.reject(new Error(url));
    expect(await post(url, OUTCOME)).toEqual({ kind: 'failed', reason: 'connection failed' });
  } finally {
    names.lookup = lookup;
  }
  expect(receiver.received.map(({ path }) => path)).not.toContain('/nowhere');
});

test.each([
  ['https://unknown.logic.azure.com/', { kind: 'failed', reason: 'ENOTFOUND' }],
  ['https://closed.logic.azure.com/', { kind: 'failed', reason: 'ECONNREFUSED' }],
  ['https://impostor.logic.azure.com/', { kind: 'failed', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
])('%s: %p', async (url, reply) => {
  expect(await post(url, OUTCOME)).toEqual(reply);
  expect(stranger.received).toEqual([]);
});

test.each(['loopback', 'private', 'metadata', 'mapped', 'half-private'])(
  'the name %s resolves to an address that is not public: never connected to',
  async (name) => {
    const before = receiver.received.length;
    expect(await post(`https://${name}.logic.azure.com/`, OUTCOME)).toEqual({
      kind: 'refused',
      reason: 'the host has an address that is not public',
    });
    expect(receiver.received.length).toBe(before);
  },
);

test('a URL that was stored when other hosts were allowed is refused', async () => {
  const others = { ...RULES, callbackHosts: ['*.environment.api.powerplatform.com'] };
  expect(await makePostCallback(others, { now: () => NOW })(receiver.url(), OUTCOME)).toEqual({
    kind: 'refused',
    reason: 'the URL must name a host that CALLBACK_HOSTS allows',
  });
});
