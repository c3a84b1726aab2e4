// The pause before the first tone: it counts from when the request's turn came, and again from a refusal by a call that is not ready.
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { Delivery, ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7', 'star'],
  pauseMs: 1500,
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
};
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'accepted',
  toneCount: 2,
  pauseMs: 1500,
  expiresAt: T0 + 60_000,
};
const RUNNING: PressReply = { kind: 'running', operationId: 'op-1' };
const REST = [{ pauseMs: 1000, tones: ['tone8'] }] as const;

function accepted(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ROW, ...facts });
  return at;
}

const press = (at: TonesPorts, message: Partial<ToneMessage> = {}, delivery?: Delivery) =>
  makeTonePresser(at.ports)({ ...MESSAGE, ...message }, delivery);
const copyOf = (at: TonesPorts) => {
  const message = at.queued.at(-1)?.message;
  if (message === undefined) throw new Error('nothing is queued');
  return message;
};
const pressedAt = (at: TonesPorts) => at.row('me')?.sentAt;

describe('it is kept', () => {
  test('in the process, to the millisecond, before the claim', async () => {
    const at = accepted();
    const room = at.giveRoom();
    expect(await press(at)).toBe('recorded');
    expect(room).toEqual({ slept: [1500], left: 1 });
    expect(at.row('me')).toMatchObject({ claimedAt: T0 + 1500, sentAt: T0 + 1500 });
  });

  test('also where a sleep ends early', async () => {
    const at = accepted();
    let sleeps = 0;
    at.giveRoom(() => {
      sleeps += 1;
      if (sleeps === 1) at.world.time -= 2;
    });
    await press(at);
    expect(pressedAt(at)).toBe(T0 + 1500);
  });

  test('by a copy where it is longer than two seconds, that knows until when', async () => {
    const at = accepted();
    at.giveRoom();
    expect(await press(at, { pauseMs: 4500 })).toBe('waiting');
    expect(at.queued).toStrictEqual([
      { message: { ...MESSAGE, pauseMs: 4500, pausedUntil: T0 + 4500, waits: 1 }, delayMs: 3000 },
    ]);
    at.world.time = T0 + 3100;
    expect(await press(at, copyOf(at))).toBe('recorded');
    expect(pressedAt(at)).toBe(T0 + 4500);
  });

  test('by a copy that is not early where the process has no room', async () => {
    const at = accepted();
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, pausedUntil: T0 + 1500, waits: 1 }, delayMs: 1500 }]);
    expect(at.logged[0]?.[2].waitingFor).toBe('pause');
    expect(at.permits).toEqual([]);
  });

  test('and a copy that comes after it presses at once', async () => {
    const at = accepted();
    at.world.time = T0 + 1600;
    expect(await press(at, { pausedUntil: T0 + 1500 })).toBe('recorded');
    expect(pressedAt(at)).toBe(T0 + 1600);
  });

  test('not past the deadline: a request that has no room for it expires unpressed', async () => {
    const at = accepted({ expiresAt: T0 + 1600 });
    at.giveRoom();
    expect(await press(at, { expiresAt: T0 + 1600 })).toBe('expired');
    expect(at.row('me')).toMatchObject({ status: 'expired', errorCode: 'expired' });
    expect(at.permits).toEqual([]);
  });

  test('not by a request without one', async () => {
    const at = accepted();
    const room = at.giveRoom();
    const { pauseMs: _, ...message } = MESSAGE;
    await makeTonePresser(at.ports)(message);
    expect(pressedAt(at)).toBe(T0);
    expect(room.slept).toEqual([]);
  });
});

