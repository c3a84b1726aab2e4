// A part after the first: pressed after its pause and not too late, once, and only where the part before it was played.
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import type { OutcomeFacts, ToneStatus } from '../../../../shared/tones/facts/outcome-facts';
import type { Delivery, ToneMessage } from '../../../../shared/tones/ports/queues';
import { BETWEEN_PARTS, SECOND_PART } from '../../../support/second-part';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const NEXT = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['pound'],
  part: 3,
  expiresAt: T0 + 8000 + 64_000,
  etag: '',
  waits: 0,
};
const NAMES = { clientContext: 'me', callId: 'call-1' };
const duplicate = (level: 'info' | 'warn', status: ToneStatus) => [
  [level, 'tones-duplicate', { ...NAMES, part: 2, status }],
];
const INTERRUPTED = { status: 'failed', errorCode: 'sequence-interrupted', playedToneCount: 1 };

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...BETWEEN_PARTS, ...facts });
  return at;
}

const press = (at: TonesPorts, message: Partial<ToneMessage> = {}, delivery?: Delivery) =>
  makeTonePresser(at.ports)({ ...SECOND_PART, ...message }, delivery);

test('is claimed at the version that was read, pressed under its own name, recorded, and followed by the rest', async () => {
  const at = withRow();
  expect(await press(at)).toBe('recorded');
  expect(at.journal).toStrictEqual([
    ['outcomes.read', 'me'],
    [
      'outcomes.merge',
      'me',
      // By its own two tones, not by the request's four.
      { status: 'sending', claimId: 'claim-1', claimedAt: T0, watchUntil: T0 + 30_000, settledAt: T0 + 45_500 },
      'v1',
    ],
    ['graph.sendDtmfTones', { callId: 'call-1', clientContext: 'me;part=2', tones: ['tone8', 'tone6'] }],
    ['outcomes.merge', 'me', { status: 'running', operationId: 'op-1', watchUntil: T0 + 60_000 }, 'v2'],
    ['queue.enqueue', NEXT, 7000],
  ]);
  expect(at.row('me')).toMatchObject({ sentAt: T0 - 2900, playedToneCount: 1, part: 2 });
});

test('the claim and the press are logged with their part, and how long after the pause it was', async () => {
  const at = withRow({ notBefore: T0 - 700 });
  at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 40));
  await press(at, { waits: 2, dueAt: T0 - 90, acceptedAt: T0 - 60_000 });
  expect(at.logged).toStrictEqual([
    ['info', 'tones-claimed', { ...NAMES, waits: 2, part: 2, queueWaitMs: 90 }],
    ['info', 'tones-sent', { ...NAMES, operationId: 'op-1', status: 'running', part: 2, afterPauseMs: 740 }],
  ]);
  expect(at.keptText()).not.toMatch(/tone[0-9]|pound/);
});

test('the last part is followed by nothing', async () => {
  const at = withRow({ part: 3, playedToneCount: 3 });
  const { rest: _, ...last } = SECOND_PART;
  expect(await makeTonePresser(at.ports)({ ...last, part: 3, tones: ['pound'] })).toBe('recorded');
  expect(at.asked('graph.sendDtmfTones')).toStrictEqual([
    [{ callId: 'call-1', clientContext: 'me;part=3', tones: ['pound'] }],
  ]);
  expect(at.queued).toEqual([]);
});

