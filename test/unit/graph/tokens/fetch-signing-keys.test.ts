// Which answers of a provider give keys, and what is made of all others; through the keys that remember them.
// What HTTP does by itself (redirects, slow and broken answers) is tried on a real server on the loopback.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fetchSigningKeys,
  SigningKeysFault,
  type SigningKeysFaultCode,
} from '../../../../shared/graph/fetch-signing-keys';
import { makeSigningKeys } from '../../../../shared/graph/signing-keys';
import { jwkOf, makeFetch, makeKeyPair } from './token-forge';

const METADATA = 'https://provider.example/.well-known/openid-configuration';
const KEYS = 'https://provider.example/keys';

const pair = makeKeyPair();

/** What keys with these answers come to, and the fault that was told. */
async function faultOf(answers: Parameters<typeof makeFetch>[0], metadataUrl = METADATA) {
  const { fetch, asked } = makeFetch(answers);
  const faults: SigningKeysFaultCode[] = [];
  const keys = makeSigningKeys({
    metadataUrl,
    fetch,
    clock: { now: () => 0 },
    onFault: ({ code }) => faults.push(code),
  });
  const found = await keys.find('one');
  return { kind: found.kind, fault: faults[0], asked };
}

describe('keys that count', () => {
  const rsa = jwkOf(pair, 'one');
  const ec = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'one' };
  const kindWith = async (...keys: unknown[]) =>
    (await faultOf({ [METADATA]: { jwks_uri: KEYS }, [KEYS]: { keys } })).kind;

  it.each([
    ['with use sig', rsa],
    ['without use and alg', { ...rsa, use: undefined, alg: undefined }],
    ['with alg RS256', { ...rsa, alg: 'RS256' }],
    ['with a private part, which is not taken over', { ...pair.privateKey.export({ format: 'jwk' }), kid: 'one' }],
    [
      'with certificates and whatever else',
      { ...rsa, x5c: ['AAAA'], x5t: 'x', cloud_instance_name: 'microsoftonline.com' },
    ],
  ])('RSA %s', async (_, key) => {
    expect(await kindWith(key)).toBe('key');
  });

  it.each([
    ['for encryption', { ...rsa, use: 'enc' }],
    ['of another algorithm', { ...rsa, alg: 'RS512' }],
    ['elliptic', ec],
    ['symmetric', { kty: 'oct', k: 'c2VjcmV0', kid: 'one' }],
    ['without kid', { ...rsa, kid: undefined }],
    ['with an empty kid', { ...rsa, kid: '' }],
    ['with a kid that is no string', { ...rsa, kid: ['one'] }],
    ['without modulus', { ...rsa, n: undefined }],
    ['with a broken modulus', { ...rsa, n: '***' }],
    ['of 1024 bits', jwkOf(makeKeyPair(1024), 'one')],
    ['null', null],
    ['a string', 'one'],
  ])('not one %s, which spoils no other', async (_, key) => {
    expect(await kindWith(key)).toBe('unavailable');
    expect(await kindWith(key, rsa)).toBe('key');
  });
});

describe('the issuer of a key', () => {
  it.each([42, null, undefined])('that is no text (%p) is none', async (issuer) => {
    const { fetch } = makeFetch({
      [METADATA]: { jwks_uri: KEYS },
      [KEYS]: { keys: [jwkOf(pair, 'one', { issuer })] },
    });
    const found = await makeSigningKeys({ metadataUrl: METADATA, fetch, clock: { now: () => 0 } }).find('one');
    expect(Object.keys(found).sort()).toEqual(['key', 'kind']);
  });
});

describe('two keys of one kid', () => {
  it('count as the first of them', async () => {
    const other = makeKeyPair();
    const { fetch } = makeFetch({
      [METADATA]: { jwks_uri: KEYS },
      [KEYS]: { keys: [jwkOf(pair, 'one', { issuer: 'first' }), jwkOf(other, 'one', { issuer: 'second' })] },
    });
    expect(await makeSigningKeys({ metadataUrl: METADATA, fetch, clock: { now: () => 0 } }).find('one')).toMatchObject({
      kind: 'key',
      issuer: 'first',
    });
  });
});

