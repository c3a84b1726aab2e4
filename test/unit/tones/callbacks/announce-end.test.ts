// Every rule that ends a request announces it to its callback, and none that has no callback.
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import { makeToneBurier } from '../../../../shared/tones/upkeep/bury-tones';
import { makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import { makeRetention } from '../../../../shared/tones/upkeep/delete-old';
import { makeOutcomeReader } from '../../../../shared/tones/upkeep/read-outcome';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeCallStateRecorder } from '../../../../shared/tones/delivery/record-call-state';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const REPORT = {
  clientContext: 'order-42',
  callId: 'call-1',
  status: 'completed',
  completionReason: 'completedSuccessfully',
};
const REQUEST = { clientContext: 'order-42', callId: 'call-1', tones: ['tone1' as const], expiresInSeconds: 60 };

function messageAt(etag: string, changes: Partial<ToneMessage> = {}): ToneMessage {
  return {
    clientContext: 'order-42',
    callId: 'call-1',
    tones: ['tone1'],
    expiresAt: T0 + 60_000,
    etag,
    waits: 0,
    ...changes,
  };
}

/** Each ends `order-42`; the row wants a callback or not. */
const ENDINGS: readonly (readonly [string, (test: TonesPorts, callbackWanted: boolean) => Promise<unknown>])[] = [
  [
    'Graph’s reply',
    ({ ports, put, world }, callbackWanted) => {
      world.reply = () => ({ kind: 'ended', report: REPORT });
      return makeTonePresser(ports)(messageAt(put({ clientContext: 'order-42', callbackWanted }), { callbackWanted }));
    },
  ],
  [
    'Graph’s reply, where the callback was asked for after the message was written',
    ({ ports, put, change, world }, callbackWanted) => {
      world.reply = () => ({ kind: 'ended', report: REPORT });
      const etag = put({ clientContext: 'order-42' });
      change('order-42', { callbackWanted });
      return makeTonePresser(ports)(messageAt(etag));
    },
  ],
  [
    'a doubt about the press',
    ({ ports, put, world }, callbackWanted) => {
      world.reply = () => ({ kind: 'uncertain', fault: { code: 'graph-timeout' } });
      return makeTonePresser(ports)(messageAt(put({ clientContext: 'order-42', callbackWanted }), { callbackWanted }));
    },
  ],
  [
    'a deadline that passed before the claim',
    ({ ports, put }, callbackWanted) =>
      makeTonePresser(ports)(
        messageAt(put({ clientContext: 'order-42', callbackWanted, expiresAt: T0 }), { expiresAt: T0 }),
      ),
  ],
  [
    'the request behind it on the call, when it is overdue',
    ({ ports, put }, callbackWanted) => {
      put({ clientContext: 'order-42', callbackWanted, status: 'running', watchUntil: T0 });
      return makeTonePresser(ports)(
        messageAt(put({ clientContext: 'next' }), { clientContext: 'next', after: 'order-42' }),
      );
    },
  ],
  [
    'Graph’s notification',
    ({ ports, put }, callbackWanted) => (
      put({ clientContext: 'order-42', callbackWanted, status: 'running' }),
      makeReportRecorder(ports)(REPORT)
    ),
  ],
  [
    'a late notification',
    ({ ports, put }, callbackWanted) => (
      put({ clientContext: 'order-42', callbackWanted, status: 'unknown', finishedAt: T0 }),
      makeReportRecorder(ports)(REPORT)
    ),
  ],
  [
    'a reader, when it is overdue',
    ({ ports, put }, callbackWanted) => (
      put({ clientContext: 'order-42', callbackWanted, status: 'sending', watchUntil: T0 }),
      makeOutcomeReader(ports)('order-42')
    ),
  ],
  [
    'the end of the call',
    ({ ports, put, putCall }, callbackWanted) => {
      put({ clientContext: 'order-42', callbackWanted });
      putCall({ tail: 'order-42' });
      return makeCallStateRecorder(ports)({ callId: 'call-1', ended: true });
    },
  ],
  [
    'the poison queue',
    ({ ports, put }, callbackWanted) => (
      put({ clientContext: 'order-42', callbackWanted }),
      makeToneBurier(ports)({ clientContext: 'order-42' })
    ),
  ],
  [
    'a repetition, when it is overdue',
    ({ ports, put }, callbackWanted) => {
      put({ clientContext: 'order-42', callbackWanted, expiresAt: T0, fingerprint: 'call-1/1' });
      return makeToneAcceptor(ports)(REQUEST);
    },
  ],
];