describe("it counts from the request's turn", () => {
  const behind = { after: 'before' } as const;

  function chain(): TonesPorts {
    const at = accepted(behind);
    at.put({ clientContext: 'before', status: 'running', claimedAt: T0 - 9, sentAt: T0 - 9, toneCount: 1 });
    return at;
  }
  const done = (at: TonesPorts) => at.change('before', { status: 'succeeded' });

  test('that comes while the process waits', async () => {
    const at = chain();
    at.giveRoom(() => at.world.time >= T0 + 300 && at.row('before')?.status === 'running' && done(at));
    expect(await press(at, { ...behind, pauseMs: 500 })).toBe('recorded');
    expect(pressedAt(at)).toBeGreaterThanOrEqual(T0 + 800);
    expect(pressedAt(at)).toBeLessThanOrEqual(T0 + 1050);
  });

  test('that comes after a copy has waited', async () => {
    const at = chain();
    expect(await press(at, behind)).toBe('waiting');
    expect(copyOf(at)).not.toHaveProperty('pausedUntil');
    at.world.time = T0 + 5000;
    done(at);
    at.giveRoom();
    expect(await press(at, copyOf(at))).toBe('recorded');
    expect(pressedAt(at)).toBe(T0 + 6500);
  });

  test('again, where the request is behind another one after all', async () => {
    const at = chain();
    expect(await press(at, { ...behind, pausedUntil: T0 - 5 })).toBe('waiting');
    expect(copyOf(at)).not.toHaveProperty('pausedUntil');
    expect(at.permits).toEqual([]);
  });

  test('again, where that one ends while the process waits', async () => {
    const at = chain();
    at.giveRoom(() => at.world.time >= T0 + 300 && at.row('before')?.status === 'running' && done(at));
    expect(await press(at, { ...behind, pauseMs: 500, pausedUntil: T0 - 5 })).toBe('recorded');
    expect(pressedAt(at)).toBeGreaterThanOrEqual(T0 + 800);
  });

  test('again, where the claim finds another predecessor', async () => {
    const at = makeTonesPorts();
    at.put({ ...ROW });
    at.put({ clientContext: 'before', status: 'running', claimedAt: T0 - 9, sentAt: T0 - 9, toneCount: 1 });
    at.change('me', behind);
    at.giveRoom(() => at.world.time >= T0 + 1700 && at.row('before')?.status === 'running' && done(at));
    // The message knows of nobody before it; its claim meets a row that does, when its pause is over.
    expect(await press(at, { pauseMs: 1000 })).toBe('waiting');
    expect(at.permits).toEqual([]);
    at.world.time = T0 + 9000;
    expect(await press(at, copyOf(at))).toBe('recorded');
    // 'before' ended at T0 + 1.7 s or later; the whole pause comes after that.
    expect(pressedAt(at)).toBeGreaterThanOrEqual(T0 + 2700);
  });
});

describe('a refusal', () => {
  const notReady: PressReply = {
    kind: 'refused',
    fault: { code: 'call-not-established' },
    again: 'later',
    answered: true,
  };

  test('by a call that is not ready lets it count again', async () => {
    const at = accepted();
    at.world.reply = () => notReady;
    at.world.time = T0 + 1500;
    expect(await press(at, { pausedUntil: T0 + 1500 })).toBe('waiting');
    expect(at.row('me')).toMatchObject({ status: 'accepted', notBefore: T0 + 3000, waitCode: 'call-not-established' });
    expect(copyOf(at)).toMatchObject({ pauseMs: 1500, pausedUntil: T0 + 3000 });
    at.world.reply = () => RUNNING;
    at.world.time = T0 + 2600;
    at.giveRoom();
    expect(await press(at, copyOf(at))).toBe('recorded');
    expect(pressedAt(at)).toBe(T0 + 3000);
  });

  test('of too many requests does not', async () => {
    const at = accepted();
    at.world.reply = () => ({
      kind: 'refused',
      fault: { code: 'throttled' },
      again: 'later',
      retryAfterMs: 1000,
      answered: true,
    });
    at.world.time = T0 + 1500;
    expect(await press(at, { pausedUntil: T0 + 1500 })).toBe('waiting');
    expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([1000]);
    at.world.reply = () => RUNNING;
    at.world.time = T0 + 2500;
    expect(await press(at, copyOf(at))).toBe('recorded');
    expect(pressedAt(at)).toBe(T0 + 2500);
  });

  test("is heeded by the message that is delivered again: never before the row's not-before time", async () => {
    const at = accepted();
    at.change('me', { notBefore: T0 + 9000, claimId: '', claimedAt: T0 - 9 });
    expect(await press(at, { pausedUntil: T0 - 5 })).toBe('waiting');
    expect(at.permits).toEqual([]);
  });

  test('and the deadline: where the pause has no room any more it failed, with that code', async () => {
    const at = accepted();
    at.world.reply = () => notReady;
    expect(await press(at, { pausedUntil: T0, expiresAt: T0 + 1749 })).toBe('recorded');
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'call-not-established' });
  });
});