describe('answers of the provider', () => {
  const JWKS = { keys: [jwkOf(pair, 'one')] };
  it.each<[string, SigningKeysFaultCode, Parameters<typeof makeFetch>[0]]>([
    ['metadata missing', 'http-status', {}],
    ['metadata that failed', 'http-status', { [METADATA]: () => Response.json({ jwks_uri: KEYS }, { status: 500 }) }],
    ['metadata that is no JSON', 'answer-not-json', { [METADATA]: () => new Response('<html>') }],
    ['metadata that is an array', 'answer-not-json', { [METADATA]: () => Response.json([]) }],
    ['empty metadata', 'answer-not-json', { [METADATA]: () => new Response(null) }],
    ['no jwks_uri', 'jwks-uri-missing', { [METADATA]: { issuer: 'x' } }],
    ['jwks_uri that is no string', 'jwks-uri-missing', { [METADATA]: { jwks_uri: [KEYS] } }],
    ['jwks_uri that is no URL', 'url-not-allowed', { [METADATA]: { jwks_uri: '/keys' } }],
    ['jwks_uri over http elsewhere', 'url-not-allowed', { [METADATA]: { jwks_uri: 'http://provider.example/keys' } }],
    [
      'jwks_uri on a host that only looks like the loopback',
      'url-not-allowed',
      { [METADATA]: { jwks_uri: 'http://127.0.0.1.evil.example/keys' } },
    ],
    [
      'jwks_uri on a private address',
      'url-not-allowed',
      { [METADATA]: { jwks_uri: 'http://169.254.169.254/metadata' } },
    ],
    ['jwks_uri in a file', 'url-not-allowed', { [METADATA]: { jwks_uri: 'file:///etc/passwd' } }],
    ['jwks_uri in a data URL', 'url-not-allowed', { [METADATA]: { jwks_uri: 'data:application/json,{}' } }],
    ['keys that are no array', 'no-usable-key', { [METADATA]: { jwks_uri: KEYS }, [KEYS]: { keys: {} } }],
    [
      'more than a mebibyte',
      'answer-too-large',
      { [METADATA]: { jwks_uri: KEYS }, [KEYS]: { ...JWKS, padding: 'x'.repeat(1024 * 1024) } },
    ],
    ['a connection that breaks', 'fetch-failed', { [METADATA]: () => Promise.reject(new TypeError('fetch failed')) }],
  ])('%s', async (_, fault, answers) => {
    expect(await faultOf(answers)).toMatchObject({ kind: 'unavailable', fault });
  });

  it('are not asked for at metadata over http elsewhere', async () => {
    expect(
      await faultOf({ 'http://provider.example/m': { jwks_uri: KEYS }, [KEYS]: JWKS }, 'http://provider.example/m'),
    ).toEqual({ kind: 'unavailable', fault: 'url-not-allowed', asked: [] });
  });

  it.each(['http://localhost:7080/keys', 'http://127.0.0.1:7080/keys', 'http://[::1]:7080/keys'])(
    'may come over http from the loopback: %s',
    async (url) => {
      expect(await faultOf({ [METADATA]: { jwks_uri: url }, [url]: JWKS })).toMatchObject({ kind: 'key' });
    },
  );
});

