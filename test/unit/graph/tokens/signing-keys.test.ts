// How the keys of a provider are remembered: age, roll-over, outages, floods of unknown key ids.
// The clock is a variable; what the provider answers is tried in fetch-signing-keys.test.ts.
import type { SigningKeysFaultCode } from '../../../../shared/graph/fetch-signing-keys';
import { makeSigningKeys } from '../../../../shared/graph/signing-keys';
import { jwkOf, makeFetch, makeKeyPair } from './token-forge';

const METADATA = 'https://provider.example/.well-known/openid-configuration';
const KEYS = 'https://provider.example/keys';
const HOUR_MS = 3_600_000;

const pair = makeKeyPair();

/** A provider whose key ids and health a test changes as it goes. */
function makeProvider(kids: readonly string[] = ['one']) {
  const provider = { kids, isDown: false, answersWhen: Promise.resolve() };
  const failIfDown = () => {
    if (provider.isDown) throw new TypeError('fetch failed');
  };
  const { fetch, asked } = makeFetch({
    [METADATA]: async () => {
      await provider.answersWhen;
      failIfDown();
      return Response.json({ jwks_uri: KEYS });
    },
    [KEYS]: () => Response.json({ keys: provider.kids.map((kid) => jwkOf(pair, kid)) }),
  });
  const faults: SigningKeysFaultCode[] = [];
  const time = { now: Date.UTC(2026, 0, 1) };
  const keys = makeSigningKeys({
    metadataUrl: METADATA,
    fetch,
    clock: { now: () => time.now },
    onFault: ({ code }) => faults.push(code),
  });
  const fetches = () => asked.filter((url) => url === METADATA).length;
  const kindOf = async (kid: string) => (await keys.find(kid)).kind;
  return { provider, time, faults, fetches, kindOf };
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe('a fault that nobody foresaw', () => {
  it('is one of its own, and keeps its cause', async () => {
    const cause = new Error('no such file');
    jest.resetModules();
    jest.doMock('jose', () => {
      throw cause;
    });
    const { makeSigningKeys: makeWithoutLibrary } = jest.requireActual<{ makeSigningKeys: typeof makeSigningKeys }>(
      '../../../../shared/graph/signing-keys',
    );
    const faults: Error[] = [];
    const { fetch } = makeFetch({ [METADATA]: { jwks_uri: KEYS }, [KEYS]: { keys: [jwkOf(pair, 'one')] } });
    const options = { metadataUrl: METADATA, fetch, clock: { now: () => 0 } };
    const keys = makeWithoutLibrary({ ...options, onFault: (fault) => faults.push(fault) });
    expect(await keys.find('one')).toEqual({ kind: 'unavailable', fault: 'unexpected' });
    expect(faults).toMatchObject([{ code: 'unexpected', message: 'Fetching signing keys failed.' }]);
    expect(faults[0]?.cause).toBe(cause);
    jest.dontMock('jose');
  });
});

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

  it('are not fetched twice at a time, even if a fetch takes longer than the cooldown', async () => {
    const { kindOf, fetches, time, provider } = makeProvider();
    const { promise, resolve } = withResolver();
    provider.answersWhen = promise;
    const first = kindOf('one');
    time.now += 60_000;
    const second = kindOf('one');
    resolve();
    expect(await Promise.all([first, second])).toEqual(['key', 'key']);
    expect(fetches()).toBe(1);
  });
});

describe('an outage of the provider', () => {
  it('once known holds nobody up who has a known key', async () => {
    const { kindOf, fetches, time, provider } = makeProvider();
    await kindOf('one');
    provider.isDown = true;
    time.now += 24 * HOUR_MS;
    await kindOf('one');
    const { promise, resolve } = withResolver();
    provider.answersWhen = promise;
    time.now += 10_000;
    // Would not end here if it waited for the provider, which answers only afterwards.
    expect(await kindOf('one')).toBe('key');
    expect(fetches()).toBe(3);
    resolve();
  });

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

  it('keeps the old keys however long it lasts, and tells of each attempt', async () => {
    const { kindOf, faults, fetches, time, provider } = makeProvider();
    await kindOf('one');
    provider.isDown = true;
    for (let day = 1; day <= 30; day += 1) {
      time.now += 24 * HOUR_MS;
      expect(await kindOf('one')).toBe('key');
      // The attempt goes on behind the answer: until it has been told of, nothing else is asked.
      while (faults.length < day) await new Promise(setImmediate);
      expect(await kindOf('one')).toBe('key');
    }
    expect(fetches()).toBe(31);
    expect(faults).toEqual(Array(30).fill('fetch-failed'));
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
