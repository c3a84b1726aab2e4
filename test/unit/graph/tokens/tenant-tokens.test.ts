// The tokens of one tenant: one request for many, one asker while there is trouble, and no memory of what has passed.
import type { AccessToken, TokenCredential } from '@azure/identity';
import { makeTenantTokens } from '../../../../shared/graph/tenant-tokens';

type Times = Pick<AccessToken, 'expiresOnTimestamp' | 'refreshAfterTimestamp'>;
type Answer = {
  readonly resolve: (token: string | null, times?: Times) => void;
  readonly reject: (error: unknown) => void;
};

const TROUBLE = Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
const AS_TROUBLE = { kind: 'unavailable', detail: 'ECONNREFUSED' };

const TOKEN = (token: string) => ({ kind: 'token', token });

/** A credential whose requests are answered by hand, oldest first. */
function setUp(timeoutMs = 60_000) {
  const waiting: Answer[] = [];
  let made = 0;
  let asked = 0;
  const makeCredential = async (): Promise<TokenCredential> => {
    made += 1;
    return {
      getToken: () => {
        asked += 1;
        return new Promise<AccessToken | null>((resolve, reject) => {
          waiting.push({
            resolve: (token, times = { expiresOnTimestamp: 0 }) => resolve(token === null ? null : { token, ...times }),
            reject,
          });
        });
      },
    };
  };
  const next = async (): Promise<Answer> => {
    await new Promise(setImmediate);
    const answer = waiting.shift();
    if (answer === undefined) throw new Error('nobody asks');
    return answer;
  };
  const clock = { time: 0 };
  const now = () => clock.time;
  const getToken = makeTenantTokens({ scope: 'scope', timeoutMs, makeCredential, now });
  return { ask: (fresh = false) => getToken({ fresh }), next, clock, counts: () => ({ made, asked }) };
}

test('many at the same time share one request', async () => {
  const { ask, next, counts } = setUp();
  const replies = Promise.all([ask(), ask(), ask()]);
  (await next()).resolve('t1');
  expect(await replies).toEqual(Array(3).fill({ kind: 'token', token: 't1' }));
  expect(counts()).toEqual({ made: 1, asked: 1 });
});

test('who joins waits for a second at most: only who asked is held up by an authority that is slow', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  try {
    const { ask, next, counts } = setUp();
    const asker = ask();
    const answer = await next();
    const joined = Promise.all([ask()]);
    await jest.advanceTimersByTimeAsync(999);
    expect(await Promise.race([joined, Promise.resolve('waits')])).toBe('waits');
    await jest.advanceTimersByTimeAsync(1);
    expect(await joined).toEqual([{ kind: 'unavailable', detail: 'no answer yet' }]);
    answer.resolve('t1');
    expect(await asker).toEqual({ kind: 'token', token: 't1' });
    expect(counts().asked).toBe(1);
  } finally {
    jest.useRealTimers();
  }
});

test('while there is trouble one asks, and every other is answered at once; a token ends it', async () => {
  const { ask, next, counts } = setUp();
  const first = ask();
  (await next()).reject(TROUBLE);
  expect(await first).toEqual(AS_TROUBLE);

  const asker = ask();
  expect(await Promise.all([ask(), ask(true)])).toEqual([AS_TROUBLE, AS_TROUBLE]);
  expect(counts().made).toBe(2);
  (await next()).resolve('t2');
  expect(await asker).toEqual({ kind: 'token', token: 't2' });

  const together = Promise.all([ask(), ask()]);
  (await next()).resolve('t3');
  expect(await together).toEqual(Array(2).fill({ kind: 'token', token: 't3' }));
});

test('a refusal for good is no trouble: each who asks is answered anew, so that a consent works at once', async () => {
  const { ask, next, counts } = setUp();
  const first = ask();
  (await next()).reject({ errorCode: 'invalid_client', errorNo: 7000229 });
  expect(await first).toMatchObject({ kind: 'refused', code: 'tenant-not-consented' });
  const together = Promise.all([ask(), ask()]);
  (await next()).resolve('t');
  expect(await together).toEqual(Array(2).fill({ kind: 'token', token: 't' }));
  expect(counts()).toEqual({ made: 2, asked: 2 });
});

