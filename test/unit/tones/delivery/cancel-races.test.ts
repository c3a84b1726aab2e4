// Cancelling a row that others write at the same moment: each write wins or loses as a whole, and everybody gets the
// truth.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeCanceler } from '../../../../shared/tones/delivery/cancel';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type Fate, type TonesPorts } from '../../../support/tones-ports';

const ASKED: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'accepted',
  fingerprint: 'f',
  toneCount: 4,
  expiresAt: T0 + 60_000,
};
const OF_PARTS = { partCount: 3, part: 2, partSizes: '0:1 1000:2 8000:1', playedToneCount: 1, claimedAt: T0 - 300 };
const RUNNING = { ...OF_PARTS, status: 'running', claimId: 'theirs', watchUntil: T0 + 60_000 } as const;
const PAUSING = { ...OF_PARTS, status: 'pausing', claimId: '', notBefore: T0, latestStart: T0 + 4000 } as const;
const CLAIM = { status: 'sending', claimId: 'theirs', claimedAt: T0, watchUntil: T0 + 30_000 } as const;
const CANCELED = { status: 'canceled', errorCode: 'canceled-by-caller' } as const;
const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
};

const cancel = (at: TonesPorts) => makeCanceler(at.ports)('me');

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ASKED, ...facts });
  return at;
}

test('of two who cancel in one millisecond, the one whose write counted logs the end, and announces it', async () => {
  const at = withRow({ callbackWanted: true });
  const [one, other] = await Promise.all([cancel(at), cancel(at)]);
  expect([one?.status, other?.status]).toEqual(['canceled', 'canceled']);
  expect(at.logged.filter(([, event]) => event === 'request-ended')).toHaveLength(1);
  expect(at.announced).toHaveLength(1);
});

describe('who is first', () => {
  test.each([
    ['a claim: the press goes on, and the row is marked', {}, CLAIM, { ...CLAIM, cancelRequestedAt: T0 }],
    ['a claim of a later part', PAUSING, CLAIM, { ...CLAIM, part: 2, cancelRequestedAt: T0 }],
    ['an expiry: it stays', {}, { status: 'expired', finishedAt: T0 - 1 }, { status: 'expired', finishedAt: T0 - 1 }],
    ['the end of the call', PAUSING, { status: 'failed', errorCode: 'call-ended' }, { errorCode: 'call-ended' }],
    ['another canceler', {}, { ...CANCELED, finishedAt: T0 - 1 }, { ...CANCELED, finishedAt: T0 - 1 }],
    ['a walk that was noted', {}, { turnAfter: 'first' }, { ...CANCELED, turnAfter: 'first' }],
    ['the name of a copy', {}, { copyId: 'other' }, CANCELED],
    ['a callback that is wanted', {}, { callbackWanted: true }, { ...CANCELED, callbackWanted: true }],
  ] as const)('before a request ends: %s', async (_what, facts, theirs, expected) => {
    const at = withRow(facts);
    at.next('outcomes.merge', () => at.change('me', theirs));
    expect(await cancel(at)).toMatchObject(expected);
    expect(at.row('me')).toMatchObject(expected);
    expect(at.announced).toHaveLength('callbackWanted' in theirs ? 1 : 0);
  });

  test.each([
    ['a report of this part: it ends before the next', RUNNING, { ...PAUSING, part: 3 }, { ...CANCELED, part: 3 }],
    ['a report that ended it', RUNNING, { status: 'failed' }, { status: 'failed' }],
    [
      'the reply: it is running, and others would follow',
      { ...RUNNING, status: 'sending' },
      RUNNING,
      { ...RUNNING, cancelRequestedAt: T0 },
    ],
    ['a claim that was given back', CLAIM, { status: 'accepted', claimId: '' }, CANCELED],
    [
      'a claim of a later part that was given back',
      { ...RUNNING, status: 'sending' },
      PAUSING,
      { ...CANCELED, part: 2 },
    ],
    [
      'a watch that is over',
      RUNNING,
      { status: 'unknown', finishedAt: T0 - 1 },
      { status: 'unknown', finishedAt: T0 - 1 },
    ],
    ['another canceler', RUNNING, { cancelRequestedAt: T0 - 1 }, { ...RUNNING, cancelRequestedAt: T0 - 1 }],
  ] as const)('before a request is marked: %s', async (_what, facts, theirs, expected) => {
    const at = withRow(facts);
    at.next('outcomes.merge', () => at.change('me', theirs));
    expect(await cancel(at)).toMatchObject(expected);
    expect(at.row('me')).toMatchObject(expected);
  });

  test('the reply of the last part leaves nothing to be marked', async () => {
    const at = withRow(CLAIM);
    at.next('outcomes.merge', () => at.change('me', { status: 'running' }));
    expect(await cancel(at)).toMatchObject({ status: 'running' });
    expect(at.row('me')?.cancelRequestedAt).toBeUndefined();
  });

  test('two who cancel at once both get the truth, and it is written once', async () => {
    for (const facts of [{}, RUNNING]) {
      const at = withRow(facts);
      const [one, other] = await Promise.all([cancel(at), cancel(at)]);
      expect(one).toMatchObject(facts === RUNNING ? { cancelRequestedAt: T0 } : CANCELED);
      expect(other?.status).toBe(one?.status);
      expect(at.row('me')?.etag).toBe('v2');
    }
  });

  test('a row that was deleted meanwhile is not there', async () => {
    for (const facts of [{}, RUNNING]) {
      const at = withRow(facts);
      at.next('outcomes.merge', () => at.stored.outcomes.rows.delete('me'));
      expect(await cancel(at)).toBeUndefined();
    }
  });
});

