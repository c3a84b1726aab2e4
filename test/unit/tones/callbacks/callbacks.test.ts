// The callback of a request: stored, told once, told again after a late change, retried, refused, given up, forgotten.
import { makeMissedAnnouncer } from '../../../../shared/tones/callbacks/announce-missed';
import { makeCallbackBurier } from '../../../../shared/tones/callbacks/bury-callback';
import { makeCallbackDeliverer } from '../../../../shared/tones/callbacks/deliver';
import { makeCallbackForgetter } from '../../../../shared/tones/callbacks/forget';
import { MOST_ATTEMPTS, callbackWaitMs } from '../../../../shared/tones/callbacks/retry';
import { makeCallbackSubscriber } from '../../../../shared/tones/callbacks/subscribe';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { CallbackReply } from '../../../../shared/tones/ports/callbacks';
import type { ToneOutcome } from '../../../../shared/tones/facts/tone-outcome';
import { StorageDown, T0, makeTonesPorts } from '../../../support/tones-ports';

const URL_1 = 'https://prod-1.westeurope.logic.azure.com/workflows/w/runs/r?sig=s3cret-1';
const URL_2 = 'https://prod-2.westeurope.logic.azure.com/workflows/w/runs/r?sig=s3cret-2';
const SUCCEEDED: Partial<OutcomeFacts> = { status: 'succeeded', finishedAt: T0 - 1000, callbackWanted: true };

function setUp(row: Partial<OutcomeFacts> = SUCCEEDED, replies: CallbackReply[] = []) {
  const test = makeTonesPorts();
  const posted: (readonly [string, ToneOutcome])[] = [];
  const ports = {
    ...test.ports,
    post: async (url: string, outcome: ToneOutcome): Promise<CallbackReply> => {
      posted.push([url, outcome]);
      return replies.shift() ?? { kind: 'taken', httpStatus: 200 };
    },
  };
  test.put({ clientContext: 'order-42', ...row });
  return {
    ...test,
    posted,
    subscribe: makeCallbackSubscriber(ports),
    forget: makeCallbackForgetter(ports),
    check: async () => makeMissedAnnouncer(ports)(test.row('order-42') ?? fail()),
    deliver: makeCallbackDeliverer(ports),
    bury: makeCallbackBurier(ports),
  };
}

function fail(): never {
  throw new Error('the row of the test is not there');
}

const first = { clientContext: 'order-42', attempts: 0 };
/** The subscription at T0, and the end of SUCCEEDED. */
const TRYING = `${T0} succeeded ${T0 - 1000}`;

describe('asking for a callback', () => {
  test('stores the URL in a row of its own, marks the outcome, and announces nothing while the request is open', async () => {
    const { subscribe, callback, row, announced, logged } = setUp({ status: 'running' });
    expect(await subscribe('order-42', URL_1)).toMatchObject({ status: 'running', callbackWanted: true });
    expect(callback('order-42')).toMatchObject({ url: URL_1, subscribedAt: T0, changedAt: T0 });
    expect(row('order-42')?.callbackWanted).toBe(true);
    expect(announced).toEqual([]);
    expect(logged).toEqual([['info', 'callback-set', { clientContext: 'order-42' }]]);
  });

  test('marks a row that is being pressed as well, and leaves its end to whoever presses', async () => {
    const { subscribe, row, announced } = setUp({ status: 'sending', claimId: 'mine' });
    await subscribe('order-42', URL_1);
    expect(row('order-42')).toMatchObject({ status: 'sending', claimId: 'mine', callbackWanted: true, etag: 'v2' });
    expect(announced).toEqual([]);
  });

  test('stores the URL before the outcome is read: of an end in between, one of the two sees the other', async () => {
    const { subscribe, operations, next, change, announced } = setUp({ status: 'running' });
    next('callbacks.replace', () => change('order-42', { status: 'succeeded', finishedAt: T0 }));
    await subscribe('order-42', URL_1);
    expect(operations()).toEqual(['callbacks.replace', 'outcomes.read', 'outcomes.merge', 'callbackQueue.enqueue']);
    expect(announced).toEqual([{ message: first, delayMs: 0 }]);
  });

  test('of a request that has ended is announced at once', async () => {
    const { subscribe, announced } = setUp();
    await subscribe('order-42', URL_1);
    expect(announced).toEqual([{ message: first, delayMs: 0 }]);
  });

  test('once more replaces the URL, and what was told to the old one is told to the new one', async () => {
    const { subscribe, deliver, posted } = setUp();
    await subscribe('order-42', URL_1);
    await deliver(first);
    await subscribe('order-42', URL_2);
    await deliver(first);
    expect(posted.map(([url, { status }]) => [url, status])).toEqual([
      [URL_1, 'succeeded'],
      [URL_2, 'succeeded'],
    ]);
  });

  test('marks the outcome also after a lost race, and throws when storage is down', async () => {
    const { subscribe, next, change, row, ports } = setUp({ status: 'accepted' });
    next('outcomes.merge', () => change('order-42', { status: 'running' }));
    await subscribe('order-42', URL_1);
    expect(row('order-42')).toMatchObject({ status: 'running', callbackWanted: true });
    next('callbacks.replace', 'fails');
    await expect(makeCallbackSubscriber(ports)('order-42', URL_2)).rejects.toThrow(StorageDown);
  });
});

