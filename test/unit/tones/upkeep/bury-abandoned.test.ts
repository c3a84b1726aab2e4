// Poison messages that no function took: the timer buries them as the functions would, a bounded number in a run.
import type { AbandonedMessage, CallbackMessage, ToneMessage } from '../../../../shared/tones/ports/queues';
import { ABANDONED_AFTER_MS, makeAbandonedBurier } from '../../../../shared/tones/upkeep/bury-abandoned';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

const tones = (clientContext: string): ToneMessage => ({
  clientContext,
  callId: 'call-1',
  tones: ['tone7', 'star'],
  expiresAt: T0,
  etag: 'v1',
  waits: 0,
});

/** Queues of what is old; what is taken and not removed comes again, as after its time of invisibility. */
function setUp(tonesLeft: (ToneMessage | undefined)[], callbacksLeft: (CallbackMessage | undefined)[] = []) {
  const { ports, logged } = makeTonesPorts();
  const done: string[] = [];
  const ages: number[] = [];
  const rounds = { tones: 0, callbacks: 0 };
  const take = <T>(name: keyof typeof rounds, left: (T | undefined)[], ageMs: number): AbandonedMessage<T>[] => {
    rounds[name] += 1;
    ages.push(ageMs);
    return left.slice(0, 32).map((message) => ({
      message,
      remove: async () => {
        done.push(`removed from ${name}`);
        left.splice(left.indexOf(message), 1);
        return Promise.resolve();
      },
    }));
  };
  const bury = makeAbandonedBurier({
    ...ports,
    poison: {
      abandonedTones: async (ageMs) => Promise.resolve(take('tones', tonesLeft, ageMs)),
      abandonedCallbacks: async (ageMs) => Promise.resolve(take('callbacks', callbacksLeft, ageMs)),
    },
    buryTones: async (clientContext) => Promise.resolve(void done.push(`tones of ${clientContext}`)),
    buryCallback: async ({ clientContext, attempts }) =>
      Promise.resolve(void done.push(`callback of ${clientContext} after ${attempts}`)),
  });
  return { bury, done, ages, rounds, logged, tonesLeft, callbacksLeft };
}

test('what was left for two minutes is buried as its function would, and then removed', async () => {
  const { bury, done, ages, tonesLeft, callbacksLeft } = setUp(
    [tones('a'), tones('b')],
    [{ clientContext: 'c', attempts: 2 }],
  );
  await bury();
  expect(done).toEqual([
    'tones of a',
    'removed from tones',
    'tones of b',
    'removed from tones',
    'callback of c after 2',
    'removed from callbacks',
  ]);
  expect([tonesLeft, callbacksLeft]).toEqual([[], []]);
  expect(ABANDONED_AFTER_MS).toBe(120_000);
  expect(new Set(ages)).toEqual(new Set([120_000]));
});

test('nothing left costs one look at each queue', async () => {
  const { bury, rounds, done } = setUp([]);
  await bury();
  expect([rounds, done]).toEqual([{ tones: 1, callbacks: 1 }, []]);
});

test('what is not ours is logged without its content, and removed', async () => {
  const { bury, done, logged } = setUp([undefined], [undefined]);
  await bury();
  expect(done).toEqual(['removed from tones', 'removed from callbacks']);
  const line = ['error', 'message-not-ours', { reason: 'deleted from a poison queue' }];
  expect(logged).toStrictEqual([line, line]);
});

test('hundreds are taken 32 at a time, ten times in a run, and the rest in the next', async () => {
  const { bury, rounds, tonesLeft } = setUp(Array.from({ length: 330 }, (_, place) => tones(`r${place}`)));
  await bury();
  expect([rounds.tones, tonesLeft.length]).toEqual([10, 10]);
  await bury();
  expect([rounds.tones, tonesLeft.length]).toEqual([12, 0]);
});

test.each(['look', 'removal'] as const)('storage that fails at the %s is thrown', async (at) => {
  const { ports } = makeTonesPorts();
  const buried: string[] = [];
  const down = () => Promise.reject(new Error('storage is down'));
  const bury = makeAbandonedBurier({
    ...ports,
    poison: {
      abandonedTones: at === 'look' ? down : async () => Promise.resolve([{ message: tones('a'), remove: down }]),
      abandonedCallbacks: async () => Promise.resolve([]),
    },
    buryTones: async (clientContext) => Promise.resolve(void buried.push(clientContext)),
    buryCallback: async () => Promise.resolve(),
  });
  await expect(bury()).rejects.toThrow('storage is down');
  expect(buried).toEqual(at === 'look' ? [] : ['a']);
});

test('no tone is logged', async () => {
  const { bury, logged } = setUp([tones('a'), undefined]);
  await bury();
  expect(JSON.stringify(logged)).not.toMatch(/tone7|star/);
});