describe('its pause', () => {
  test('is waited for in the process, to the millisecond', async () => {
    const at = withRow({ notBefore: T0 + 500, latestStart: T0 + 4500 });
    const room = at.giveRoom();
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')).toMatchObject({ status: 'running', claimedAt: T0 + 500 });
    expect(room).toEqual({ slept: [500], left: 1 });
  });

  test('is not cut short by a sleep that ends early', async () => {
    const at = withRow({ notBefore: T0 + 500 });
    let sleeps = 0;
    at.giveRoom(() => {
      sleeps += 1;
      if (sleeps === 1) at.world.time -= 1;
    });
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')?.claimedAt).toBe(T0 + 500);
  });

  test('is waited for by a copy where it is long', async () => {
    const at = withRow({ notBefore: T0 + 4500, latestStart: T0 + 8500 });
    const room = at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...SECOND_PART, waits: 1 }, delayMs: 3000 }]);
    expect(at.logged).toStrictEqual([
      ['info', 'tones-waiting', { ...NAMES, part: 2, waitingFor: 'pause', waits: 0, delayMs: 3000 }],
    ]);
    expect(room.left).toBe(0);
    expect(at.permits).toEqual([]);
  });

  test('is waited for by a copy that is not early where the process has no room', async () => {
    const at = withRow({ notBefore: T0 + 1500, latestStart: T0 + 5500 });
    expect(await press(at)).toBe('waiting');
    expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([1500]);
    expect(at.asked('outcomes.merge')).toEqual([]);
  });

  test('ends what its row says ends meanwhile', async () => {
    const at = withRow({ notBefore: T0 + 500 });
    at.giveRoom(() => at.change('me', { status: 'failed' }));
    expect(await press(at)).toBe('duplicate');
    expect(at.permits).toEqual([]);
  });
});

describe('its latest start', () => {
  test('leaves a press with exactly 250 ms', async () => {
    const at = withRow();
    at.world.time = T0 + 3750;
    expect(await press(at)).toBe('recorded');
    expect(at.permits).toHaveLength(1);
    expect(at.row('me')?.status).toBe('running');
  });

  test.each([3751, 4000, 4001, 60_000])('interrupts the sequence after %i ms: nothing is pressed', async (lateMs) => {
    const at = withRow();
    at.world.time = T0 + lateMs;
    await press(at);
    expect(at.row('me')).toMatchObject({ ...INTERRUPTED, finishedAt: T0 + lateMs });
    expect(at.permits).toEqual([]);
    expect(at.queued).toEqual([]);
    expect(at.logged.map(([, event]) => event)).toContain('request-ended');
  });

  test('that passes names what held the part up', async () => {
    const at = withRow({ waitCode: 'media-busy', waitDetail: 'HTTP 409' });
    at.world.time = T0 + 3751;
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'media-busy', playedToneCount: 1 });
  });

  test("is the row's, not the message's", async () => {
    const at = withRow();
    at.world.time = T0 + 1000;
    expect(await press(at, { expiresAt: T0 - 5 })).toBe('recorded');
    expect(at.row('me')?.status).toBe('running');
  });

  test('is looked at last right before the POST: with 250 ms left it is permitted', async () => {
    const at = withRow();
    at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 3750));
    expect(await press(at)).toBe('recorded');
    expect(at.permits).toStrictEqual([{ kind: 'go', timeoutMs: 15_000 }]);
  });

  test('is looked at last right before the POST: with 249 ms left the sequence is interrupted under the claim', async () => {
    const at = withRow();
    at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 3751));
    expect(await press(at)).toBe('recorded');
    expect(at.permits).toStrictEqual([{ kind: 'no' }]);
    expect(at.row('me')).toMatchObject({ ...INTERRUPTED, etag: 'v3', sentAt: T0 - 2900 });
    expect(at.queued).toEqual([]);
  });

  test('does not interrupt a part that another has claimed meanwhile', async () => {
    const at = withRow();
    at.world.time = T0 + 3751;
    at.next('outcomes.merge', () => at.change('me', { status: 'sending', claimId: 'rival' }));
    expect(await press(at)).toBe('duplicate');
    expect(at.row('me')).toMatchObject({ status: 'sending', claimId: 'rival' });
  });
});