describe('telling', () => {
  test('POSTs the outcome as the API shows it, notes it, and keeps the URL no longer', async () => {
    const { subscribe, deliver, posted, callback, logged } = setUp();
    await subscribe('order-42', URL_1);
    expect(await deliver(first)).toBe('delivered');
    expect(posted).toEqual([
      [
        URL_1,
        { clientContext: 'order-42', callId: 'call-1', status: 'succeeded', finishedAt: '2025-12-31T23:59:59.000Z' },
      ],
    ]);
    expect(callback('order-42')).toMatchObject({
      url: '',
      told: `succeeded ${T0 - 1000}`,
      ended: 'delivered',
      httpStatus: 200,
    });
    expect(logged.at(-1)).toEqual([
      'info',
      'callback-delivered',
      { clientContext: 'order-42', callId: 'call-1', status: 'succeeded', count: 1, httpStatus: 200 },
    ]);
  });

  test('a second message of the same end tells nothing', async () => {
    const { subscribe, deliver, posted } = setUp({ ...SUCCEEDED, status: 'unknown' });
    await subscribe('order-42', URL_1);
    expect([await deliver(first), await deliver(first)]).toEqual(['delivered', 'nothing-to-deliver']);
    expect(posted).toHaveLength(1);
  });

  test('a late change from unknown is told again', async () => {
    const { subscribe, deliver, posted, change, callback } = setUp({ ...SUCCEEDED, status: 'unknown' });
    await subscribe('order-42', URL_1);
    await deliver(first);
    expect(callback('order-42')?.url).toBe(URL_1);
    change('order-42', { status: 'failed', finishedAt: T0 });
    expect(await deliver(first)).toBe('delivered');
    expect(posted.map(([, { status }]) => status)).toEqual(['unknown', 'failed']);
    expect(callback('order-42')?.url).toBe('');
  });

  test.each([
    ['nobody asked', async () => undefined],
    [
      'it was forgotten',
      async ({ subscribe, forget }: ReturnType<typeof setUp>) => (
        await subscribe('order-42', URL_1),
        forget('order-42')
      ),
    ],
  ])('tells nothing where %s', async (_case, prepare) => {
    const test = setUp();
    await prepare(test);
    expect(await test.deliver(first)).toBe('nothing-to-deliver');
    expect(test.posted).toEqual([]);
  });

  test('tells nothing of a request that is still open', async () => {
    const { subscribe, deliver, posted } = setUp({ status: 'running' });
    await subscribe('order-42', URL_1);
    expect(await deliver(first)).toBe('nothing-to-deliver');
    expect(posted).toEqual([]);
  });

  test('a fault is tried again by a delayed message, each time later', async () => {
    const { subscribe, deliver, announced, callback, logged } = setUp({ ...SUCCEEDED }, [
      { kind: 'failed', reason: 'ECONNRESET' },
    ]);
    await subscribe('order-42', URL_1);
    expect(await deliver({ clientContext: 'order-42', attempts: 2, trying: TRYING })).toBe('waiting');
    expect(announced.at(-1)).toEqual({
      message: { clientContext: 'order-42', attempts: 3, trying: TRYING },
      delayMs: 8000,
    });
    expect(callback('order-42')).toMatchObject({ url: URL_1, trying: TRYING, attempts: 3 });
    expect(logged.at(-1)).toEqual([
      'warn',
      'callback-waiting',
      {
        clientContext: 'order-42',
        callId: 'call-1',
        status: 'succeeded',
        count: 3,
        reason: 'ECONNRESET',
        delayMs: 8000,
      },
    ]);
  });

  test('the waits double from 2 seconds to 5 minutes', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempts) => callbackWaitMs(attempts))).toEqual([
      2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000,
    ]);
  });

  test.each([
    ['less than our own wait', 1000, 8000],
    ['more than it', 60_000, 60_000],
    ['an hour', 3_600_000, 3_600_000],
    ['more than an hour, which the outcome might not outlive', 3_600_001, 3_600_000],
  ])('where the callback asks for %s, that is obeyed', async (_case, retryAfterMs, delayMs) => {
    const { subscribe, deliver, announced, logged } = setUp({ ...SUCCEEDED }, [
      { kind: 'failed', reason: 'the callback asked for another attempt', httpStatus: 429, retryAfterMs },
    ]);
    await subscribe('order-42', URL_1);
    expect(await deliver({ clientContext: 'order-42', attempts: 2, trying: TRYING })).toBe('waiting');
    expect(announced.at(-1)).toEqual({
      message: { clientContext: 'order-42', attempts: 3, trying: TRYING },
      delayMs,
    });
    expect(logged.at(-1)?.[2]).toMatchObject({ httpStatus: 429, delayMs });
  });

  test('the last attempt gives up, and says so', async () => {
    const { subscribe, deliver, announced, callback, logged } = setUp({ ...SUCCEEDED }, [
      { kind: 'failed', reason: 'the callback had a fault', httpStatus: 503 },
    ]);
    await subscribe('order-42', URL_1);
    expect(await deliver({ clientContext: 'order-42', attempts: MOST_ATTEMPTS - 1, trying: TRYING })).toBe('given-up');
    expect(announced).toHaveLength(1);
    expect(callback('order-42')).toMatchObject({ url: '', ended: 'given-up', attempts: 10, httpStatus: 503 });
    expect(logged.at(-1)?.slice(0, 2)).toEqual(['error', 'callback-given-up']);
  });

  test('a refusal ends it at once', async () => {
    const { subscribe, deliver, announced, callback, logged } = setUp({ ...SUCCEEDED }, [
      { kind: 'refused', reason: 'the callback refused', httpStatus: 410 },
    ]);
    await subscribe('order-42', URL_1);
    expect(await deliver(first)).toBe('refused');
    expect(announced).toHaveLength(1);
    expect(callback('order-42')).toMatchObject({ url: '', ended: 'refused', httpStatus: 410 });
    expect(logged.at(-1)?.slice(0, 2)).toEqual(['warn', 'callback-refused']);
  });

  test('what was replaced while it was told stays replaced', async () => {
    const test = setUp();
    await test.subscribe('order-42', URL_1);
    test.next('callbacks.merge', () =>
      test.ports.callbacks.replace('order-42', { url: URL_2, subscribedAt: T0, changedAt: T0 }),
    );
    await test.deliver(first);
    expect(test.callback('order-42')).toEqual({
      url: URL_2,
      subscribedAt: T0,
      changedAt: T0,
      etag: expect.any(String) as string,
    });
  });

  test('a fault of storage is thrown, so that the queue delivers again', async () => {
    const { deliver, next } = setUp();
    next('callbacks.read', 'fails');
    await expect(deliver(first)).rejects.toThrow(StorageDown);
  });
});

