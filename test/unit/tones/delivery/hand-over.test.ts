// The request that waits behind another on the same call: in the process where that one may end any moment, else as a copy.
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  after: 'before',
  etag: 'v1',
  waits: 0,
};
const RUNNING: Partial<OutcomeFacts> = {
  status: 'running',
  claimedAt: T0 - 100,
  sentAt: T0 - 90,
  toneCount: 1,
  watchUntil: T0 + 60_000,
};
/** Between two of its parts. */
const PAUSING: Partial<OutcomeFacts> = {
  ...RUNNING,
  status: 'pausing',
  toneCount: 2,
  partCount: 2,
  part: 2,
  partSizes: '0:1 1000:1',
  playedToneCount: 1,
  notBefore: T0 + 500,
  latestStart: T0 + 4500,
};

function behind(facts: Partial<OutcomeFacts>, expiresAt = T0 + 60_000): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', status: 'accepted', expiresAt, after: 'before', toneCount: 1 });
  at.put({ clientContext: 'before', ...facts });
  return at;
}

/** The request before it changes at that time. */
function giveRoom(at: TonesPorts, time: number, facts: Partial<OutcomeFacts>) {
  let changed = false;
  return at.giveRoom(() => {
    if (changed || at.world.time < time) return;
    changed = true;
    at.change('before', facts);
  });
}

const press = (at: TonesPorts, message: Partial<ToneMessage> = {}) =>
  makeTonePresser(at.ports)({ ...MESSAGE, ...message });
const delays = (at: TonesPorts) => at.queued.map(({ delayMs }) => delayMs);

describe('the request before it ends while the process waits', () => {
  test.each([30, 300, 1000, 1700])('after %i ms: this one is pressed within 250 ms, by one claim', async (afterMs) => {
    const at = behind(RUNNING);
    const room = giveRoom(at, T0 + afterMs, { status: 'succeeded' });
    expect(await press(at)).toBe('recorded');
    const sentAt = at.row('me')?.sentAt ?? 0;
    expect(sentAt).toBeGreaterThanOrEqual(T0 + afterMs);
    expect(sentAt).toBeLessThanOrEqual(T0 + afterMs + 250);
    expect(room.left).toBe(1);
    expect(at.queued).toEqual([]);
    expect(at.permits).toHaveLength(1);
  });

  test.each(['sending', 'accepted'] as const)('where it was %s', async (status) => {
    const at = behind({ status, expiresAt: T0 + 60_000, ...(status === 'sending' && { claimedAt: T0 }) });
    giveRoom(at, T0 + 400, { status: 'succeeded', claimedAt: T0 + 100 });
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')?.sentAt).toBeGreaterThanOrEqual(T0 + 400);
  });

  test('where its press had to settle', async () => {
    const at = behind({ status: 'unknown', claimedAt: T0 - 9, settledAt: T0 + 700 });
    at.giveRoom();
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')?.sentAt).toBeGreaterThanOrEqual(T0 + 700);
    expect(at.row('me')?.sentAt).toBeLessThanOrEqual(T0 + 950);
  });
});

describe('a request of several parts before it', () => {
  test.each([
    ['its first part plays', { ...PAUSING, status: 'running', part: 1 }],
    ['it pauses', PAUSING],
    ['its second part is being pressed', { ...PAUSING, status: 'sending' }],
    ['its second part plays', { ...PAUSING, status: 'running' }],
  ] as const)('is waited for as a whole: %s', async (_what, facts) => {
    const at = behind(facts);
    at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(at.permits).toEqual([]);
    expect(at.asked('outcomes.merge')).toEqual([]);
  });

  test('that ends with its last part is followed', async () => {
    const at = behind(PAUSING);
    giveRoom(at, T0 + 1500, { status: 'succeeded' });
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')?.sentAt).toBeGreaterThanOrEqual(T0 + 1500);
  });

  test('that is interrupted is followed at once; who waits may find that out', async () => {
    const at = behind({ ...PAUSING, latestStart: T0 - 1, notBefore: T0 - 4001 });
    expect(await press(at)).toBe('recorded');
    expect(at.row('before')).toMatchObject({ status: 'failed', errorCode: 'sequence-interrupted', playedToneCount: 1 });
    expect(at.row('me')?.sentAt).toBe(T0);
    expect(at.logged[0]).toMatchObject(['info', 'request-ended', { clientContext: 'before', by: 'successor' }]);
  });

  test('that pauses for long is waited for by a copy, without a place in the process', async () => {
    const at = behind({ ...PAUSING, notBefore: T0 + 4200, latestStart: T0 + 8200 });
    const room = at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(room).toEqual({ slept: [], left: 0 });
    expect(delays(at)).toEqual([3000]);
  });
});

describe('a copy waits instead', () => {
  test('where it does not end in two seconds', async () => {
    const at = behind(RUNNING);
    const room = at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(at.world.time).toBeCloseTo(T0 + 2000, 3);
    expect(room.left).toBe(1);
    expect(at.queued).toHaveLength(1);
    expect(at.queued[0]?.message).toMatchObject({ clientContext: 'me', waits: 1, after: 'before' });
  });

  test('where it sounds for longer', async () => {
    const at = behind({ ...RUNNING, toneCount: 4, delayBetweenTonesMs: 1000 });
    const room = at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(room.slept).toEqual([]);
    // 3.91 s are left of it.
    expect(delays(at)).toEqual([2000]);
  });

  test('where the process has no room', async () => {
    const at = behind(RUNNING);
    expect(await press(at)).toBe('waiting');
    expect(delays(at)).toEqual([1000]);
  });

  test('where others are to be pressed before that one', async () => {
    const at = behind({ status: 'accepted', expiresAt: T0 + 60_000, after: 'first' });
    at.put({ clientContext: 'first', status: 'accepted', expiresAt: T0 + 60_000 });
    const room = at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(room.slept).toEqual([]);
    expect(delays(at)).toEqual([1000]);
  });

  test('where that one has to pause before its first tone', async () => {
    const at = behind({ status: 'accepted', expiresAt: T0 + 60_000, toneCount: 1, pauseMs: 500 });
    const room = at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(room.slept).toEqual([]);
  });

  test('where that one has not been pressed for four waits', async () => {
    for (const [waits, slept] of [
      [3, true],
      [4, false],
    ] as const) {
      const at = behind({ status: 'accepted', expiresAt: T0 + 60_000, toneCount: 1 });
      const room = at.giveRoom();
      expect(await press(at, { waits })).toBe('waiting');
      expect(room.slept.length > 0).toBe(slept);
    }
  });
});

test('a request that waits in the process still expires', async () => {
  const at = behind(RUNNING, T0 + 1000);
  const room = at.giveRoom();
  expect(await press(at, { expiresAt: T0 + 1000 })).toBe('expired');
  expect(at.row('me')).toMatchObject({ status: 'expired', errorCode: 'request-before-not-done' });
  expect(at.permits).toEqual([]);
  expect(room.left).toBe(1);
});

test('storage that fails while the process waits is thrown, and the place is given back', async () => {
  const at = behind(RUNNING);
  const room = at.giveRoom(() => at.next('outcomes.read', 'fails'));
  await expect(press(at)).rejects.toThrow('outcomes.read');
  expect(room.left).toBe(1);
  expect(at.row('me')?.status).toBe('accepted');
});
