// The callback of a request where something is missing, lost or at fault: what is still done, and what the log says of it.
// What happens where nothing is amiss is in callbacks.test.ts.
import { makeEndAnnouncer } from '../../../../shared/tones/callbacks/announce-end';
import { makeMissedAnnouncer } from '../../../../shared/tones/callbacks/announce-missed';
import { makeCallbackBurier } from '../../../../shared/tones/callbacks/bury-callback';
import { makeCallbackDeliverer } from '../../../../shared/tones/callbacks/deliver';
import { markWanted } from '../../../../shared/tones/callbacks/mark-wanted';
import { MOST_ATTEMPTS } from '../../../../shared/tones/callbacks/retry';
import { makeCallbackSubscriber } from '../../../../shared/tones/callbacks/subscribe';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { CallbackFacts, CallbackReply } from '../../../../shared/tones/ports/callbacks';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

const URL = 'https://prod-1.westeurope.logic.azure.com/workflows/w/runs/r';
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const FIRST = { clientContext: 'order-42', attempts: 0 };
const LAST = { clientContext: 'order-42', attempts: MOST_ATTEMPTS - 1 };
const ENDED: Partial<OutcomeFacts> = { status: 'succeeded', finishedAt: T0 - 1000, callbackWanted: true };
const END = `succeeded ${T0 - 1000}`;

/** A request that has ended, and the callback that it has (`undefined`: none); its receiver replies so. */
async function setUp(callback: Partial<CallbackFacts> | undefined = {}, reply: CallbackReply = taken, row = ENDED) {
  const test = makeTonesPorts();
  const linked: string[] = [];
  const posted: string[] = [];
  const ports = {
    ...test.ports,
    linkTrace: (traceparent: string) => void linked.push(traceparent),
    post: async (url: string) => (posted.push(url), reply),
  };
  test.put({ clientContext: 'order-42', ...row });
  if (callback !== undefined)
    await ports.callbacks.replace('order-42', { url: URL, subscribedAt: T0, changedAt: T0, ...callback });
  test.journal.length = 0;
  return { ...test, ports, linked, posted, deliver: makeCallbackDeliverer(ports) };
}

const taken: CallbackReply = { kind: 'taken', httpStatus: 204 };
const without = <T extends object>(facts: T, name: keyof T): Partial<T> =>
  Object.fromEntries(Object.entries(facts).filter(([each]) => each !== name)) as Partial<T>;

test('an end that cannot be announced is logged, and left to the timer', async () => {
  const { ports, next, logged } = await setUp();
  next('callbackQueue.enqueue', 'fails');
  await makeEndAnnouncer(ports)({ clientContext: 'order-42', callbackWanted: true });
  expect(logged).toEqual([
    [
      'error',
      'storage-failed',
      { clientContext: 'order-42', detail: 'StorageDown', reason: 'the timer announces the callback' },
    ],
  ]);
});

describe('the timer', () => {
  test('marks a row that nobody marked, and announces its end', async () => {
    const { ports, row, announced } = await setUp({}, taken, without(ENDED, 'callbackWanted'));
    const found = row('order-42');
    expect(found && (await makeMissedAnnouncer(ports)(found))).toBe(true);
    expect(row('order-42')?.callbackWanted).toBe(true);
    expect(announced).toEqual([{ message: FIRST, delayMs: 0 }]);
  });

  test('announces nothing of a row that moved on while it was marked', async () => {
    const { ports, row, next, change, announced } = await setUp({}, taken, without(ENDED, 'callbackWanted'));
    const found = row('order-42');
    next('outcomes.merge', () => change('order-42', { status: 'failed' }));
    expect(found && (await makeMissedAnnouncer(ports)(found))).toBe(false);
    expect(announced).toEqual([]);
  });
});

describe('a message that the queue gave up', () => {
  test('is tried again, and the log says when and why', async () => {
    const { ports, logged } = await setUp();
    await makeCallbackBurier(ports)(FIRST);
    expect(logged).toEqual([
      [
        'warn',
        'callback-waiting',
        { clientContext: 'order-42', count: 1, reason: 'the queue gave it up', delayMs: 2000 },
      ],
    ]);
  });

  test('is named where storage is down', async () => {
    const { ports, next, logged } = await setUp();
    next('callbackQueue.enqueue', 'fails');
    await expect(makeCallbackBurier(ports)(FIRST)).rejects.toThrow();
    expect(logged).toEqual([['error', 'storage-failed', { clientContext: 'order-42', detail: 'StorageDown' }]]);
  });

  test('changes nothing of a callback that has ended', async () => {
    const { ports, logged, operations } = await setUp({ url: '', ended: 'delivered' });
    await makeCallbackBurier(ports)(LAST);
    expect([logged, operations()]).toEqual([[], ['callbacks.read']]);
  });
});

