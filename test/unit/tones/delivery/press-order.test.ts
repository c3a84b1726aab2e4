// Whom a request waits for, and how long: predecessors on its call (rules 2 and 3), and a call known not to be ready.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'Call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  after: 'before',
  etag: 'v1',
  waits: 3,
};
const waiting = (waitingFor: string, delayMs = 1000) => [
  ['info', 'tones-waiting', { clientContext: 'me', callId: 'Call-1', waitingFor, waits: 3, delayMs }],
];

const press = (at: TonesPorts, message = MESSAGE) => makeTonePresser(at.ports)(message);

function behind(before: Partial<OutcomeFacts> | undefined): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', callId: 'Call-1', after: 'before', expiresAt: T0 + 60_000 });
  if (before) at.put({ clientContext: 'before', callId: 'Call-1', ...before });
  return at;
}

describe('a request is pressed behind a predecessor', () => {
  test.each([
    ['that was deleted', undefined],
    ['that succeeded', { status: 'succeeded', claimedAt: T0 - 9 }],
    ['that was claimed and failed', { status: 'failed', claimedAt: T0 - 9 }],
    ['that is unknown and has settled', { status: 'unknown', claimedAt: T0 - 9, settledAt: T0 }],
  ] as const)('%s', async (_what, before) => {
    const at = behind(before);
    expect(await press(at)).toBe('recorded');
    expect(at.operations()).toEqual(['outcomes.read', 'outcomes.merge', 'graph.sendDtmfTones', 'outcomes.merge']);
    expect(at.asked('outcomes.read')).toEqual([['before']]);
  });

  test.each(['expired', 'failed'] as const)(
    'that is %s unclaimed only when the one before that is done too',
    async (status) => {
      const at = behind({ status, after: 'first' });
      at.put({ clientContext: 'first', status: 'succeeded', claimedAt: T0 - 9 });
      expect(await press(at)).toBe('recorded');
      expect(at.asked('outcomes.read')).toEqual([['before'], ['first']]);
    },
  );

  test.each([
    ['undefined', {}],
    ['empty', { after: '' }],
  ])('that expired unclaimed as the first of its call (after %s)', async (_what, after) => {
    const at = behind({ status: 'expired', ...after });
    expect(await press(at)).toBe('recorded');
  });
});

describe('a request waits behind a predecessor', () => {
  test.each([
    ['that is accepted', { status: 'accepted', expiresAt: T0 + 1 }, 1000],
    ['that is claimed', { status: 'sending', claimedAt: T0, watchUntil: T0 + 1 }, 1000],
    [
      'that is running, until a second before its pauses end',
      { status: 'running', sentAt: T0 - 500, toneCount: 5, delayBetweenTonesMs: 600 },
      1000,
    ],
    [
      'that is running and nearly over',
      { status: 'running', sentAt: T0 - 500, toneCount: 5, delayBetweenTonesMs: 200 },
      1000,
    ],
    [
      'that is running far longer than the longest wait',
      { status: 'running', sentAt: T0, toneCount: 50, delayBetweenTonesMs: 60_000 },
      5000,
    ],
    ['that is unknown and has not settled', { status: 'unknown', claimedAt: T0 - 9, settledAt: T0 + 1001 }, 1001],
    ['that is unknown and settles in a moment', { status: 'unknown', claimedAt: T0 - 9, settledAt: T0 + 1 }, 1000],
  ] as const)('%s', async (_what, before, delayMs) => {
    const at = behind(before);
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, waits: 4 }, delayMs }]);
    expect(at.operations()).toEqual(['outcomes.read', 'queue.enqueueOnce']);
    expect(at.logged).toStrictEqual(waiting('request-before', delayMs));
  });

  test('that expired unclaimed, while the one before that is not done: nobody overtakes', async () => {
    const at = behind({ status: 'expired', after: 'first' });
    at.put({ clientContext: 'first', status: 'running', sentAt: T0 });
    expect(await press(at)).toBe('waiting');
  });

  test('that was given back after its claim', async () => {
    const at = behind({ status: 'accepted', claimedAt: T0 - 9, claimId: '', notBefore: T0 + 9 });
    expect(await press(at)).toBe('waiting');
  });

  test('and its copy comes no later than its own deadline', async () => {
    const at = behind({ status: 'running', sentAt: T0, toneCount: 50, delayBetweenTonesMs: 60_000 });
    at.world.time = T0 + 57_000;
    await press(at);
    expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([3000]);
    expect(at.logged).toStrictEqual(waiting('request-before', 5000));
  });

  test('and its copy comes at once where the deadline passed while it looked', async () => {
    const at = behind({ status: 'sending' });
    at.next('outcomes.read', () => (at.world.time = T0 + 60_001));
    expect(await press(at)).toBe('waiting');
    expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([0]);
  });

  test('and a copy that cannot be queued is thrown, so that the message comes again', async () => {
    const at = behind({ status: 'sending' });
    at.next('queue.enqueueOnce', 'fails', 'fails');
    await expect(press(at)).rejects.toThrow('queue.enqueueOnce');
    expect(at.queued).toEqual([]);
    expect(at.logged.map(([, event]) => event)).toEqual(['storage-failed']);
  });
});