describe.each(ENDINGS)('%s', (_name, end) => {
  test('announces the end where a callback is wanted', async () => {
    const test = makeTonesPorts();
    await end(test, true);
    expect(test.announced).toEqual([{ message: { clientContext: 'order-42', attempts: 0 }, delayMs: 0 }]);
  });

  test('asks no queue where none is wanted', async () => {
    const test = makeTonesPorts();
    await end(test, false);
    expect(test.asked('callbackQueue.enqueue')).toEqual([]);
    expect(['succeeded', 'failed', 'expired', 'unknown']).toContain(test.row('order-42')?.status);
  });
});

test('an announcement that fails is logged and throws nothing; the timer makes it good and then closes the entry', async () => {
  const test = makeTonesPorts();
  const { ports, put, next, logged, announced, stored } = test;
  put({ clientContext: 'order-42', callbackWanted: true, status: 'running' });
  await ports.index.open({ kind: 'request', clientContext: 'order-42', since: T0, callback: true });
  await ports.callbacks.replace('order-42', { url: 'https://x.logic.azure.com/', subscribedAt: T0, changedAt: T0 });
  next('callbackQueue.enqueue', 'fails');
  await makeReportRecorder(ports)(REPORT);
  expect(logged.map(([level, event]) => [level, event])).toContainEqual(['error', 'storage-failed']);
  expect(announced).toEqual([]);
  await makeOverdueCloser(ports)();
  expect(announced).toEqual([{ message: { clientContext: 'order-42', attempts: 0 }, delayMs: 0 }]);
  expect([stored.index.open.size, stored.index.closed.size]).toEqual([0, 1]);
});

test('the timer keeps the entry open while the announcement cannot be made', async () => {
  const { ports, put, next, stored } = makeTonesPorts();
  put({ clientContext: 'order-42', callbackWanted: true, status: 'failed', finishedAt: T0 });
  await ports.index.open({ kind: 'request', clientContext: 'order-42', since: T0, callback: true });
  await ports.callbacks.replace('order-42', { url: 'https://x.logic.azure.com/', subscribedAt: T0, changedAt: T0 });
  next('callbackQueue.enqueue', 'fails');
  await expect(makeOverdueCloser(ports)()).rejects.toThrow();
  expect(stored.index.open.size).toBe(1);
});

