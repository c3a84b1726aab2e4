// What a request adds to the metrics over its whole life: each press, each end and each time once, whoever ends it and however often
// others look at it afterwards. The rules run; their log lines are counted as the app counts them.
import { measurementsOf } from '../../../shared/telemetry/measurements';
import { makeToneAcceptor } from '../../../shared/tones/delivery/accept-tones';
import { makeTonePresser } from '../../../shared/tones/delivery/press/press-tones';
import { makeCallStateRecorder } from '../../../shared/tones/delivery/record-call-state';
import { makeReportRecorder } from '../../../shared/tones/delivery/record-report';
import type { PressReply } from '../../../shared/tones/ports/graph-calls';
import { makeToneBurier } from '../../../shared/tones/upkeep/bury-tones';
import { makeOverdueCloser } from '../../../shared/tones/upkeep/close-overdue';
import { makeOutcomeReader } from '../../../shared/tones/upkeep/read-outcome';
import { T0, makeTonesPorts, type Fate, type Operation } from '../../support/tones-ports';

const CALL = 'call-1';
const REPORT = {
  clientContext: 'order-42',
  callId: CALL,
  status: 'completed',
  completionReason: 'completedSuccessfully',
};

function makeLife() {
  const at = makeTonesPorts();
  const accept = makeToneAcceptor(at.ports);
  const press = makeTonePresser(at.ports);
  const report = makeReportRecorder(at.ports);
  const recordCallState = makeCallStateRecorder(at.ports);
  const bury = makeToneBurier(at.ports);
  const closeOverdue = makeOverdueCloser(at.ports);
  const read = makeOutcomeReader(at.ports);
  const life = {
    /** Milliseconds since the request was asked for. */
    at: (ms: number) => void (at.world.time = T0 + ms),
    meets: (operation: Operation, ...fates: Fate[]) => at.next(operation, ...fates),
    ask: (clientContext = 'order-42') =>
      accept({ clientContext, callId: CALL, tones: ['tone1'], expiresInSeconds: 10 }),
    /** Delivers the message that was put on the queue last; it was due when the request was asked for. */
    deliver: async () => {
      const last = at.queued.at(-1);
      if (last === undefined) throw new Error('nothing was put on the queue');
      await press({ ...last.message, dueAt: T0 });
    },
    graphAnswers: (reply: PressReply, afterMs = 0) => {
      at.world.reply = () => {
        at.world.time += afterMs;
        return reply;
      };
    },
    /** Meanwhile Graph's answer is on its way. */
    whilePressing: (work: () => Promise<unknown>) => {
      at.next('outcomes.merge', 'executed', work);
    },
    report: () => report(REPORT),
    endCall: () => recordCallState({ callId: CALL, state: 'terminated', ended: true }),
    bury: () => bury({ clientContext: 'order-42' }),
    timer: () => closeOverdue(),
    reader: () => read('order-42'),
    /** Everybody looks once more: the queue, Graph, the timer, a reader, the poison queue, the call. */
    lookAgain: async () => {
      if (at.queued.length > 0) await life.deliver();
      await life.report();
      await life.timer();
      await life.reader();
      await life.bury();
      await life.endCall();
    },
    /** Counters are sums; histograms list the seconds. */
    measured: () => {
      const sums: Record<string, number> = {};
      const seconds: Record<string, number[]> = {};
      for (const { metric, value, attributes } of at.logged.flatMap(([, event, fields]) =>
        measurementsOf(event, fields),
      )) {
        const isTime = ['tones.accept_to_press', 'tones.press_to_outcome', 'tones.queue_wait'].includes(metric);
        const name = [metric, ...Object.values(attributes)].join(' ');
        if (isTime) (seconds[name] ??= []).push(value);
        else sums[name] = (sums[name] ?? 0) + value;
      }
      return { ...sums, ...seconds };
    },
  };
  return life;
}

const PRESSED_AFTER_700_MS = {
  'tones.accepted': 1,
  'tones.pressed': 1,
  'tones.accept_to_press': [0.7],
  'tones.queue_wait': [0.7],
};

async function pressed(life: ReturnType<typeof makeLife>): Promise<void> {
  await life.ask();
  life.at(700);
  await life.deliver();
}

test('success by a notification', async () => {
  const life = makeLife();
  await pressed(life);
  life.at(2700);
  await life.report();
  await life.lookAgain();
  expect(life.measured()).toEqual({
    ...PRESSED_AFTER_700_MS,
    'tones.outcomes succeeded': 1,
    'tones.press_to_outcome': [2],
  });
});

test('success in the reply', async () => {
  const life = makeLife();
  life.graphAnswers({ kind: 'ended', report: REPORT }, 400);
  await pressed(life);
  await life.lookAgain();
  expect(life.measured()).toEqual({
    ...PRESSED_AFTER_700_MS,
    'tones.outcomes succeeded': 1,
    'tones.press_to_outcome': [0.4],
  });
});

test('a notification that overtakes the reply: the time between them is known to nobody', async () => {
  const life = makeLife();
  life.whilePressing(life.report);
  await pressed(life);
  await life.lookAgain();
  expect(life.measured()).toEqual({ ...PRESSED_AFTER_700_MS, 'tones.outcomes succeeded': 1 });
});