describe('a predecessor whose time has passed is ended first', () => {
  test('accepted: it expires, and the one before it decides', async () => {
    const at = behind({ status: 'accepted', expiresAt: T0, after: 'first' });
    at.put({ clientContext: 'first', status: 'sending' });
    expect(await press(at)).toBe('waiting');
    expect(at.row('before')).toMatchObject({
      status: 'expired',
      finishedAt: T0,
      errorCode: 'request-before-not-done',
      etag: 'v2',
    });
    // To end it, its own predecessor is looked at; then to pass it.
    expect(at.asked('outcomes.read')).toEqual([['before'], ['first'], ['first']]);
    expect(at.asked('outcomes.merge').map(([key, , etag]) => [key, etag])).toEqual([['before', 'v1']]);
  });

  test('claimed: it becomes unknown, and its press is given time to settle', async () => {
    const at = behind({ status: 'sending', claimedAt: T0 - 30_000, watchUntil: T0, settledAt: T0 + 4000 });
    expect(await press(at)).toBe('waiting');
    expect(at.row('before')).toMatchObject({ status: 'unknown', errorCode: 'worker-lost', finishedAt: T0 });
    expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([3000]);
  });

  test('running and settled: it becomes unknown and is done', async () => {
    const at = behind({ status: 'running', claimedAt: T0 - 70_000, watchUntil: T0, settledAt: T0 - 1 });
    expect(await press(at)).toBe('recorded');
    expect(at.row('before')).toMatchObject({ status: 'unknown', errorCode: 'notifications-never-seen' });
  });

  test('unless it was changed meanwhile: then it is read again', async () => {
    const at = behind({ status: 'running', claimedAt: T0 - 70_000, watchUntil: T0, settledAt: T0 + 9000 });
    at.next('outcomes.merge', () => at.change('before', { status: 'succeeded' }));
    expect(await press(at)).toBe('recorded');
    expect(at.asked('outcomes.read')).toEqual([['before'], ['before']]);
    expect(at.row('before')?.status).toBe('succeeded');
  });
});

describe('the walk over predecessors that were never claimed', () => {
  function chain(count: number): TonesPorts {
    const at = makeTonesPorts();
    at.put({ clientContext: 'me' });
    at.put({ clientContext: 'before', status: 'expired', ...(count > 1 && { after: 'e2' }) });
    for (let place = 2; place <= count; place += 1)
      at.put({ clientContext: `e${place}`, status: 'expired', after: place === count ? '' : `e${place + 1}` });
    return at;
  }

  test('passes a hundred of them', async () => {
    const at = chain(100);
    expect(await press(at)).toBe('recorded');
    expect(at.asked('outcomes.read')).toHaveLength(100);
  });

  test('goes on in another delivery after a hundred', async () => {
    const at = chain(101);
    expect(await press(at)).toBe('waiting');
    expect(at.asked('outcomes.read')).toHaveLength(100);
    expect(at.logged).toStrictEqual(waiting('request-before', 0));
    expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([0]);
  });
});

describe('a call that was not ready when the request was accepted', () => {
  const { after: _none, ...alone } = MESSAGE;
  const early = (notReadySince: number, expiresAt = T0 + 60_000): ToneMessage => ({
    ...alone,
    expiresAt,
    notReadySince,
  });

  function on(call: object): TonesPorts {
    const at = behind(undefined);
    at.putCall(call);
    return at;
  }

  test('and is not ready yet is waited for, before anything else is read', async () => {
    const at = on({ state: 'establishing' });
    expect(await press(at, early(T0))).toBe('waiting');
    expect(at.journal).toStrictEqual([
      ['calls.read', 'call1'],
      ['queue.enqueueOnce', { ...early(T0), waits: 4 }, 1000],
    ]);
    expect(at.logged).toStrictEqual(waiting('call-readiness'));
  });

  test('and is ready now is pressed', async () => {
    const at = on({ state: 'established', audio: 'active' });
    expect(await press(at, early(T0))).toBe('recorded');
    expect(at.operations()[0]).toBe('calls.read');
  });

  test('and of which nothing is known any more is pressed', async () => {
    const at = behind(undefined);
    expect(await press(at, early(T0))).toBe('recorded');
  });

  test('is waited for 3 seconds, and no longer', async () => {
    const at = on({ state: 'establishing' });
    expect(await press(at, early(T0 - 2999))).toBe('waiting');
    expect(await press(at, early(T0 - 3000))).toBe('recorded');
    expect(at.asked('calls.read')).toHaveLength(1);
  });

  test('is waited for only while two more waits and a press have time', async () => {
    const at = on({ state: 'establishing' });
    expect(await press(at, early(T0, T0 + 2250))).toBe('waiting');
    expect(await press(at, early(T0, T0 + 2249))).toBe('recorded');
    expect(at.asked('calls.read')).toHaveLength(1);
  });

  test('and was ready then is not asked for', async () => {
    const at = on({ state: 'establishing' });
    expect(await press(at, alone)).toBe('recorded');
    expect(at.asked('calls.read')).toEqual([]);
  });
});
