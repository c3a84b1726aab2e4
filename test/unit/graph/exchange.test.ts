// Which errors of fetch prove that no connection came about, where nothing but their codes is known.
// Unit tests of shared/graph/exchange; the real errors of real sockets are in test/integration/send-dtmf-tones.test.ts.
import { channel } from 'node:diagnostics_channel';
import { exchange } from '../../../shared/graph/exchange';

const POST = { url: 'https://graph.example/x', headers: {}, body: '{}', timeoutMs: 1000 };

function failingWith(cause: unknown): typeof globalThis.fetch {
  return () => Promise.reject(new TypeError('fetch failed', { cause }));
}

test.each([
  { code: 'ECONNREFUSED', syscall: 'connect' },
  { code: 'ECONNREFUSED' },
  { code: 'ETIMEDOUT', syscall: 'connect' },
  { code: 'EHOSTUNREACH', syscall: 'connect' },
  { code: 'ENETUNREACH', syscall: 'connect' },
  { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
  { code: 'EAI_AGAIN', syscall: 'getaddrinfo' },
  { code: 'EAI_FAIL', syscall: 'getaddrinfo' },
  { code: 'UND_ERR_CONNECT_TIMEOUT' },
  { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
  { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
  { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' },
  { code: 'CERT_HAS_EXPIRED' },
  { code: 'CERT_NOT_YET_VALID' },
  { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  { code: 'ERR_TLS_CERT_ALTNAME_FORMAT' },
  { code: 'ERR_TLS_HANDSHAKE_TIMEOUT' },
  { code: 'ENOTFOUND' },
  { code: 'EAI_AGAIN' },
  { code: 'UNABLE_TO_GET_ISSUER_CERT' },
  { code: 'UNABLE_TO_DECRYPT_CERT_SIGNATURE' },
  { code: 'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY' },
  { code: 'CERT_SIGNATURE_FAILURE' },
  { code: 'CERT_CHAIN_TOO_LONG' },
  { code: 'CERT_REVOKED' },
  { code: 'CERT_UNTRUSTED' },
  { code: 'CERT_REJECTED' },
  { code: 'INVALID_CA' },
  { code: 'INVALID_PURPOSE' },
  { code: 'PATH_LENGTH_EXCEEDED' },
  { code: 'HOSTNAME_MISMATCH' },
])('%j: not connected', async (cause) => {
  expect(await exchange(POST, failingWith(cause))).toEqual({ kind: 'not-connected', code: cause.code });
});

test.each([
  { code: 'ECONNRESET', syscall: 'read' },
  { code: 'ECONNRESET' },
  { code: 'EPIPE', syscall: 'write' },
  { code: 'ETIMEDOUT', syscall: 'read' },
  { code: 'EHOSTUNREACH', syscall: 'read' },
  { code: 'ENETUNREACH', syscall: 'write' },
  { code: 'UND_ERR_SOCKET' },
  { code: 'UND_ERR_HEADERS_TIMEOUT' },
  { code: 'UND_ERR_BODY_TIMEOUT' },
  { code: 'HPE_INVALID_CONSTANT' },
  { code: 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC' },
  { code: 'SOMETHING_NEW' },
])('%j: lost, it may have arrived', async (cause) => {
  expect(await exchange(POST, failingWith(cause))).toEqual({ kind: 'lost', code: cause.code });
});

test.each([
  undefined,
  'ECONNREFUSED',
  { code: 42 },
  { code: 'not a code' },
  { code: 'secret ECONNREFUSED' },
  { code: 'ECONNREFUSED secret' },
  { code: 'X'.repeat(65) },
])('a cause of %j tells nothing', async (cause) => {
  expect(await exchange(POST, failingWith(cause))).toStrictEqual({ kind: 'lost' });
});

test('a code of 64 characters is one', async () => {
  const code = 'X'.repeat(64);
  expect(await exchange(POST, failingWith({ code }))).toEqual({ kind: 'lost', code });
});

test('Location and Retry-After are handed on as they came, and are absent where there are none', async () => {
  const headers = { Location: '/operations/o-1', 'Retry-After': 'soon' };
  expect(await exchange(POST, async () => new Response('{}', { status: 503, headers }))).toStrictEqual({
    kind: 'reply',
    status: 503,
    location: '/operations/o-1',
    retryAfter: 'soon',
    body: {},
  });
  expect(await exchange(POST, async () => new Response('{}', { status: 503 }))).toStrictEqual({
    kind: 'reply',
    status: 503,
    body: {},
  });
});

test('a time limit that was not needed leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await exchange({ ...POST, timeoutMs: 3_600_000 }, async () => Response.json({}));
  expect(timers()).toBeLessThanOrEqual(before);
});

describe('what undici reports', () => {
  /** A module of its own for each test: it listens from its first exchange on. */
  function freshExchange(): typeof exchange {
    let fresh: typeof exchange | undefined;
    jest.isolateModules(() => {
      fresh = jest.requireActual<{ exchange: typeof exchange }>('../../../shared/graph/exchange').exchange;
    });
    return fresh ?? exchange;
  }

  /** Sends as undici does, as far as it reports. */
  const sending: typeof globalThis.fetch = async (_url, init) => {
    const request = {};
    channel('undici:request:create').publish({ request });
    channel('undici:client:sendHeaders').publish({ request });
    init?.signal?.throwIfAborted();
    return Response.json({ ok: true });
  };

  test('a request asks once whether it may leave, however many were sent before', async () => {
    const exchangeOnce = freshExchange();
    let asked = 0;
    const mayLeave = () => (asked += 1) > 0;
    for (let count = 1; count <= 3; count += 1) {
      expect(await exchangeOnce({ ...POST, mayLeave }, sending)).toMatchObject({ kind: 'reply', status: 200 });
      expect(asked).toBe(count);
    }
  });

  test('one that may not, or whose permit breaks, is held back; one without a permit leaves', async () => {
    const broken = () => {
      throw new Error('no permit');
    };
    expect(await freshExchange()({ ...POST, mayLeave: () => false }, sending)).toEqual({ kind: 'held-back' });
    expect(await freshExchange()({ ...POST, mayLeave: broken }, sending)).toEqual({ kind: 'held-back' });
    expect(await freshExchange()(POST, sending)).toMatchObject({ kind: 'reply', status: 200 });
  });

  test('requests of others are nothing to it', async () => {
    const mayLeave = () => false;
    const exchangeOnce = freshExchange();
    await exchangeOnce({ ...POST, mayLeave }, async () => Response.json({}));
    const request = {};
    channel('undici:request:create').publish({ request });
    channel('undici:client:sendHeaders').publish({ request });
    expect(await exchangeOnce(POST, sending)).toMatchObject({ kind: 'reply', status: 200 });
  });

  test.each([
    ['undici:request:create', {}],
    ['undici:request:create', undefined],
    ['undici:client:sendHeaders', {}],
    ['undici:client:sendHeaders', { request: {} }],
    ['undici:client:sendHeaders', undefined],
    ['undici:client:connectError', { error: 'text' }],
    ['undici:client:connectError', undefined],
  ])('on %s %j harms nothing', async (name, message) => {
    const reporting: typeof globalThis.fetch = async () => {
      channel(name).publish(message);
      // What a listener throws is thrown once more by the next turn, and ends the process.
      await new Promise(setImmediate);
      return Response.json({ ok: true });
    };
    expect(await freshExchange()({ ...POST, mayLeave: () => false }, reporting)).toMatchObject({ kind: 'reply' });
  });

  test('a failure to connect that it reported is one, whatever its code', async () => {
    const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const failing: typeof globalThis.fetch = () => {
      channel('undici:client:connectError').publish({ error });
      return Promise.reject(new TypeError('fetch failed', { cause: error }));
    };
    expect(await freshExchange()(POST, failing)).toEqual({ kind: 'not-connected', code: 'ECONNRESET' });
  });
});

test('the request is one that fetch cannot repeat or redirect, and that carries no cookie', async () => {
  let seen: RequestInit | undefined;
  const reply = await exchange({ ...POST, body: '{"ä":1}' }, async (_url, init) => {
    seen = init;
    return new Response(null, { status: 204 });
  });
  expect(reply).toEqual({ kind: 'reply', status: 204, body: undefined });
  expect(seen).toMatchObject({
    method: 'POST',
    redirect: 'manual',
    credentials: 'omit',
    headers: { 'Content-Length': '8' },
  });
  expect(seen?.body).toBeInstanceOf(ReadableStream);
});

test('an endless time limit is no immediate timeout', async () => {
  const reply = await exchange({ ...POST, timeoutMs: Infinity }, async (_url, init) => {
    // A time limit that overflows is one of a millisecond, and is over before this.
    await new Promise((resolve) => setTimeout(resolve, 5));
    init?.signal?.throwIfAborted();
    return Response.json({ ok: true });
  });
  expect(reply).toEqual({ kind: 'reply', status: 200, body: { ok: true } });
});
