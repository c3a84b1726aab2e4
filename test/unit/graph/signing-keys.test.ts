// How the keys of a provider are remembered: roll-over, outages, floods, hostile answers.
// The clock is a variable; what HTTP does by itself (redirects, slow and broken answers) is tried on a real server on the loopback.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import type { SigningKeysFaultCode } from '../../../shared/graph/fetch-signing-keys';
import { makeSigningKeys } from '../../../shared/graph/signing-keys';
import { jwkOf, makeFetch, makeKeyPair } from './token-forge';

const METADATA = 'https://provider.example/.well-known/openid-configuration';
const KEYS = 'https://provider.example/keys';
const HOUR_MS = 3_600_000;

const pair = makeKeyPair();

/** A provider whose key ids and health a test changes as it goes. */
function makeProvider(kids: readonly string[] = ['one']) {
  const provider = { kids, isDown: false };
  const failIfDown = () => {
    if (provider.isDown) throw new TypeError('fetch failed');
  };
  const { fetch, asked } = makeFetch({
    [METADATA]: () => {
      failIfDown();
      return Response.json({ jwks_uri: KEYS });
    },
    [KEYS]: () => Response.json({ keys: provider.kids.map((kid) => jwkOf(pair, kid)) }),
  });
  const faults: SigningKeysFaultCode[] = [];
  const time = { now: Date.UTC(2026, 0, 1) };
  const keys = makeSigningKeys({ metadataUrl: METADATA, fetch, clock: { now: () => time.now }, onFault: ({ code }) => faults.push(code) });
  const fetches = () => asked.filter((url) => url === METADATA).length;
  const kindOf = async (kid: string) => (await keys.find(kid)).kind;
  return { provider, time, faults, fetches, kindOf };
}

/** What keys with these answers come to, and the fault that was told. */
async function faultOf(answers: Parameters<typeof makeFetch>[0], metadataUrl = METADATA) {
  const { fetch, asked } = makeFetch(answers);
  const faults: SigningKeysFaultCode[] = [];
  const keys = makeSigningKeys({ metadataUrl, fetch, clock: { now: () => 0 }, onFault: ({ code }) => faults.push(code) });
  const found = await keys.find('one');
  return { kind: found.kind, fault: faults[0], asked };
}

describe('keys that are remembered', () => {
  it('are fetched when first needed, and once for all who ask meanwhile', async () => {
    const { kindOf, fetches } = makeProvider(['one', 'two']);
    expect(fetches()).toBe(0);
    expect(await Promise.all(['one', 'two', 'one', 'three'].map(kindOf))).toEqual(['key', 'key', 'key', 'unknown']);
    expect(fetches()).toBe(1);
  });

  it('serve 24 hours without being asked for again', async () => {
    const { kindOf, fetches, time } = makeProvider();
    await kindOf('one');
    time.now += 24 * HOUR_MS - 1;
    expect(await kindOf('one')).toBe('key');
    expect(fetches()).toBe(1);
  });

  it('are fetched again after 24 hours, before they are used: a withdrawn key is gone', async () => {
    const { kindOf, fetches, time, provider } = makeProvider(['one', 'two']);
    await kindOf('one');
    provider.kids = ['two'];
    time.now += 24 * HOUR_MS;
    expect(await Promise.all([kindOf('one'), kindOf('two')])).toEqual(['unknown', 'key']);
    expect(fetches()).toBe(2);
  });

  it('are fetched again for an unknown kid: roll-over', async () => {
    const { kindOf, fetches, time, provider } = makeProvider();
    await kindOf('one');
    provider.kids = ['one', 'two'];
    time.now += 10_000;
    expect(await kindOf('two')).toBe('key');
    expect(await kindOf('one')).toBe('key');
    expect(fetches()).toBe(2);
  });

  it('are fetched at most once in 10 seconds, however many unknown kids ask', async () => {
    const { kindOf, fetches, time } = makeProvider();
    const startedAt = time.now;
    for (let count = 0; count < 1_000; count += 1) {
      time.now = startedAt + count * 60;
      expect(await kindOf(`unknown-${count}`)).toBe('unknown');
    }
    // 60 seconds: the first fetch, and one each at about 10, 20, 30, 40 and 50 seconds.
    expect(fetches()).toBe(6);
  });

  it('make all who ask for an unknown kid at once share one fetch', async () => {
    const { kindOf, fetches, time, provider } = makeProvider();
    await kindOf('one');
    provider.kids = ['one', 'two'];
    time.now += 10_000;
    expect(await Promise.all(Array.from({ length: 100 }, () => kindOf('two')))).toEqual(Array(100).fill('key'));
    expect(fetches()).toBe(2);
  });
});