test('a refusal: no press', async () => {
  const life = makeLife();
  const fault = { code: 'call-not-found' } as const;
  life.graphAnswers({ kind: 'refused', fault, again: 'never', answered: true });
  await pressed(life);
  await life.lookAgain();
  expect(life.measured()).toEqual({
    'tones.accepted': 1,
    'tones.outcomes failed call-not-found': 1,
    'tones.queue_wait': [0.7],
  });
});

test.each(['deliver', 'timer', 'reader'] as const)('an expiry that %s finds first', async (finder) => {
  const life = makeLife();
  await life.ask();
  life.at(10_000);
  await life[finder]();
  await life.lookAgain();
  expect(life.measured()).toEqual({ 'tones.accepted': 1, 'tones.outcomes expired expired': 1 });
});

test('a call that had ended before the request was asked for', async () => {
  const life = makeLife();
  await life.endCall();
  await life.ask();
  await life.lookAgain();
  expect(life.measured()).toEqual({ 'tones.accepted': 1, 'tones.outcomes failed call-ended': 1 });
});

test('a call that ends while the request waits', async () => {
  const life = makeLife();
  await life.ask();
  await life.endCall();
  await life.lookAgain();
  expect(life.measured()).toEqual({ 'tones.accepted': 1, 'tones.outcomes failed call-ended': 1 });
});

test('a call that ends while the tones sound, and their report', async () => {
  const life = makeLife();
  await pressed(life);
  await life.endCall();
  life.at(1700);
  await life.report();
  await life.lookAgain();
  expect(life.measured()).toEqual({
    ...PRESSED_AFTER_700_MS,
    'tones.outcomes unknown call-ended-meanwhile': 1,
    'tones.outcomes succeeded': 1,
    'tones.press_to_outcome': [1],
  });
});

test('a poison message', async () => {
  const life = makeLife();
  await life.ask();
  await life.bury();
  await life.lookAgain();
  expect(life.measured()).toEqual({ 'tones.accepted': 1, 'tones.outcomes failed delivery-failed': 1 });
});

test('unknown as no notification came, and then a report', async () => {
  const life = makeLife();
  await pressed(life);
  life.at(60_700);
  await life.timer();
  await life.reader();
  life.at(70_700);
  await life.report();
  await life.lookAgain();
  expect(life.measured()).toEqual({
    ...PRESSED_AFTER_700_MS,
    'tones.outcomes unknown notifications-never-seen': 1,
    'tones.outcomes succeeded': 1,
    'tones.press_to_outcome': [70],
  });
});

test('a doubt, and then a report', async () => {
  const life = makeLife();
  life.graphAnswers({ kind: 'uncertain', fault: { code: 'graph-timeout' } });
  await pressed(life);
  life.at(1700);
  await life.report();
  await life.lookAgain();
  expect(life.measured()).toEqual({
    ...PRESSED_AFTER_700_MS,
    'tones.outcomes unknown graph-timeout': 1,
    'tones.outcomes succeeded': 1,
    'tones.press_to_outcome': [1],
  });
});

test('a request that is asked for twice is accepted once', async () => {
  const life = makeLife();
  await life.ask();
  await life.ask();
  expect(life.measured()).toEqual({ 'tones.accepted': 1 });
});

describe('a write that the SDK repeats, as its answer was lost, counts once', () => {
  test('the recording of the reply', async () => {
    const life = makeLife();
    life.graphAnswers({ kind: 'ended', report: REPORT }, 400);
    life.meets('outcomes.merge', 'executed', 'repeated');
    await pressed(life);
    await life.lookAgain();
    expect(life.measured()).toEqual({
      ...PRESSED_AFTER_700_MS,
      'tones.outcomes succeeded': 1,
      'tones.press_to_outcome': [0.4],
    });
  });

  test.each([
    ['timer', 10_000, 'expired expired'],
    ['reader', 10_000, 'expired expired'],
    ['endCall', 100, 'failed call-ended'],
    ['bury', 100, 'failed delivery-failed'],
  ] as const)('the end by %s', async (who, ms, outcome) => {
    const life = makeLife();
    await life.ask();
    life.at(ms);
    life.meets('outcomes.merge', 'repeated');
    await life[who]();
    await life.lookAgain();
    expect(life.measured()).toEqual({ 'tones.accepted': 1, [`tones.outcomes ${outcome}`]: 1 });
  });

  test('the end by a report', async () => {
    const life = makeLife();
    await pressed(life);
    life.at(2700);
    life.meets('outcomes.merge', 'repeated');
    await life.report();
    await life.lookAgain();
    expect(life.measured()).toEqual({
      ...PRESSED_AFTER_700_MS,
      'tones.outcomes succeeded': 1,
      'tones.press_to_outcome': [2],
    });
  });

  test('the insert of the row', async () => {
    const life = makeLife();
    life.meets('outcomes.insert', 'repeated');
    await life.ask();
    expect(life.measured()).toEqual({ 'tones.accepted': 1 });
  });
});