test('a silent authority is trouble once its time is up', async () => {
  const { ask, next } = setUp(20);
  expect(await ask()).toEqual({ kind: 'unavailable', detail: 'no answer within 20 ms' });
  await next();
  const asker = ask();
  expect(await ask()).toEqual({ kind: 'unavailable', detail: 'no answer within 20 ms' });
  (await next()).resolve('late');
  expect(await asker).toEqual({ kind: 'token', token: 'late' });
});

test('a credential that gives nothing is one that gives nothing for now', async () => {
  const { ask, next, counts } = setUp();
  const reply = ask();
  (await next()).resolve(null);
  expect(await reply).toEqual({ kind: 'unavailable' });
  const again = ask();
  (await next()).resolve('t');
  expect(await again).toEqual({ kind: 'token', token: 't' });
  expect(counts()).toEqual({ made: 1, asked: 2 });
});

describe('beside a fresh request, an older one', () => {
  const TIMES = { expiresOnTimestamp: 3_600_000 };

  async function both() {
    const at = setUp();
    const replies = Promise.all([at.ask(), at.ask(true)]);
    return { ...at, replies, older: await at.next(), fresh: await at.next() };
  }

  test('that ends first leaves the others to join the fresh one', async () => {
    const { ask, replies, older, fresh, counts } = await both();
    older.resolve('t1', TIMES);
    await new Promise(setImmediate);
    const joined = ask();
    fresh.resolve('t2', TIMES);
    expect(await joined).toEqual(TOKEN('t2'));
    expect(await replies).toEqual([TOKEN('t1'), TOKEN('t2')]);
    expect(counts()).toEqual({ made: 2, asked: 2 });
  });

  test('that fails costs neither its credential nor its token', async () => {
    const { ask, replies, older, fresh, counts } = await both();
    older.reject(TROUBLE);
    await new Promise(setImmediate);
    fresh.resolve('t2', TIMES);
    expect(await replies).toEqual([AS_TROUBLE, TOKEN('t2')]);
    expect(await ask()).toEqual(TOKEN('t2'));
    expect(counts()).toEqual({ made: 2, asked: 2 });
  });
});

test('a token is kept until five minutes before its end', async () => {
  const { ask, next, clock, counts } = setUp();
  const first = ask();
  (await next()).resolve('t1', { expiresOnTimestamp: 1_000_000 });
  expect(await first).toEqual(TOKEN('t1'));
  clock.time = 699_999;
  expect(await ask()).toEqual(TOKEN('t1'));
  expect(counts().asked).toBe(1);
  clock.time = 700_000;
  const second = ask();
  (await next()).resolve('t2', { expiresOnTimestamp: 2_000_000 });
  expect(await second).toEqual(TOKEN('t2'));
});

describe('a token that should be refreshed, and is still good', () => {
  const TIMES = { expiresOnTimestamp: 3_600_000, refreshAfterTimestamp: 1000 };

  async function due() {
    const at = setUp();
    const first = at.ask();
    (await at.next()).resolve('t1', TIMES);
    await first;
    at.clock.time = 999;
    expect(await at.ask()).toEqual(TOKEN('t1'));
    expect(at.counts().asked).toBe(1);
    at.clock.time = 1000;
    return at;
  }

  test('is used while another one is asked for, once', async () => {
    const { ask, next, counts } = await due();
    expect(await Promise.all([ask(), ask()])).toEqual([TOKEN('t1'), TOKEN('t1')]);
    (await next()).resolve('t2', { ...TIMES, refreshAfterTimestamp: 5000 });
    await new Promise(setImmediate);
    expect(await ask()).toEqual(TOKEN('t2'));
    expect(counts().asked).toBe(2);
  });

  test('is used on where the authority fails or is silent, and asked for again', async () => {
    const { ask, next, clock } = await due();
    expect(await ask()).toEqual(TOKEN('t1'));
    (await next()).reject(TROUBLE);
    await new Promise(setImmediate);
    expect(await Promise.all([ask(), ask()])).toEqual([TOKEN('t1'), TOKEN('t1')]);
    const silent = await next();
    clock.time = 3_300_000;
    expect(await ask()).toEqual(AS_TROUBLE);
    silent.reject(TROUBLE);
  });

  test('is not used after Graph refused it, nor does an older request bring it back', async () => {
    const { ask, next } = await due();
    await ask();
    const older = await next();
    const fresh = ask(true);
    (await next()).resolve('t2', TIMES);
    expect(await fresh).toEqual(TOKEN('t2'));
    older.resolve('t1', TIMES);
    await new Promise(setImmediate);
    expect(await ask()).toEqual(TOKEN('t2'));
  });
});