describe('an outage of the provider', () => {
  it('leaves an unknown kid undecided, and a known one known', async () => {
    const { kindOf, faults, time, provider } = makeProvider();
    await kindOf('one');
    provider.isDown = true;
    time.now += 10_000;
    expect(await kindOf('two')).toBe('unavailable');
    expect(await kindOf('two')).toBe('unavailable');
    expect(await kindOf('one')).toBe('key');
    expect(faults).toEqual(['fetch-failed']);
  });

  it('keeps the old keys however long it lasts, and is told once every 10 seconds of use', async () => {
    const { kindOf, faults, fetches, time, provider } = makeProvider();
    await kindOf('one');
    provider.isDown = true;
    for (let day = 0; day < 30; day += 1) {
      time.now += 24 * HOUR_MS;
      expect(await kindOf('one')).toBe('key');
      expect(await kindOf('one')).toBe('key');
    }
    expect(fetches()).toBe(31);
    expect(faults.length).toBeGreaterThanOrEqual(29);
  });

  it('ends by itself: new keys are had at the next attempt', async () => {
    const { kindOf, time, provider } = makeProvider();
    await kindOf('one');
    provider.isDown = true;
    time.now += 10_000;
    expect(await kindOf('two')).toBe('unavailable');
    provider.isDown = false;
    provider.kids = ['two'];
    time.now += 9_999;
    expect(await kindOf('two')).toBe('unavailable');
    time.now += 1;
    expect(await kindOf('two')).toBe('key');
    expect(await kindOf('one')).toBe('unknown');
  });

  it('at the very beginning is tried again every second', async () => {
    const { kindOf, fetches, time, provider } = makeProvider();
    provider.isDown = true;
    expect(await kindOf('one')).toBe('unavailable');
    provider.isDown = false;
    time.now += 999;
    expect(await kindOf('one')).toBe('unavailable');
    expect(fetches()).toBe(1);
    time.now += 1;
    expect(await kindOf('one')).toBe('key');
  });

  it('that makes the key set empty or useless keeps the old keys too', async () => {
    const { kindOf, faults, time, provider } = makeProvider();
    await kindOf('one');
    provider.kids = [];
    time.now += 10_000;
    expect(await kindOf('two')).toBe('unavailable');
    expect(await kindOf('one')).toBe('key');
    expect(faults).toEqual(['no-usable-key']);
  });
});

describe('keys that count', () => {
  const rsa = jwkOf(pair, 'one');
  const ec = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'one' };
  const kindWith = async (...keys: unknown[]) => (await faultOf({ [METADATA]: { jwks_uri: KEYS }, [KEYS]: { keys } })).kind;

  it.each([
    ['with use sig', rsa], ['without use and alg', { ...rsa, use: undefined, alg: undefined }], ['with alg RS256', { ...rsa, alg: 'RS256' }],
    ['with a private part, which is not taken over', { ...pair.privateKey.export({ format: 'jwk' }), kid: 'one' }],
    ['with certificates and whatever else', { ...rsa, x5c: ['AAAA'], x5t: 'x', cloud_instance_name: 'microsoftonline.com' }],
  ])('RSA %s', async (_, key) => {
    expect(await kindWith(key)).toBe('key');
  });

  it.each([
    ['for encryption', { ...rsa, use: 'enc' }], ['of another algorithm', { ...rsa, alg: 'RS512' }], ['elliptic', ec], ['symmetric', { kty: 'oct', k: 'c2VjcmV0', kid: 'one' }],
    ['without kid', { ...rsa, kid: undefined }], ['with an empty kid', { ...rsa, kid: '' }], ['with a kid that is no string', { ...rsa, kid: ['one'] }],
    ['without modulus', { ...rsa, n: undefined }], ['with a broken modulus', { ...rsa, n: '***' }], ['of 1024 bits', jwkOf(makeKeyPair(1024), 'one')],
    ['null', null], ['a string', 'one'],
  ])('not one %s, which spoils no other', async (_, key) => {
    expect(await kindWith(key)).toBe('unavailable');
    expect(await kindWith(key, rsa)).toBe('key');
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
    ['jwks_uri on a host that only looks like the loopback', 'url-not-allowed', { [METADATA]: { jwks_uri: 'http://127.0.0.1.evil.example/keys' } }],
    ['jwks_uri on a private address', 'url-not-allowed', { [METADATA]: { jwks_uri: 'http://169.254.169.254/metadata' } }],
    ['jwks_uri in a file', 'url-not-allowed', { [METADATA]: { jwks_uri: 'file:///etc/passwd' } }],
    ['jwks_uri in a data URL', 'url-not-allowed', { [METADATA]: { jwks_uri: 'data:application/json,{}' } }],
    ['keys that are no array', 'no-usable-key', { [METADATA]: { jwks_uri: KEYS }, [KEYS]: { keys: {} } }],
    ['more than a mebibyte', 'answer-too-large', { [METADATA]: { jwks_uri: KEYS }, [KEYS]: { ...JWKS, padding: 'x'.repeat(1024 * 1024) } }],
    ['a connection that breaks', 'fetch-failed', { [METADATA]: () => Promise.reject(new TypeError('fetch failed')) }],
  ])('%s', async (_, fault, answers) => {
    expect(await faultOf(answers)).toMatchObject({ kind: 'unavailable', fault });
  });

  it('are not asked for at metadata over http elsewhere', async () => {
    expect(await faultOf({ 'http://provider.example/m': { jwks_uri: KEYS }, [KEYS]: JWKS }, 'http://provider.example/m')).toEqual({ kind: 'unavailable', fault: 'url-not-allowed', asked: [] });
  });

  it.each(['http://localhost:7080/keys', 'http://127.0.0.1:7080/keys', 'http://[::1]:7080/keys'])('may come over http from the loopback: %s', async (url) => {
    expect(await faultOf({ [METADATA]: { jwks_uri: url }, [url]: JWKS })).toMatchObject({ kind: 'key' });
  });
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

  const find = async (metadataUrl: string, timeoutMs?: number) => makeSigningKeys({ metadataUrl, clock: { now: () => 0 }, timeoutMs }).find('one');

  it('keys are had', async () => {
    const origin = await serve((request, response) => {
      response.end(JSON.stringify(request.url === '/keys' ? { keys: [jwkOf(pair, 'one')] } : { jwks_uri: `${origin}/keys` }));
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
    ['never ends', (response: import('node:http').ServerResponse) => void response.writeHead(200).write('{')],
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
