// Recording while storage fails, or loses its answers. Nothing throws.
import {
  DOWN,
  ENDED,
  LATER,
  MESSAGE,
  NAMES,
  NO,
  REFUSED,
  RUNNING,
  SENT,
  UNCERTAIN,
  claimed,
  notRecorded,
  record,
} from '../../../support/recorded-attempt';
import { T0, type Fate } from '../../../support/tones-ports';

describe('while storage is down', () => {
  test.each([['fails'], ['answer lost']] satisfies [Fate][])(
    'a write that %s is tried again and recorded once',
    async (fate) => {
      const at = claimed();
      at.next('outcomes.merge', fate);
      expect(await record(at, RUNNING)).toBe('recorded');
      expect(at.row('me')).toMatchObject({ status: 'running', sentAt: SENT, etag: 'v2' });
      expect(at.logged).toStrictEqual([
        DOWN,
        ['info', 'tones-sent', { ...NAMES, status: 'running', operationId: 'op-1' }],
      ]);
    },
  );

  test('the third try of a write may be the one', async () => {
    const at = claimed();
    at.next('outcomes.merge', 'fails', 'fails');
    expect(await record(at, ENDED)).toBe('recorded');
    expect(at.row('me')?.status).toBe('succeeded');
    expect(at.asked('outcomes.merge')).toHaveLength(3);
  });

  test.each([
    [RUNNING, 'running', 'recorded'],
    [ENDED, 'succeeded', 'recorded'],
    [UNCERTAIN, 'unknown', 'recorded'],
    [REFUSED, 'failed', 'recorded'],
    [LATER, 'accepted', 'recorded'],
    [NO, 'accepted', 'recorded'],
  ] as const)('after three tries the row is left to the timer (%#)', async (reply, status, ending) => {
    const at = claimed();
    at.next('outcomes.merge', 'fails', 'fails', 'fails');
    expect(await record(at, reply)).toBe(ending);
    expect(at.operations()).toEqual([
      'outcomes.merge',
      'outcomes.read',
      'outcomes.merge',
      'outcomes.read',
      'outcomes.merge',
    ]);
    expect(at.row('me')?.status).toBe('sending');
    expect(at.logged).toStrictEqual([DOWN, DOWN, DOWN, notRecorded(status, 'storage')]);
  });

  test('an expiry that cannot be recorded is one all the same', async () => {
    const at = claimed();
    at.world.time = T0 + 60_000;
    at.next('outcomes.merge', 'fails', 'fails', 'fails');
    expect(await record(at, NO, 'never')).toBe('expired');
    expect(at.logged.at(-1)).toStrictEqual(notRecorded('expired', 'storage'));
  });

  test('a read back that fails counts as a try', async () => {
    const at = claimed();
    at.next('outcomes.merge', 'repeated');
    at.next('outcomes.read', 'fails');
    expect(await record(at, RUNNING)).toBe('recorded');
    expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read', 'outcomes.read']);
    expect(at.logged.map(([, event]) => event)).toEqual(['storage-failed', 'tones-sent']);
  });

  test('what was thrown and is no error is named by its type', async () => {
    const at = claimed();
    at.next('outcomes.merge', { throws: 'tone7' });
    await record(at, RUNNING);
    expect(at.logged[0]).toStrictEqual(['error', 'storage-failed', { ...NAMES, detail: 'string' }]);
  });

  test('a copy that cannot be queued is tried three times, each under its name too; the row then expires', async () => {
    const at = claimed();
    at.next('queue.enqueueOnce', ...Array<Fate>(6).fill('fails'));
    expect(await record(at, LATER)).toBe('recorded');
    expect(at.asked('queue.enqueueOnce')).toHaveLength(6);
    expect(at.queued).toEqual([]);
    expect(at.row('me')).toMatchObject({ status: 'accepted', notBefore: T0 + 1000 });
    expect(at.logged).toStrictEqual([DOWN, DOWN, DOWN, DOWN, DOWN, DOWN]);
  });

  test('a copy is queued at the third try', async () => {
    const at = claimed();
    at.next('queue.enqueueOnce', ...Array<Fate>(5).fill('fails'));
    expect(await record(at, LATER)).toBe('waiting');
    const { etag, copyId } = at.row('me') ?? {};
    expect(copyId).toMatch(/^\/claim-/);
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, after: '', etag, copyId, waits: 1 }, delayMs: 1000 }]);
    expect(at.logged).toHaveLength(6);
    expect(at.logged.at(-1)?.[1]).toBe('tones-waiting');
  });
});

describe('a write that the SDK repeated is our own', () => {
  test.each([
    [RUNNING, 'running'],
    [ENDED, 'succeeded'],
    [UNCERTAIN, 'unknown'],
    [REFUSED, 'failed'],
  ] as const)('%#: %s', async (reply, status) => {
    const at = claimed();
    at.next('outcomes.merge', 'repeated');
    expect(await record(at, reply)).toBe('recorded');
    expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read']);
    expect(at.row('me')?.status).toBe(status);
    expect(at.logged.map(([, event]) => event)).toEqual([status === 'running' ? 'tones-sent' : 'request-ended']);
  });

  test('a claim given back: the copy carries the version that was read back', async () => {
    const at = claimed();
    at.next('outcomes.merge', 'repeated');
    expect(await record(at, LATER)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, etag: 'v2', waits: 1 }, delayMs: 1000 }]);
  });

  test.each([
    ['another claim', { claimId: 'rival', finishedAt: T0, sentAt: SENT }],
    ['another end', { finishedAt: T0 - 1, sentAt: SENT }],
    ['another time of sending', { finishedAt: T0, sentAt: SENT - 1 }],
  ])('and not one that has %s', async (_what, other) => {
    const at = claimed({ status: 'failed', ...other });
    await record(at, REFUSED);
    expect(at.logged).toStrictEqual([notRecorded('failed', 'already failed')]);
  });

  test.each([
    ['another not-before time', { claimId: '', notBefore: T0 + 999 }],
    ['a claim', { claimId: 'mine', notBefore: T0 + 1000 }],
  ])('and not a row that is accepted with %s: nothing is queued for it', async (_what, other) => {
    const at = claimed({ status: 'accepted', ...other });
    expect(await record(at, LATER)).toBe('recorded');
    expect(at.queued).toEqual([]);
    expect(at.logged).toStrictEqual([notRecorded('accepted', 'already accepted')]);
  });
});

test('a copy whose request was claimed again meanwhile is not put back by a give-back in doubt', async () => {
  const at = claimed();
  at.next('queue.enqueueOnce', 'answer lost');
  at.next('outcomes.read', () => at.change('me', { status: 'sending', claimId: 'rival' }));
  expect(await record(at, LATER)).toBe('recorded');
  expect(at.queued).toHaveLength(1);
  expect(at.row('me')).toMatchObject({ status: 'sending', claimId: 'rival' });
});