describe('a fault', () => {
  const cases: readonly (readonly [string, Parameters<typeof makeFetch>[0], string])[] = [
    [
      'url-not-allowed',
      { [METADATA]: { jwks_uri: '/keys' } },
      'The URL of the key set must be https, or http on a loopback host.',
    ],
    ['http-status', {}, 'The metadata was answered with HTTP 404.'],
    [
      'http-status',
      { [METADATA]: () => new Response(null, { status: 500 }) },
      'The metadata was answered with HTTP 500.',
    ],
    [
      'answer-too-large',
      { [METADATA]: { padding: 'x'.repeat(1024 * 1024) } },
      'The metadata is longer than 1048576 bytes.',
    ],
    ['answer-not-json', { [METADATA]: () => new Response('s3cret') }, 'The metadata is no JSON.'],
    ['answer-not-json', { [METADATA]: () => Response.json(['s3cret']) }, 'The metadata is no JSON object.'],
    ['jwks-uri-missing', { [METADATA]: { a: 's3cret' } }, 'The OpenID metadata names no jwks_uri.'],
    [
      'no-usable-key',
      { [METADATA]: { jwks_uri: KEYS }, [KEYS]: { keys: ['s3cret'] } },
      'The key set holds no RSA key for signatures.',
    ],
    ['no-usable-key', { [METADATA]: { jwks_uri: KEYS }, [KEYS]: {} }, 'The key set holds no RSA key for signatures.'],
    [
      'fetch-failed',
      { [METADATA]: () => Promise.reject(new TypeError('reset')) },
      'The metadata could not be fetched.',
    ],
  ];

  async function thrownBy(answers: Parameters<typeof makeFetch>[0]): Promise<SigningKeysFault> {
    const { fetch } = makeFetch(answers);
    const thrown: unknown = await fetchSigningKeys(METADATA, fetch, 5000).catch((error: unknown) => error);
    if (!(thrown instanceof SigningKeysFault)) throw new Error('no fault');
    return thrown;
  }

  it.each(cases)('%s names what was asked for, and nothing of the answer', async (code, answers, message) => {
    expect(await thrownBy(answers)).toMatchObject({ name: 'SigningKeysFault', code, message });
  });

  it('keeps what broke the connection, and of broken JSON the name of the error alone', async () => {
    const cause = new TypeError('reset');
    expect((await thrownBy({ [METADATA]: () => Promise.reject(cause) })).cause).toBe(cause);
    expect((await thrownBy({ [METADATA]: () => new Response('s3cret') })).cause).toBe('SyntaxError');
  });
});

it('JSON is asked for', async () => {
  const accepted: unknown[] = [];
  const { fetch } = makeFetch({ [METADATA]: { jwks_uri: KEYS }, [KEYS]: { keys: [jwkOf(pair, 'one')] } });
  const noting: typeof fetch = (url, init) => {
    accepted.push(new Headers(init.headers).get('accept'));
    return fetch(url, init);
  };
  await fetchSigningKeys(METADATA, noting, 5000);
  expect(accepted).toEqual(['application/json', 'application/json']);
});

describe('over real HTTP', () => {
  const servers: Server[] = [];

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  const find = async (metadataUrl: string, timeoutMs?: number) =>
    makeSigningKeys({ metadataUrl, clock: { now: () => 0 }, timeoutMs }).find('one');

  it('keys are had', async () => {
    const origin = await serve((request, response) => {
      response.end(
        JSON.stringify(request.url === '/keys' ? { keys: [jwkOf(pair, 'one')] } : { jwks_uri: `${origin}/keys` }),
      );
    });
    expect(await find(`${origin}/metadata`)).toMatchObject({ kind: 'key' });
  });

  it('no redirect is followed', async () => {
    const asked: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: `${origin}/elsewhere` }).end();
    });
    expect(await find(`${origin}/metadata`)).toEqual({ kind: 'unavailable', fault: 'fetch-failed' });
    expect(asked).toEqual(['/metadata']);
  });

  it.each([
    ['never begins', () => {}],
    ['never ends', (response: ServerResponse) => void response.writeHead(200).write('{')],
  ])('an answer that %s is given up', async (_, answer) => {
    const origin = await serve((__, response) => answer(response));
    expect(await find(`${origin}/metadata`, 50)).toEqual({ kind: 'unavailable', fault: 'fetch-failed' });
  });

  it('an endless answer is not read on', async () => {
    let written = 0;
    const origin = await serve((_, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        written += chunk.length;
        if (!response.destroyed) response.write(chunk, more);
      };
      more();
    });
    expect(await find(`${origin}/metadata`)).toEqual({ kind: 'unavailable', fault: 'answer-too-large' });
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  it('a refused connection is an outage', async () => {
    const origin = await serve(() => {});
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    expect(await find(`${origin}/metadata`)).toEqual({ kind: 'unavailable', fault: 'fetch-failed' });
  });
});
