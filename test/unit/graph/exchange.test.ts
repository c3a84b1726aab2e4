// Which errors of fetch prove that no connection came about, where nothing but their codes is known.
// Unit tests of shared/graph/exchange; the real errors of real sockets are in test/integration/send-dtmf-tones.test.ts.
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

test.each([undefined, 'ECONNREFUSED', { code: 42 }, { code: 'not a code' }])(
  'a cause of %j tells nothing',
  async (cause) => {
    expect(await exchange(POST, failingWith(cause))).toEqual({ kind: 'lost' });
  },
);

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
  const reply = await exchange({ ...POST, timeoutMs: Infinity }, async () => Response.json({ ok: true }));
  expect(reply).toEqual({ kind: 'reply', status: 200, body: { ok: true } });
});