describe('the part before it', () => {
  const BEFORE = { part: 1, claimId: 'first', sentAt: T0 - 100, claimedAt: T0 - 200, watchUntil: T0 + 60_000 } as const;

  test.each(['sending', 'running'] as const)('that is %s is waited for: nothing is pressed', async (status) => {
    const at = withRow({ ...BEFORE, status });
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...SECOND_PART, waits: 1 }, delayMs: 1000 }]);
    expect(at.logged[0]?.[2].waitingFor).toBe('graph-report');
    expect(at.asked('outcomes.merge')).toEqual([]);
    expect(at.permits).toEqual([]);
  });

  test('that is reported while the process waits is followed after its pause', async () => {
    const at = withRow({ ...BEFORE, status: 'running' });
    const room = at.giveRoom(() => {
      if (at.row('me')?.status === 'running' && at.world.time > T0 + 400)
        at.change('me', { ...BETWEEN_PARTS, notBefore: at.world.time + 1000, latestStart: at.world.time + 5000 });
    });
    expect(await press(at)).toBe('recorded');
    const { notBefore = 0, claimedAt } = at.row('me') ?? {};
    expect(claimedAt).toBeGreaterThanOrEqual(notBefore);
    expect(notBefore).toBeGreaterThan(T0 + 1400);
    expect(room.left).toBe(1);
    expect(at.permits).toHaveLength(1);
  });

  test('that is not reported in two seconds is waited for by a copy', async () => {
    const at = withRow({ ...BEFORE, status: 'running' });
    const room = at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(at.world.time).toBeCloseTo(T0 + 2000, 3);
    expect(room.left).toBe(1);
    expect(at.permits).toEqual([]);
  });

  test('that sounds for longer is waited for by a copy at once', async () => {
    const at = withRow({ ...BEFORE, status: 'running', delayBetweenTonesMs: 5000 });
    const room = at.giveRoom();
    expect(await press(at)).toBe('waiting');
    expect(room.slept).toEqual([]);
    // 4.9 s are left of it.
    expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([3000]);
  });

  test('that nobody told the end of is given up by this delivery, too: nothing more is pressed', async () => {
    const at = withRow({ ...BEFORE, status: 'running', watchUntil: T0 });
    expect(await press(at)).toBe('duplicate');
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'notifications-never-seen' });
    expect(at.permits).toEqual([]);
  });

  test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as ToneStatus[])(
    'that left the request %s is followed by nothing',
    async (status) => {
      for (const part of [1, 2]) {
        const at = withRow({ ...BEFORE, part, status });
        expect(await press(at)).toBe('duplicate');
        expect(at.operations()).toEqual(['outcomes.read']);
        expect(at.logged).toStrictEqual(duplicate('info', status));
      }
    },
  );
});

const AGAIN: Delivery = { redelivered: true };

describe('delivered again', () => {
  test.each([
    ['sending', 2],
    ['running', 2],
    ['sending', 3],
    ['running', 3],
  ] as const)(
    'where the row is %s at part %i, puts the rest on the queue again, and presses nothing',
    async (status, part) => {
      const at = withRow({ status, part, claimId: 'other', claimedAt: T0, watchUntil: T0 + 30_000 });
      expect(await press(at, {}, AGAIN)).toBe('duplicate');
      expect(at.operations()).toEqual(['outcomes.read', 'queue.enqueue']);
      expect(at.queued).toStrictEqual([{ message: NEXT, delayMs: 7000 }]);
      expect(at.logged).toStrictEqual(duplicate('warn', status));
    },
  );

  test('where the pause after it runs, puts the rest there for the end of that pause', async () => {
    const at = withRow({ part: 3, notBefore: T0 + 5000, latestStart: T0 + 9000 });
    expect(await press(at, {}, AGAIN)).toBe('duplicate');
    expect(at.queued).toStrictEqual([{ message: { ...NEXT, expiresAt: T0 + 5000 + 64_000 }, delayMs: 4000 }]);
  });

  test('after its press, presses nothing', async () => {
    const at = withRow();
    await press(at);
    expect(await press(at)).toBe('duplicate');
    expect(await press(at, {}, AGAIN)).toBe('duplicate');
    expect(at.permits).toHaveLength(1);
    // A double that comes for the first time puts no rest there: else doubles would multiply with every part.
    expect(at.queued.map(({ message }) => message.part)).toEqual([3, 3]);
  });

  test('is thrown where the rest cannot be put there, so that it comes again', async () => {
    const at = withRow({ status: 'running', claimedAt: T0, watchUntil: T0 + 30_000 });
    at.next('queue.enqueue', 'fails');
    await expect(press(at, {}, AGAIN)).rejects.toThrow('queue.enqueue');
    expect(await press(at, {}, AGAIN)).toBe('duplicate');
    expect(at.queued).toHaveLength(1);
  });
});