describe('a delivery', () => {
  test('looks no further where there is no URL, or no callback', async () => {
    for (const callback of [{ url: '' }, undefined]) {
      const { deliver, operations, ports } = await setUp(callback);
      if (callback === undefined) await ports.callbacks.remove('order-42');
      expect(await deliver(FIRST)).toBe('nothing-to-deliver');
      expect(operations().filter((name) => name.startsWith('outcomes'))).toEqual([]);
    }
  });

  test('is of nothing where the row of the request is gone', async () => {
    const { deliver, posted, stored } = await setUp();
    stored.outcomes.rows.clear();
    expect(await deliver(FIRST)).toBe('nothing-to-deliver');
    expect(posted).toEqual([]);
  });

  test('belongs to the trace of its request, where that has one', async () => {
    const traced = await setUp({}, taken, { ...ENDED, traceparent: TRACE });
    expect(await traced.deliver(FIRST)).toBe('delivered');
    expect(traced.linked).toEqual([TRACE]);
    const plain = await setUp();
    expect(await plain.deliver(FIRST)).toBe('delivered');
    expect(plain.linked).toHaveLength(0);
  });

  test('needs nobody who links traces', async () => {
    const { ports } = await setUp({}, taken, { ...ENDED, traceparent: TRACE });
    const { linkTrace: _link, ...untraced } = ports;
    expect(await makeCallbackDeliverer(untraced)(FIRST)).toBe('delivered');
  });

  test('that was taken leaves nothing to try', async () => {
    const { deliver, callback } = await setUp({ trying: `${T0} ${END}`, attempts: 1 });
    expect(await deliver({ ...FIRST, attempts: 1 })).toBe('delivered');
    expect(callback('order-42')).toMatchObject({ url: '', told: END, trying: '', attempts: 0, ended: 'delivered' });
  });

  test.each([
    ['callback-refused', FIRST, { kind: 'refused', reason: 'the callback refused' }, 1],
    ['callback-given-up', LAST, { kind: 'failed', reason: 'ECONNRESET' }, 10],
  ] as const)('that ends for good says so: %s', async (event, message, reply, count) => {
    const { deliver, logged } = await setUp({}, reply);
    await deliver(message);
    expect(logged).toStrictEqual([
      [
        event === 'callback-refused' ? 'warn' : 'error',
        event,
        { clientContext: 'order-42', callId: 'call-1', status: 'succeeded', count, reason: reply.reason },
      ],
    ]);
  });

  test('whose further attempt cannot be noted is logged', async () => {
    const { deliver, next, logged } = await setUp({}, { kind: 'failed', reason: 'ECONNRESET' });
    next('callbacks.merge', 'fails');
    expect(await deliver(FIRST)).toBe('waiting');
    expect(logged.at(-1)).toEqual(['error', 'storage-failed', { clientContext: 'order-42', detail: 'StorageDown' }]);
  });
});

describe('marking a row', () => {
  test('is given up after 20 lost races', async () => {
    const { ports, next, change, operations } = await setUp({}, taken, { status: 'running' });
    next('outcomes.merge', ...Array.from({ length: 20 }, () => () => change('order-42', { status: 'running' })));
    await expect(markWanted(ports, 'order-42')).rejects.toThrow('lost every race for the row of a callback');
    expect(operations().filter((name) => name === 'outcomes.merge')).toHaveLength(20);
  });

  test('asks for no write where there is no row, or it is marked', async () => {
    const { ports, operations } = await setUp();
    expect(await markWanted(ports, 'nobody')).toBeUndefined();
    expect(await markWanted(ports, 'order-42')).toMatchObject(ENDED);
    expect(operations()).toEqual(['outcomes.read', 'outcomes.read']);
  });

  test('of a request that vanished meanwhile fails the subscription', async () => {
    const { ports, stored, announced } = await setUp();
    stored.outcomes.rows.clear();
    await expect(makeCallbackSubscriber(ports)('order-42', URL)).rejects.toThrow(
      'the row of a request vanished while its callback was set',
    );
    expect(announced).toEqual([]);
  });
});