describe('requests with callbacks that the timer ends', () => {
  const NAMES = ['order-42', 'order-43', 'order-44', 'order-45'];

  async function overdueWithCallbacks(): Promise<TonesPorts> {
    const test = makeTonesPorts();
    for (const clientContext of NAMES) {
      test.put({ clientContext, callbackWanted: true, status: 'running', watchUntil: T0 });
      await test.ports.index.open({ kind: 'request', clientContext, since: T0 - 60_000, callback: true });
      await test.ports.callbacks.replace(clientContext, {
        url: 'https://x.logic.azure.com/',
        subscribedAt: T0,
        changedAt: T0,
      });
    }
    return test;
  }

  test('are announced once each, and only when all are ended', async () => {
    const { ports, announced, operations, stored } = await overdueWithCallbacks();
    const before = operations().length;
    await makeOverdueCloser(ports)();
    expect(announced.map(({ message }) => message.clientContext).sort()).toEqual(NAMES);
    const done = operations().slice(before);
    expect(done.lastIndexOf('outcomes.merge')).toBeLessThan(done.indexOf('callbackQueue.enqueue'));
    expect([stored.index.open.size, stored.index.closed.size]).toEqual([0, 4]);
  });

  test('are ended all the same while the queue of callbacks fails: it is asked no more in that run, and by the next one', async () => {
    const { ports, announced, asked, next, row, stored } = await overdueWithCallbacks();
    next('callbackQueue.enqueue', 'fails', 'fails');
    await expect(makeOverdueCloser(ports)()).rejects.toThrow();
    // Two at a time are looked at.
    expect(asked('callbackQueue.enqueue')).toHaveLength(2);
    expect(NAMES.map((name) => row(name)?.status)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(stored.index.open.size).toBe(4);
    await makeOverdueCloser(ports)();
    expect(announced.map(({ message }) => message.clientContext).sort()).toEqual(NAMES);
    expect(stored.index.open.size).toBe(0);
  });
});

test('a request without a callback costs the timer no look at callbacks', async () => {
  const { ports, put, asked } = makeTonesPorts();
  put({ clientContext: 'order-42', status: 'failed', finishedAt: T0 });
  await ports.index.open({ kind: 'request', clientContext: 'order-42', since: T0 });
  await makeOverdueCloser(ports)();
  expect(asked('callbacks.read')).toEqual([]);
});

test('a late change opens the entry again before it is written, so that a crash after it loses nothing', async () => {
  const { ports, put, operations } = makeTonesPorts();
  put({ clientContext: 'order-42', callbackWanted: true, status: 'unknown', finishedAt: T0 });
  await makeReportRecorder(ports)(REPORT);
  expect(operations()).toEqual(['outcomes.read', 'index.open', 'outcomes.merge', 'callbackQueue.enqueue']);
});

test('a request with a callback is marked in its row, its index entry and its message', async () => {
  const { ports, row, stored, queued } = makeTonesPorts();
  await makeToneAcceptor(ports)({ ...REQUEST, callbackUrl: 'https://x.logic.azure.com/?sig=s3cret' });
  expect(row('order-42')?.callbackWanted).toBe(true);
  expect([...stored.index.open.values()]).toMatchObject([
    { kind: 'request', clientContext: 'order-42', since: T0, callback: true },
  ]);
  expect(queued[0]?.message.callbackWanted).toBe(true);
  expect(JSON.stringify([row('order-42'), queued])).not.toContain('s3cret');
});

test('old callbacks are deleted with their outcome', async () => {
  const { ports, put, callback } = makeTonesPorts();
  put({ clientContext: 'order-42', callbackWanted: true, status: 'failed', finishedAt: T0 - 40 * 86_400_000 });
  await ports.callbacks.replace('order-42', { url: '', subscribedAt: T0, changedAt: T0 });
  await ports.index.close([{ kind: 'request', clientContext: 'order-42', since: T0 }], T0 - 40 * 86_400_000);
  await makeRetention(ports)();
  expect(callback('order-42')).toBeUndefined();
});

test('what is still open is told to the log: how many, and since when', async () => {
  const { ports, put, logged } = makeTonesPorts();
  put({ clientContext: 'order-42', status: 'running', watchUntil: T0 + 1000 });
  put({ clientContext: 'order-43', status: 'running', watchUntil: T0 + 1000 });
  await ports.index.open({ kind: 'request', clientContext: 'order-42', since: T0 - 5000 });
  await ports.index.open({ kind: 'request', clientContext: 'order-43', since: T0 - 3000 });
  // Being accepted, or never stored: no request that anybody waits for.
  await ports.index.open({ kind: 'request', clientContext: 'without a row', since: T0 - 500_000 });
  await makeOverdueCloser(ports)();
  expect(logged).toEqual([['info', 'requests-open', { count: 2, durationMs: 5000 }]]);
});

test('Graph’s answer that comes after the row was given up opens the entry again, and is announced to a callback that was asked for meanwhile', async () => {
  const { ports, put, change, world, announced, stored } = makeTonesPorts();
  const etag = put({ clientContext: 'order-42' });
  world.reply = () => {
    change('order-42', { status: 'unknown', finishedAt: T0, callbackWanted: true });
    return { kind: 'ended', report: REPORT };
  };
  await makeTonePresser(ports)(messageAt(etag));
  expect(announced).toEqual([{ message: { clientContext: 'order-42', attempts: 0 }, delayMs: 0 }]);
  expect([...stored.index.open.values()]).toMatchObject([
    { kind: 'request', clientContext: 'order-42', since: T0, callback: true },
  ]);
});

test('the entry stays open where the row moved on while its callback was looked at', async () => {
  const { ports, put, next, change, stored } = makeTonesPorts();
  put({ clientContext: 'order-42', status: 'unknown', finishedAt: T0 });
  await ports.index.open({ kind: 'request', clientContext: 'order-42', since: T0, callback: true });
  await ports.callbacks.replace('order-42', { url: 'https://x.logic.azure.com/', subscribedAt: T0, changedAt: T0 });
  next('outcomes.merge', () => change('order-42', { status: 'succeeded' }));
  await makeOverdueCloser(ports)();
  expect(stored.index.open.size).toBe(1);
});