describe('a write that the SDK sent again', () => {
  test('ends the request once', async () => {
    const at = withRow({ callbackWanted: true });
    at.next('outcomes.merge', 'repeated');
    expect(await cancel(at)).toMatchObject({ ...CANCELED, etag: 'v2' });
    expect(at.logged.filter(([, event]) => event === 'request-ended')).toHaveLength(1);
    expect(at.announced).toHaveLength(1);
  });

  test('marks it once', async () => {
    const at = withRow(RUNNING);
    at.next('outcomes.merge', 'repeated');
    expect(await cancel(at)).toMatchObject({ ...RUNNING, cancelRequestedAt: T0 });
    expect(at.row('me')?.etag).toBe('v2');
  });

  test('marks it, and a report ends it before that is read', async () => {
    const at = withRow(RUNNING);
    at.next('outcomes.merge', 'repeated');
    at.next('outcomes.read', 'executed', () => at.change('me', { ...CANCELED, finishedAt: T0 + 1 }));
    expect(await cancel(at)).toMatchObject({ ...CANCELED, finishedAt: T0 + 1, cancelRequestedAt: T0 });
  });
});

test.each([
  [19, 'canceled', {}],
  [20, 'accepted', {}],
  [19, 'marked', RUNNING],
  [20, 'running', RUNNING],
] as const)('after %i races lost the request is %s', async (races, expected, facts) => {
  const at = withRow(facts);
  at.next('outcomes.merge', ...Array<Fate>(races).fill(() => at.change('me', { callbackWanted: true })));
  const answer = await cancel(at).catch((error: unknown) => expect(String(error)).toMatch('lost every race'));
  expect(answer === undefined).toBe(races === 20);
  const { status, cancelRequestedAt } = at.row('me') ?? {};
  expect(cancelRequestedAt === undefined ? status : 'marked').toBe(expected);
});

describe('once the answer was `canceled`', () => {
  test('its message presses nothing, whenever it comes', async () => {
    const at = withRow();
    await cancel(at);
    const press = makeTonePresser(at.ports);
    for (const delivery of [{ redelivered: false }, { redelivered: true }])
      expect(await press(MESSAGE, delivery)).toBe('duplicate');
    expect(at.permits).toEqual([]);
    expect(at.queued).toEqual([]);
    expect(at.row('me')).toMatchObject({ ...CANCELED, etag: 'v2' });
  });

  test('nor does that of its next part', async () => {
    const at = withRow(PAUSING);
    await cancel(at);
    expect(await makeTonePresser(at.ports)({ ...MESSAGE, part: 2, etag: '' })).toBe('duplicate');
    expect(at.permits).toEqual([]);
    expect(at.queued).toEqual([]);
  });

  test.each([
    ['at the claim of the first part', {}, MESSAGE],
    ['at the claim of a later part', PAUSING, { ...MESSAGE, part: 2, etag: '' }],
  ])('nor does one that came first and is overtaken: %s', async (_what, facts, message) => {
    const at = withRow(facts);
    at.next('outcomes.merge', async () => expect(await cancel(at)).toMatchObject(CANCELED));
    expect(await makeTonePresser(at.ports)(message)).toBe('duplicate');
    expect(at.permits).toEqual([]);
    expect(at.row('me')).toMatchObject(CANCELED);
  });

  test('nor does one that waits in the process for its pause, or for a request before it', async () => {
    for (const wish of [{ message: { pauseMs: 1500 } }, { message: { after: 'before' } }]) {
      const at = withRow();
      at.put({ clientContext: 'before', status: 'sending', claimedAt: T0, watchUntil: T0 + 30_000 });
      at.giveRoom(async () => {
        await cancel(at);
        at.change('before', { status: 'succeeded' });
      });
      expect(await makeTonePresser(at.ports)({ ...MESSAGE, ...wish.message })).toBe('duplicate');
      expect(at.permits).toEqual([]);
      expect(at.row('me')).toMatchObject(CANCELED);
    }
  });
});