describe('a rival', () => {
  test('that claims first presses, and puts the rest there itself', async () => {
    const at = withRow();
    at.next('outcomes.merge', () => at.change('me', { status: 'sending', claimId: 'rival', claimedAt: T0 }));
    expect(await press(at)).toBe('duplicate');
    expect(at.permits).toEqual([]);
    expect(at.row('me')).toMatchObject({ status: 'sending', claimId: 'rival' });
    expect(at.queued).toEqual([]);
  });

  test('that changes the row otherwise is read, and the claim is tried again', async () => {
    const at = withRow();
    at.next('outcomes.merge', ...Array<() => unknown>(4).fill(() => at.change('me', { callbackWanted: true })));
    expect(await press(at)).toBe('recorded');
    expect(at.asked('outcomes.merge').map(([, , etag]) => etag)).toEqual(['v1', 'v2', 'v3', 'v4', 'v5', 'v6']);
    expect(at.permits).toHaveLength(1);
  });

  test('that changes it five times is left to a copy', async () => {
    const at = withRow();
    at.next('outcomes.merge', ...Array<() => unknown>(5).fill(() => at.change('me', { callbackWanted: true })));
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...SECOND_PART, waits: 1 }, delayMs: 1000 }]);
    expect(at.logged[0]?.[2].waitingFor).toBe('queue');
    expect(at.permits).toEqual([]);
  });

  test('that gave the part back later than it was read is heeded', async () => {
    const at = withRow();
    at.next('outcomes.merge', () => at.change('me', { notBefore: T0 + 2000, waitCode: 'media-busy' }));
    expect(await press(at)).toBe('waiting');
    expect(at.logged[0]?.[2].waitingFor).toBe('graph-refusal');
    expect(at.permits).toEqual([]);
  });
});

test('a claim that the SDK wrote twice is its own', async () => {
  const at = withRow();
  at.next('outcomes.merge', 'repeated');
  expect(await press(at)).toBe('recorded');
  expect(at.permits).toHaveLength(1);
  expect(at.row('me')?.status).toBe('running');
});

test('a row that is gone has nothing to be pressed for', async () => {
  const at = makeTonesPorts();
  expect(await press(at)).toBe('row-missing');
  expect(at.logged).toStrictEqual([['warn', 'row-missing', { ...NAMES, part: 2 }]]);
});

test.each(['outcomes.read', 'outcomes.merge'] as const)(
  'storage that fails at %s before the claim is thrown, and the message presses when it comes again',
  async (operation) => {
    const at = withRow();
    at.next(operation, 'fails');
    await expect(press(at)).rejects.toThrow(operation);
    expect(await press(at)).toBe('recorded');
    expect(at.permits).toHaveLength(1);
  },
);

test('a claim whose answer is lost and that is not seen again presses nothing twice', async () => {
  const at = withRow();
  at.next('outcomes.merge', 'answer lost');
  await expect(press(at)).rejects.toThrow('outcomes.merge');
  expect(await press(at)).toBe('duplicate');
  expect(at.permits).toEqual([]);
});