describe('a call that is reported to take tones only while the pause runs', () => {
  const ringing = { state: 'establishing', toldAt: T0 - 9000 } as const;

  test('lets the pause count from that report', async () => {
    const at = accepted();
    at.putCall(ringing);
    let answered = false;
    at.giveRoom(() => {
      if (!answered) at.changeCall({ state: 'established', toldAt: T0 + 400 });
      answered = true;
    });
    expect(await press(at, { pauseMs: 800 })).toBe('recorded');
    expect(pressedAt(at)).toBe(T0 + 1200);
  });

  test('lets it count from that report, where a copy waited', async () => {
    const at = accepted();
    at.putCall({ state: 'established', toldAt: T0 - 1000 });
    const room = at.giveRoom();
    expect(await press(at, { pauseMs: 5000, pausedUntil: T0 - 5 })).toBe('waiting');
    expect(copyOf(at)).toMatchObject({ pausedUntil: T0 + 4000 });
    expect(room.slept).toEqual([]);
  });

  test('lets it count from that report, where Graph had refused before it', async () => {
    const at = accepted({ notBefore: T0, waitCode: 'call-not-established', claimId: '' });
    at.putCall({ state: 'established', audio: 'active', toldAt: T0 - 500 });
    at.giveRoom();
    // The refusal was 1.5 s ago.
    expect(await press(at, { pausedUntil: T0 })).toBe('recorded');
    expect(pressedAt(at)).toBe(T0 + 1000);
  });

  test.each([
    ['before the pause began', { state: 'established', toldAt: T0 - 1500 }],
    ['never: Graph is asked', ringing],
    ['never of its audio: Graph is asked', { state: 'established', audio: 'inactive', toldAt: T0 - 5 }],
    ['of nothing', { tail: 'me' }],
  ])('does not begin it anew where it was reported %s', async (_what, call) => {
    const at = accepted();
    at.putCall(call);
    at.giveRoom();
    expect(await press(at, { pausedUntil: T0 })).toBe('recorded');
    expect(pressedAt(at)).toBe(T0);
  });

  test('is not looked at by a request without such a pause', async () => {
    const at = accepted();
    at.putCall({ state: 'established', toldAt: T0 });
    const { pauseMs: _, ...message } = MESSAGE;
    await makeTonePresser(at.ports)(message);
    expect(pressedAt(at)).toBe(T0);
    expect(at.asked('calls.read')).toEqual([]);
  });
});

