// A dial string from its acceptance to its end, through all rules at once, with a queue and a Graph of the test's own: what was
// pressed and when is noted by the test itself, and compared with what was asked.
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import { makeOutcomeReader } from '../../../../shared/tones/upkeep/read-outcome';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

interface Wishes {
  /** How often each message, but for copies that waited, and each report is delivered. */
  readonly times?: number;
  /** A report comes so long after its press; 0: before the reply is recorded; undefined: never. */
  readonly reportMs?: (context: string) => number | undefined;
  readonly completionReason?: (context: string) => string;
  readonly reply?: (context: string) => PressReply;
  readonly room?: boolean;
}

const PLAYED = 'completedSuccessfully';
const SECONDS = 1000;

async function live(wishes: Wishes = {}) {
  const { times = 1, reportMs = () => 200, completionReason = () => PLAYED, reply, room = true } = wishes;
  const at = makeTonesPorts();
  const pressed: { context: string; tones: readonly string[]; at: number }[] = [];
  const reportedAt = new Map<string, number>();
  const due: { at: number; work: () => Promise<unknown> }[] = [];
  const reports = new Set<() => Promise<unknown>>();
  const recordReport = makeReportRecorder(at.ports);
  const press = makeTonePresser(at.ports);

  async function report(context: string): Promise<void> {
    if (!reportedAt.has(context)) reportedAt.set(context, at.world.time);
    const operationId = `op of ${context}`;
    await recordReport({
      clientContext: context,
      callId: 'call-1',
      operationId,
      completionReason: completionReason(context),
    });
  }
  /** Runs what is due until then; the queue's messages become due as they are put there. */
  let taken = 0;
  function takeQueued(): void {
    for (; taken < at.queued.length; taken += 1) {
      const { message, delayMs } = at.queued[taken] as (typeof at.queued)[number];
      // A queue rounds up.
      const visibleAt = at.world.time + Math.ceil(delayMs / SECONDS) * SECONDS;
      for (let copy = 0; copy < (message.waits === 0 ? times : 1); copy += 1)
        due.push({ at: visibleAt + copy * 30, work: () => press(message, { redelivered: copy > 0 }) });
    }
  }
  async function runUntil(end: number): Promise<void> {
    for (let step = 0; step < 500; step += 1) {
      takeQueued();
      due.sort((one, other) => one.at - other.at);
      const next = due[0];
      if (next === undefined || next.at > end) return;
      due.shift();
      at.world.time = Math.max(at.world.time, next.at);
      await next.work();
    }
    throw new Error('it never ends');
  }
  if (room) {
    // While one delivery sleeps, others are worked on; only reports here, as a delivery would sleep, too.
    at.giveRoom(async () => {
      for (const item of due.filter(({ at: dueAt, work }) => dueAt <= at.world.time && reports.has(work))) {
        due.splice(due.indexOf(item), 1);
        await item.work();
      }
    });
  }
  at.world.reply = ({ clientContext, tones }) => {
    const answer = reply?.(clientContext) ?? { kind: 'running', operationId: `op of ${clientContext}` };
    if (answer.kind !== 'running') return answer;
    pressed.push({ context: clientContext, tones, at: at.world.time });
    const afterMs = reportMs(clientContext);
    for (let copy = 0; afterMs !== undefined && copy < times; copy += 1) {
      if (afterMs === 0 && copy === 0) at.next('outcomes.merge', () => report(clientContext));
      else {
        const work = () => report(clientContext);
        reports.add(work);
        due.push({ at: at.world.time + afterMs + copy * 40, work });
      }
    }
    return answer;
  };

  await makeToneAcceptor(at.ports)({
    clientContext: 'me',
    callId: 'call-1',
    tones: ['tone1'],
    pauseMs: 2500,
    rest: [
      { pauseMs: 500, tones: ['tone8', 'tone6'] },
      { pauseMs: 8000, tones: ['pound'] },
    ],
    expiresInSeconds: 10,
  });
  await runUntil(T0 + 200_000);
  at.world.time = T0 + 200_000;
  await makeOutcomeReader(at.ports)('me');
  return { at, pressed, reportedAt };
}

const ALL = [
  { context: 'me', tones: ['tone1'] },
  { context: 'me;part=2', tones: ['tone8', 'tone6'] },
  { context: 'me;part=3', tones: ['pound'] },
];