describe('the timer', () => {
  test('announces an end that nobody announced, and marks the outcome for a late change', async () => {
    const { subscribe, check, announced, change, row } = setUp({ status: 'sending' });
    await subscribe('order-42', URL_1);
    change('order-42', { status: 'unknown', finishedAt: T0 });
    await check();
    expect(announced.at(-1)).toEqual({ message: first, delayMs: 0 });
    expect(row('order-42')?.callbackWanted).toBe(true);
  });

  test.each([
    ['was told', async ({ deliver }: ReturnType<typeof setUp>) => deliver(first)],
    [
      'is being retried',
      async ({ ports }: ReturnType<typeof setUp>) =>
        ports.callbacks.replace('order-42', {
          url: URL_1,
          subscribedAt: T0,
          trying: TRYING,
          attempts: 1,
          changedAt: T0,
        }),
    ],
    ['was forgotten', async ({ forget }: ReturnType<typeof setUp>) => forget('order-42')],
  ])('announces nothing that %s', async (_case, prepare) => {
    const test = setUp();
    await test.subscribe('order-42', URL_1);
    await prepare(test);
    await test.check();
    expect(test.announced).toHaveLength(1);
  });
});

test('forgetting is harmless where there is nothing to forget, and is logged', async () => {
  const { forget, logged } = setUp();
  await forget('never-heard-of');
  expect(logged).toEqual([['info', 'callback-forgotten', { clientContext: 'never-heard-of' }]]);
});

