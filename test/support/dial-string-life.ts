// A dial string from its acceptance to its end, through all rules at once, with a queue and a Graph of the test's own:
// what was pressed and when is noted here, and compared by the test with what was asked.
import { makeToneAcceptor } from '../../shared/tones/delivery/accept-tones';
import { makeCanceler } from '../../shared/tones/delivery/cancel';
import { makeTonePresser } from '../../shared/tones/delivery/press/press-tones';
import { makeReportRecorder } from '../../shared/tones/delivery/record-report';
import type { OutcomeFacts } from '../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../shared/tones/ports/graph-calls';
import { makeOutcomeReader } from '../../shared/tones/upkeep/read-outcome';
import { StorageDown, T0, makeTonesPorts, type Fate, type Operation } from './tones-ports';

export interface Wishes {
  /** How often each message, but for copies that waited, and each report is delivered. */
  readonly times?: number;
  /** A report comes so long after its press; 0: before the reply is recorded; undefined: never. */
  readonly reportMs?: (context: string) => number | undefined;
  readonly completionReason?: (context: string) => string;
  readonly reply?: (context: string) => PressReply;
  readonly room?: boolean;
  /** A caller cancels so long after the acceptance, and again where storage fails. */
  readonly cancelMs?: number;
  /** What befalls an operation; `cancel` is the caller's cancelling. */
  readonly befalls?: (one: OneOperation, cancel: () => Promise<void>) => Fate | undefined;
}

export interface OneOperation {
  /** From 1, all operations of the life in order. */
  readonly number: number;
  readonly name: Operation;
}

/** What a caller who cancelled was answered, and how many parts were pressed by then. */
export interface CancelAnswer {
  readonly row: OutcomeFacts | undefined;
  readonly pressedBy: number;
}

export const PLAYED = 'completedSuccessfully';
const SECONDS = 1000;
const MOST_TRIES = 9;

const REQUEST = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone1'],
  pauseMs: 2500,
  rest: [
    { pauseMs: 500, tones: ['tone8', 'tone6'] },
    { pauseMs: 8000, tones: ['pound'] },
  ],
  expiresInSeconds: 10,
} as const;

/** What is pressed where nothing goes wrong. */
export const ALL = [
  { context: 'me', tones: ['tone1'] },
  { context: 'me;part=2', tones: ['tone8', 'tone6'] },
  { context: 'me;part=3', tones: ['pound'] },
];

export async function live(wishes: Wishes = {}) {
  const { times = 1, reportMs = () => 200, completionReason = () => PLAYED, reply, room = true } = wishes;
  const at = makeTonesPorts();
  const pressed: { context: string; tones: readonly string[]; at: number }[] = [];
  const answers: CancelAnswer[] = [];
  const reportedAt = new Map<string, number>();
  const due: { at: number; work: () => Promise<unknown> }[] = [];
  /** What goes on while a delivery sleeps: reports, and a caller. */
  const besides = new Set<() => Promise<unknown>>();
  const recordReport = makeReportRecorder(at.ports);
  const cancelRequest = makeCanceler(at.ports);
  const press = makeTonePresser(at.ports);

  function later(ms: number, work: () => Promise<unknown>): void {
    besides.add(work);
    due.push({ at: at.world.time + ms, work });
  }
  async function report(context: string): Promise<void> {
    if (!reportedAt.has(context)) reportedAt.set(context, at.world.time);
    const operationId = `op of ${context}`;
    const ended = {
      clientContext: context,
      callId: 'call-1',
      operationId,
      completionReason: completionReason(context),
    };
    // Graph sends again what was answered 503.
    if (!(await isDone(() => recordReport(ended)))) later(SECONDS, () => report(context));
  }
  async function cancel(): Promise<void> {
    const wasDone = await isDone(async () => {
      const row = await cancelRequest('me');
      answers.push({ row, pressedBy: pressed.length });
    });
    if (!wasDone) later(20, cancel);
  }
  async function deliver(message: Parameters<typeof press>[0], redelivered: boolean): Promise<void> {
    if (await isDone(() => press(message, { redelivered }))) return;
    due.push({ at: at.world.time + SECONDS, work: () => deliver(message, true) });
  }
  /** Runs what is due until then; the queue's messages become due as they are put there. */
  let taken = 0;
  function takeQueued(): void {
    for (; taken < at.queued.length; taken += 1) {
      const { message, delayMs } = at.queued[taken] as (typeof at.queued)[number];
      // A queue rounds up.
      const visibleAt = at.world.time + Math.ceil(delayMs / SECONDS) * SECONDS;
      for (let copy = 0; copy < (message.waits === 0 ? times : 1); copy += 1)
        due.push({ at: visibleAt + copy * 30, work: () => deliver(message, copy > 0) });
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
    // Only what goes on besides, as another delivery would sleep, too.
    at.giveRoom(async () => {
      for (const item of due.filter(({ at: dueAt, work }) => dueAt <= at.world.time && besides.has(work))) {
        due.splice(due.indexOf(item), 1);
        await item.work();
      }
    });
  }
  at.world.reply = ({ clientContext, tones }) => {
    const answer = reply?.(clientContext) ?? { kind: 'running', operationId: `op of ${clientContext}` };
    if (answer.kind !== 'running' && answer.kind !== 'ended') return answer;
    pressed.push({ context: clientContext, tones, at: at.world.time });
    const afterMs = answer.kind === 'running' ? reportMs(clientContext) : undefined;
    for (let copy = 0; afterMs !== undefined && copy < times; copy += 1) {
      if (afterMs === 0 && copy === 0) at.next('outcomes.merge', () => report(clientContext));
      else later(afterMs + copy * 40, () => report(clientContext));
    }
    return answer;
  };

  const { befalls, cancelMs } = wishes;
  if (befalls !== undefined) at.world.befalls = (number, name) => befalls({ number, name }, cancel);
  for (let tries = 0; tries < MOST_TRIES; tries += 1)
    if (await isDone(() => makeToneAcceptor(at.ports)(REQUEST))) break;
  if (cancelMs !== undefined) later(cancelMs, cancel);
  await runUntil(T0 + 200_000);
  at.world.time = T0 + 200_000;
  at.world.befalls = undefined;
  await makeOutcomeReader(at.ports)('me');
  return { at, pressed, reportedAt, answers };
}

/** False: storage failed. */
async function isDone(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof StorageDown) return false;
    throw error;
  }
}