describe('every part is pressed once, in order, after its pause and not too late', () => {
  test.each([
    ['as everything comes once', {}],
    ['as everything comes twice', { times: 2 }],
    ['as reports come before the replies are recorded', { reportMs: () => 0 }],
    ['as reports come early and twice', { reportMs: () => 0, times: 2 }],
    ['as reports come after seconds', { reportMs: () => 7300 }],
    ['as the process has no room to wait', { room: false }],
    ['as the process has no room to wait, and everything comes twice', { room: false, times: 2 }],
  ] as [string, Wishes][])('%s', async (_what, wishes) => {
    const { at, pressed, reportedAt } = await live(wishes);
    expect(pressed.map(({ context, tones }) => ({ context, tones }))).toEqual(ALL);
    const [first, second, third] = pressed.map((one) => one.at) as [number, number, number];
    expect(first).toBeGreaterThanOrEqual(T0 + 2500);
    for (const [start, before, pauseMs] of [
      [second, 'me', 500],
      [third, 'me;part=2', 8000],
    ] as const) {
      const pauseEnds = (reportedAt.get(before) ?? Infinity) + pauseMs;
      expect(start).toBeGreaterThanOrEqual(pauseEnds);
      expect(start).toBeLessThanOrEqual(pauseEnds + 4000);
    }
    expect(at.row('me')).toMatchObject({
      status: 'succeeded',
      playedToneCount: 4,
      part: 3,
      sentAt: first,
      operationId: 'op of me;part=3',
    });
  });
});

describe('nothing is pressed after a part that', () => {
  test.each([
    ['was canceled', 'mediaOperationCanceled', 'canceled'],
    ['failed', 'unknown', 'failed'],
  ] as const)('%s', async (_what, reason, status) => {
    for (const times of [1, 2]) {
      const completionReason = (context: string) => (context === 'me;part=2' ? reason : PLAYED);
      const { at, pressed } = await live({ completionReason, times });
      expect(pressed.map(({ context }) => context)).toEqual(['me', 'me;part=2']);
      expect(at.row('me')).toMatchObject({ status, playedToneCount: 1, part: 2 });
    }
  });

  test('nobody reported', async () => {
    const { at, pressed } = await live({ reportMs: (context) => (context === 'me;part=2' ? undefined : 200) });
    expect(pressed.map(({ context }) => context)).toEqual(['me', 'me;part=2']);
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'notification-missing', playedToneCount: 1 });
  });

  test('was reported when the request had been given up', async () => {
    const { at, pressed } = await live({ reportMs: (context) => (context === 'me;part=2' ? 90_000 : 200) });
    expect(pressed.map(({ context }) => context)).toEqual(['me', 'me;part=2']);
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'sequence-interrupted', playedToneCount: 3 });
  });

  test('may have been pressed', async () => {
    const { at, pressed } = await live({
      reply: (context) =>
        context === 'me;part=2' ? { kind: 'uncertain', fault: { code: 'graph-timeout' } } : { kind: 'running' },
    });
    expect(pressed.map(({ context }) => context)).toEqual(['me']);
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'graph-timeout', playedToneCount: 1 });
  });
});

describe('a later part that Graph refuses for the moment', () => {
  const refusing = (refusals: number) => {
    let left = refusals;
    return (context: string): PressReply => {
      if (context !== 'me;part=2' || left === 0) return { kind: 'running', operationId: `op of ${context}` };
      left -= 1;
      return { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true };
    };
  };

  test('is pressed once it is taken, within its lateness', async () => {
    const { at, pressed } = await live({ reply: refusing(1) });
    expect(pressed.map(({ context, tones }) => ({ context, tones }))).toEqual(ALL);
    // What held up the second part is no matter of the third.
    expect(at.row('me')).toMatchObject({ status: 'succeeded', waitCode: '' });
  });

  test('is not pressed any more after that, and the request says why', async () => {
    const { at, pressed } = await live({ reply: refusing(9) });
    expect(pressed.map(({ context }) => context)).toEqual(['me']);
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'media-busy', playedToneCount: 1 });
  });

  test('does not lend its reason to the next one', async () => {
    const { at } = await live({
      reply: refusing(1),
      reportMs: (context) => (context === 'me;part=3' ? undefined : 200),
    });
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'notification-missing', playedToneCount: 3 });
  });
});