describe('the first message of a dial string that is delivered again', () => {
  const DIAL_STRING = { partCount: 2, part: 1, partSizes: '1500:2 1000:1', toneCount: 3 } as const;

  test.each([
    ['sending', 1],
    ['running', 1],
    ['pausing', 2],
    ['sending', 2],
    ['running', 2],
  ] as const)('puts the rest on the queue where the row is %s at part %i', async (status, part) => {
    const at = accepted({ ...DIAL_STRING, status, part, claimId: 'x', claimedAt: T0, sentAt: T0, notBefore: T0 + 500 });
    at.change('me', {});
    expect(await press(at, { pausedUntil: T0 - 5, rest: REST })).toBe('duplicate');
    expect(at.queued.map(({ message }) => message)).toMatchObject([{ part: 2, tones: ['tone8'] }]);
    expect(at.permits).toEqual([]);
  });

  test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)(
    'puts nothing there where the row is %s',
    async (status) => {
      for (const time of [T0, T0 + 61_000]) {
        const at = accepted({ ...DIAL_STRING, status, claimId: 'x', claimedAt: T0 });
        at.change('me', {});
        at.world.time = time;
        expect(await press(at, { pausedUntil: T0 - 5, rest: REST }, { redelivered: true })).toBe('duplicate');
        expect(at.queued).toEqual([]);
      }
    },
  );

  test('after the deadline of its first press, which bounds no other part', async () => {
    const at = accepted({
      ...DIAL_STRING,
      status: 'running',
      claimId: 'x',
      claimedAt: T0,
      sentAt: T0,
      watchUntil: T0 + 90_000,
    });
    at.change('me', {});
    at.world.time = T0 + 60_500;
    expect(await press(at, { pausedUntil: T0 - 5, rest: REST }, { redelivered: true })).toBe('duplicate');
    expect(at.queued.map(({ message }) => message)).toMatchObject([{ part: 2, tones: ['tone8'] }]);
    expect(at.row('me')?.status).toBe('running');
  });

  test('without waiting for the pause before a press that is made', async () => {
    const at = accepted({
      ...DIAL_STRING,
      status: 'running',
      claimId: 'x',
      claimedAt: T0,
      sentAt: T0,
      watchUntil: T0 + 90_000,
    });
    at.change('me', {});
    const room = at.giveRoom();
    expect(await press(at, { rest: REST }, { redelivered: true })).toBe('duplicate');
    expect(room.slept).toEqual([]);
    expect(at.queued.map(({ message }) => message)).toMatchObject([{ part: 2 }]);
  });

  test('presses where nothing was pressed', async () => {
    const at = accepted(DIAL_STRING);
    expect(await press(at, { pausedUntil: T0, rest: REST }, { redelivered: true })).toBe('recorded');
    expect(at.permits).toHaveLength(1);
  });
});

test.each([
  ['throttled', 'graph-refusal'],
  ['call-not-established', 'call-readiness'],
] as const)(
  'a copy that waits after %s does not come before that, however the pause before it went',
  async (waitCode, word) => {
    const at = makeTonesPorts();
    const notBefore = T0 + 16_001;
    at.put({ clientContext: 'me', status: 'accepted', expiresAt: T0 + 60_000 });
    at.change('me', { notBefore, waitCode });
    const message = { clientContext: 'me', callId: 'call-1', tones: ['tone1' as const], etag: 'v1', waits: 1 };
    expect(await makeTonePresser(at.ports)({ ...message, expiresAt: T0 + 60_000 })).toBe('waiting');
    expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([16_001]);
    expect(at.logged[0]?.[2].waitingFor).toBe(word);
  },
);

test('counts again where the row names another request before it than the message did', async () => {
  const at = accepted({ after: 'newer' });
  at.change('me', {});
  at.put({ clientContext: 'newer', callId: 'call-1', status: 'succeeded', claimedAt: T0 - 9, finishedAt: T0 });
  at.giveRoom();
  expect(await press(at, { after: '', pausedUntil: T0 - 1 })).toBe('recorded');
  expect(pressedAt(at)).toBe(T0 + 1500);
});

test('goes on where the row names the same request, though its version is newer', async () => {
  const at = accepted({ after: 'before' });
  at.change('me', {});
  at.put({ clientContext: 'before', callId: 'call-1', status: 'succeeded', claimedAt: T0 - 9, finishedAt: T0 - 2000 });
  at.giveRoom();
  expect(await press(at, { after: 'before', pausedUntil: T0 + 200 })).toBe('recorded');
  expect(pressedAt(at)).toBe(T0 + 200);
});
