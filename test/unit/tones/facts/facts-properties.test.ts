// What holds whatever the order: the real rules, driven by any sequence of what may befall one request.
import fc from 'fast-check';
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import { makeToneBurier } from '../../../../shared/tones/upkeep/bury-tones';
import { makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import { makeOutcomeReader } from '../../../../shared/tones/upkeep/read-outcome';
import type { OperationReport } from '../../../../shared/tones/facts/operation-report';
import type { ToneStatus } from '../../../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeAttemptRecorder } from '../../../../shared/tones/delivery/press/record-attempt';
import { makeCallStateRecorder } from '../../../../shared/tones/delivery/record-call-state';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import type { ToneRequest } from '../../../../shared/tones/request/tone-request';
import {
  StorageDown,
  T0,
  makeTonesPorts,
  type Fate,
  type Operation,
  type TonesPorts,
} from '../../../support/tones-ports';

const REQUEST: ToneRequest = { clientContext: 'me', callId: 'call-1', tones: ['tone7', 'star'], expiresInSeconds: 60 };
const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7', 'star'],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
};
const NAMES = { clientContext: 'me', callId: 'call-1', operationId: 'op-1' };

/** What Graph may report, and by hand what it means. */
const REPORTS = {
  succeeded: { ...NAMES, status: 'completed', completionReason: 'completedSuccessfully', resultInfo: { code: 200 } },
  canceled: { ...NAMES, status: 'completed', completionReason: 'mediaOperationCanceled' },
  failed: { ...NAMES, status: 'failed', completionReason: 'unknown', resultInfo: { code: 500, subcode: 9999 } },
} satisfies Record<string, OperationReport>;
type Reported = keyof typeof REPORTS;

const reportedStatus = fc.constantFrom<Reported[]>('succeeded', 'canceled', 'failed');
/** Up to two minutes: every watch and deadline may pass between two events. */
const pause = fc.integer({ min: 0, max: 120_000 });

/** What adds no end of its own to a claimed request. */
const NEUTRAL = {
  'asked again': (at: TonesPorts) => makeToneAcceptor(at.ports)(REQUEST),
  'delivered again': (at: TonesPorts) => makeTonePresser(at.ports)(MESSAGE),
  'given up by the queue': (at: TonesPorts) => makeToneBurier(at.ports)(MESSAGE),
  read: (at: TonesPorts) => makeOutcomeReader(at.ports)('me'),
  'looked at by the timer': (at: TonesPorts) => makeOverdueCloser(at.ports)(),
  'the call ended': (at: TonesPorts) => makeCallStateRecorder(at.ports)({ callId: 'call-1', ended: true }),
} satisfies Record<string, (at: TonesPorts) => Promise<unknown>>;
const neutral = fc.constantFrom(...(Object.keys(NEUTRAL) as (keyof typeof NEUTRAL)[]));

/** A request whose press is on its way, and the answer to it, to be recorded at any time. */
async function claimed() {
  const at = makeTonesPorts();
  let answered: (reply: PressReply) => Promise<unknown> = () => Promise.resolve();
  await makeToneAcceptor(at.ports)(REQUEST);
  const etag = at.change('me', {
    status: 'sending',
    claimId: 'mine',
    claimedAt: T0,
    watchUntil: T0 + 30_000,
    settledAt: T0 + 45_500,
  });
  answered = (reply) =>
    makeAttemptRecorder(at.ports)(
      {
        message: MESSAGE,
        part: 1,
        deadline: MESSAGE.expiresAt,
        claimId: 'mine',
        claimedAt: T0,
        row: { ...NAMES, status: 'sending', claimId: 'mine', claimedAt: T0, etag },
      },
      reply,
      T0,
    );
  return { at, answered };
}

/** Plays events with pauses; the answer to the press comes once, at the given place. */
async function play(
  events: readonly (readonly [Reported | keyof typeof NEUTRAL, number])[],
  reply: PressReply,
  place: number,
) {
  const { at, answered } = await claimed();
  for (const [position, [event, pauseMs]] of events.entries()) {
    if (position === place) await answered(reply);
    at.world.time += pauseMs;
    await (event in REPORTS
      ? makeReportRecorder(at.ports)(REPORTS[event as Reported])
      : NEUTRAL[event as keyof typeof NEUTRAL](at));
  }
  if (place >= events.length) await answered(reply);
  return at;
}

const replyOf = (end: Reported) =>
  fc.constantFrom<PressReply>(
    { kind: 'running', operationId: 'op-1' },
    { kind: 'uncertain', fault: { code: 'graph-timeout' } },
    { kind: 'ended', report: REPORTS[end] },
  );