describe('a message that the queue gave up', () => {
  test('is tried again later: storage may have been down', async () => {
    const { subscribe, bury, callback, announced, logged } = setUp();
    await subscribe('order-42', URL_1);
    await bury({ clientContext: 'order-42', attempts: 1, trying: TRYING });
    expect(announced.at(-1)).toEqual({
      message: { clientContext: 'order-42', attempts: 2, trying: TRYING },
      delayMs: 4000,
    });
    expect(callback('order-42')?.url).toBe(URL_1);
    expect(logged.at(-1)?.slice(0, 2)).toEqual(['warn', 'callback-waiting']);
  });

  test('is recorded at last', async () => {
    const { subscribe, bury, callback, logged } = setUp();
    await subscribe('order-42', URL_1);
    await bury({ clientContext: 'order-42', attempts: MOST_ATTEMPTS - 1 });
    expect(callback('order-42')).toMatchObject({ url: '', ended: 'given-up' });
    expect(logged.at(-1)).toEqual([
      'error',
      'callback-given-up',
      { clientContext: 'order-42', count: 10, reason: 'the queue gave it up' },
    ]);
  });

  test('is thrown where storage is still down: it stays on the poison queue until the timer takes it', async () => {
    const { subscribe, bury, next, logged, callback } = setUp();
    await subscribe('order-42', URL_1);
    next('callbackQueue.enqueue', 'fails');
    await expect(bury(first)).rejects.toThrow(StorageDown);
    expect(logged.at(-1)?.slice(0, 2)).toEqual(['error', 'storage-failed']);
    expect(callback('order-42')?.url).toBe(URL_1);
  });

  test('of a callback that was told or forgotten raises no alarm', async () => {
    const { bury, logged } = setUp();
    await bury({ clientContext: 'order-42', attempts: MOST_ATTEMPTS - 1 });
    expect(logged).toEqual([]);
  });
});

describe('further attempts', () => {
  const failing: CallbackReply = { kind: 'failed', reason: 'ECONNREFUSED' };

  test('of an earlier subscription are made for the new one, with all its attempts: a write that landed late may have brought it, and nobody else may see to it', async () => {
    const { subscribe, deliver, callback, posted, world } = setUp({ ...SUCCEEDED }, [failing]);
    await subscribe('order-42', URL_1);
    world.time = T0 + 1;
    await subscribe('order-42', URL_2);
    expect(await deliver({ clientContext: 'order-42', attempts: 9, trying: TRYING })).toBe('waiting');
    expect(posted).toHaveLength(1);
    expect(callback('order-42')).toMatchObject({ url: URL_2, attempts: 1 });
  });

  test('of an earlier subscription are dropped where one of the new subscription is on its way', async () => {
    const { subscribe, deliver, posted, world } = setUp({ ...SUCCEEDED }, [failing]);
    await subscribe('order-42', URL_1);
    world.time = T0 + 1;
    await subscribe('order-42', URL_2);
    expect(await deliver(first)).toBe('waiting');
    expect(await deliver({ clientContext: 'order-42', attempts: 9, trying: TRYING })).toBe('nothing-to-deliver');
    expect(posted).toHaveLength(1);
  });

  test('are made by one message alone: a second one of the same end is dropped while the first is on its way', async () => {
    const { subscribe, deliver, posted, announced } = setUp({ ...SUCCEEDED }, [failing]);
    await subscribe('order-42', URL_1);
    expect(await deliver(first)).toBe('waiting');
    expect(await deliver(first)).toBe('nothing-to-deliver');
    expect(posted).toHaveLength(1);
    expect(announced).toHaveLength(2);
  });

  test('count by themselves where the row cannot be written, and are not multiplied', async () => {
    const { subscribe, deliver, next, announced, logged } = setUp({ ...SUCCEEDED }, [failing, failing]);
    await subscribe('order-42', URL_1);
    next('callbacks.merge', 'fails');
    expect(await deliver(first)).toBe('waiting');
    expect(logged.at(-1)?.slice(0, 2)).toEqual(['error', 'storage-failed']);
    expect(await deliver({ clientContext: 'order-42', attempts: 1, trying: TRYING })).toBe('waiting');
    expect(announced.at(-1)?.message).toEqual({ clientContext: 'order-42', attempts: 2, trying: TRYING });
  });
});

test('the URL is in no log and in no row but its own', async () => {
  const { subscribe, deliver, bury, forget, keptText } = setUp({ ...SUCCEEDED }, [
    { kind: 'failed', reason: 'ECONNRESET' },
  ]);
  await subscribe('order-42', URL_1);
  await deliver(first);
  await bury({ clientContext: 'order-42', attempts: MOST_ATTEMPTS - 1 });
  await forget('order-42');
  expect(keptText()).not.toContain('s3cret');
});