test('reports that agree come to the same status, however often and in whatever order they and everything else come', async () => {
  const histories = reportedStatus.chain((end) =>
    fc.tuple(
      fc.constant(end),
      fc.array(fc.tuple(fc.oneof(neutral, fc.constant(end)), pause), { maxLength: 8 }),
      fc.array(fc.tuple(neutral, pause), { maxLength: 4 }),
      replyOf(end),
      fc.nat({ max: 12 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(histories, async ([end, before, after, reply, place]) => {
      const at = await play([...before, [end, 0], ...after], reply, place);
      expect(at.row('me')).toMatchObject({
        status: end,
        operationId: 'op-1',
        sentAt: T0,
        completionReason: REPORTS[end].completionReason,
      });
      expect(at.row('me')?.errorCode || undefined).toBe(
        { succeeded: undefined, canceled: 'operation-canceled', failed: 'operation-failed' }[end],
      );
    }),
    { numRuns: 300 },
  );
});

test('of reports that contradict each other the first stands', async () => {
  const reply = fc.constantFrom<PressReply>(
    { kind: 'running' },
    { kind: 'uncertain', fault: { code: 'graph-connection-lost' } },
  );
  const events = fc.array(fc.tuple(fc.oneof(neutral, reportedStatus, reportedStatus), pause), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(
      reportedStatus,
      events,
      events,
      reply,
      fc.nat({ max: 20 }),
      async (first, before, after, answer, place) => {
        const quiet = before.filter(([event]) => !(event in REPORTS));
        const at = await play([...quiet, [first, 0], ...after], answer, place);
        expect(at.row('me')?.status).toBe(first);
        const others = after.filter(([event]) => event in REPORTS && event !== first).length;
        expect(at.logged.filter(([, event]) => event === 'report-contradicts')).toHaveLength(others);
      },
    ),
    { numRuns: 300 },
  );
});

/** The state machine of docs: what a write may make of a status. */
const MAY_BECOME: Readonly<Record<ToneStatus, readonly ToneStatus[]>> = {
  accepted: ['accepted', 'sending', 'failed', 'expired'],
  sending: ['accepted', 'running', 'succeeded', 'failed', 'canceled', 'expired', 'unknown'],
  running: ['succeeded', 'failed', 'canceled', 'unknown'],
  pausing: [],
  unknown: ['succeeded', 'failed', 'canceled', 'unknown'],
  succeeded: ['succeeded'],
  failed: ['failed'],
  canceled: ['canceled'],
  expired: ['expired'],
};

const ANSWERS = {
  running: { kind: 'running', operationId: 'op-1' },
  ended: { kind: 'ended', report: REPORTS.failed },
  uncertain: { kind: 'uncertain', fault: { code: 'graph-timeout' } },
  busy: { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true },
  gone: { kind: 'refused', fault: { code: 'call-not-found' }, again: 'never', answered: true },
} satisfies Record<string, PressReply>;

const OPERATIONS: readonly Operation[] = [
  'outcomes.read',
  'outcomes.insert',
  'outcomes.merge',
  'calls.read',
  'calls.insert',
  'calls.merge',
  'index.open',
  'index.close',
  'index.closeUnlessReopened',
  'queue.enqueue',
  'queue.enqueueOnce',
];

type Step =
  | { readonly does: 'delivers'; readonly message: number; readonly answer: keyof typeof ANSWERS }
  | { readonly does: 'reports'; readonly end: Reported }
  | { readonly does: 'lets'; readonly what: Exclude<keyof typeof NEUTRAL, 'delivered again'> };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('delivers' as const),
      message: fc.nat({ max: 5 }),
      answer: fc.constantFrom(...(Object.keys(ANSWERS) as (keyof typeof ANSWERS)[])),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('reports' as const), end: reportedStatus }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('lets' as const),
      what: fc.constantFrom('asked again', 'given up by the queue', 'read', 'looked at by the timer', 'the call ended'),
    }),
  },
);

async function take(at: TonesPorts, taken: Step): Promise<unknown> {
  switch (taken.does) {
    case 'delivers': {
      const message = at.queued[taken.message % Math.max(1, at.queued.length)]?.message;
      return message && makeTonePresser(at.ports)(message);
    }
    case 'reports':
      return makeReportRecorder(at.ports)(REPORTS[taken.end]);
    case 'lets':
      return NEUTRAL[taken.what](at);
    default:
      return taken satisfies never;
  }
}

test('whatever fails, a status only moves as the state machine allows, and the tones are pressed at most once and kept nowhere', async () => {
  const faults = fc.option(
    fc.tuple(fc.constantFrom(...OPERATIONS), fc.constantFrom<Fate[]>('fails', 'answer lost', 'repeated')),
    { nil: undefined, freq: 3 },
  );
  const history = fc.array(fc.tuple(step, fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40_000 })), faults), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const at = makeTonesPorts();
      const moves: string[] = [];
      at.stored.outcomes.onWrite = (_key, before, after) => {
        if (before && !MAY_BECOME[before.status].includes(after.status))
          moves.push(`${before.status} -> ${after.status}`);
      };
      let presses = 0;
      await makeToneAcceptor(at.ports)(REQUEST);
      for (const [taken, pauseMs, fault] of steps) {
        at.world.time += pauseMs;
        if (fault) at.next(...fault);
        if (taken.does === 'delivers') {
          at.world.reply = () => {
            const reply = ANSWERS[taken.answer];
            presses += reply.kind === 'refused' ? 0 : 1;
            return reply;
          };
        }
        await take(at, taken).catch((error: unknown) => {
          if (!(error instanceof StorageDown)) throw error;
        });
      }
      expect(moves).toEqual([]);
      expect(presses).toBeLessThanOrEqual(1);
      expect(['accepted', 'expired'].includes(at.row('me')?.status ?? '') ? presses : 0).toBe(0);
      expect(at.keptText()).not.toMatch(/tone7|star/);
    }),
    { numRuns: 500 },
  );
});
