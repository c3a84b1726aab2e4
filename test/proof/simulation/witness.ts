// Sees everything that happens in a simulated world, knows the truth, and says which promises were broken.
// The promises are those of docs/reliability.md; the rules under proof know nothing of it.
import type { ReportedStatus } from '../../../shared/tones/facts/operation-report';
import { callKeyOf } from '../../../shared/tones/facts/call-facts';
import { isFinal, type OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import type { FaultName } from './faults';
import type { SimulatedStorage } from './simulated-storage';

export const PROMISES = [
  'double press',
  'lost',
  'not final',
  'final too late',
  'false status',
  'late press',
  'order inversion',
  'unexplained unknown',
  'unexplained expired',
  'callback lost',
] as const;
export type Promised = (typeof PROMISES)[number];

/** What a witness must see of a world. */
export interface Witnessed {
  readonly time: { readonly now: number };
  readonly storage: SimulatedStorage;
  readonly tracing: boolean;
}

export interface Violation {
  readonly promise: Promised;
  readonly clientContext: string;
  readonly detail: string;
}

export interface SeenPress {
  readonly clientContext: string;
  readonly callId: string;
  readonly at: number;
  readonly endsAt: number;
  readonly result: ReportedStatus;
}

interface SeenRequest {
  readonly callId: string;
  readonly askedAt: number;
  readonly expiresInMs: number;
  /** When a caller was first told 202. */
  toldAt?: number;
}

interface TimerRun {
  readonly startedAt: number;
  ok?: boolean;
}

/** What may leave nobody able to tell. Storage faults are judged by where they struck: see `explainsUnknown`. */
const EXPLAIN_UNKNOWN: readonly FaultName[] = [
  'kill',
  'graphFaultAfter',
  'graphFaultBefore',
  'graphReset',
  'graphSlow',
  'tokenHung',
  'notificationLost',
  'notificationLate',
];

/** What keeps no request from being pressed in ample time. */
const EXPLAIN_NO_DELAY: readonly FaultName[] = [
  'storageRepeated',
  'redelivered',
  'deleteLost',
  'callerAnswerLost',
  'callerTwice',
  'notificationTwice',
  'notificationLate',
  'notificationLost',
];
const AMPLE_TIME_MS = 60_000;

/** The rules repeat a write after the claim so often before they leave the row to its watch. */
const MOST_WRITES = 3;

/** The contract: the timer does it within 90 seconds; up to two failed runs are survived by its interval of 30. */
const FINAL_WITHIN_MS = 90_000;

export class Witness {
  readonly violations: Violation[] = [];
  readonly traces: string[] = [];
  readonly presses: SeenPress[] = [];
  readonly requests = new Map<string, SeenRequest>();
  faultCount = 0;
  private readonly notes = new Map<string, Set<FaultName>>();
  private readonly stored = new Set<string>();
  private readonly subscribed = new Set<string>();
  private readonly storageFaults = new Map<string, number>();
  private readonly lostClaims = new Set<string>();
  private readonly repeatedClaims = new Set<string>();
  private readonly timerRuns: TimerRun[] = [];

  constructor(private readonly world: Witnessed) {}

  trace(clientContext: string, text: string): void {
    this.traces.push(`${String(this.world.time.now % 100_000_000).padStart(9)} ${clientContext.padEnd(6)} ${text}`);
  }

  fault(name: FaultName, clientContext: string): void {
    this.faultCount += 1;
    this.note(name, clientContext);
  }

  note(name: FaultName, clientContext: string): void {
    if (this.world.tracing) this.trace(clientContext, `FAULT ${name}`);
    const noted = this.notes.get(clientContext);
    if (noted) noted.add(name);
    else this.notes.set(clientContext, new Set([name]));
  }

  /** A storage fault, and whether it struck a claim: then nobody can tell who holds it. */
  storageFault(
    name: 'storageRefused' | 'storageAnswerLost' | 'storageRepeated',
    clientContext: string,
    isClaim: boolean,
  ): void {
    if (name !== 'storageRepeated')
      this.storageFaults.set(clientContext, (this.storageFaults.get(clientContext) ?? 0) + 1);
    if (isClaim && name === 'storageAnswerLost') this.lostClaims.add(clientContext);
    if (isClaim && name === 'storageRepeated') this.repeatedClaims.add(clientContext);
  }

  violation(promise: Promised, clientContext: string, detail: string): void {
    this.violations.push({ promise, clientContext, detail });
    if (this.world.tracing) this.trace(clientContext, `VIOLATION ${promise}: ${detail}`);
  }

  asked(clientContext: string, callId: string, expiresInMs: number): void {
    if (!this.requests.has(clientContext))
      this.requests.set(clientContext, { callId, askedAt: this.world.time.now, expiresInMs });
  }

  accepted(clientContext: string): void {
    const request = this.requests.get(clientContext);
    if (request) request.toldAt ??= this.world.time.now;
  }

  /** A caller was told 200: its callback will hear the end. */
  subscribedTo(clientContext: string): void {
    this.subscribed.add(clientContext);
  }

  /** A notification of the end of its operation was stored. */
  told(clientContext: string): void {
    this.stored.add(clientContext);
  }

  pressed(press: SeenPress): void {
    this.presses.push(press);
    if (this.world.tracing)
      this.trace(press.clientContext, `PRESSED until ${press.endsAt % 100_000_000}, ${press.result}`);
  }

  timerStarted(startedAt: number): TimerRun {
    const run: TimerRun = { startedAt };
    this.timerRuns.push(run);
    return run;
  }

  timerEnded(run: TimerRun, ok: boolean): void {
    run.ok = ok;
  }

  /** Statuses never leave a final state, save `unknown` to what Graph answered; and rows end in time. */
  rowWritten(clientContext: string, before: OutcomeFacts | undefined, after: OutcomeFacts): void {
    if (before === undefined || before.status === after.status) return;
    if (
      isFinal(before.status) &&
      !(before.status === 'unknown' && ['succeeded', 'failed', 'canceled'].includes(after.status))
    ) {
      this.violation('false status', clientContext, `${before.status} became ${after.status}`);
    }
    if (isFinal(before.status) || !isFinal(after.status)) return;
    const dueAt = (before.status === 'accepted' ? before.expiresAt : before.watchUntil) ?? 0;
    const latestAt = dueAt + FINAL_WITHIN_MS;
    if (this.world.time.now <= latestAt) return;
    const failedRuns = this.timerRuns.filter(
      (run) => run.startedAt > dueAt && run.startedAt < latestAt && run.ok !== true,
    ).length;
    if (failedRuns < 2)
      this.violation('final too late', clientContext, `${this.world.time.now - dueAt} ms after it was due`);
  }

  /** Once nothing happens any more: compares every row with the truth. */
  judge(): void {
    for (const [clientContext, request] of this.requests) {
      const row = this.world.storage.outcomes.read(clientContext);
      const presses = this.presses.filter((press) => press.clientContext === clientContext);
      if (presses.length > 1) this.violation('double press', clientContext, `${presses.length} presses`);
      const [press] = presses;
      if (row === undefined) {
        if (request.toldAt !== undefined || press)
          this.violation('lost', clientContext, 'accepted or pressed, and there is no row');
        continue;
      }
      if (!isFinal(row.status)) this.violation('not final', clientContext, row.status);
      if (press && press.at > (row.expiresAt ?? 0))
        this.violation('late press', clientContext, `${press.at - (row.expiresAt ?? 0)} ms after its deadline`);
      this.judgeStatus(clientContext, row, press);
    }
    this.judgeOrder();
    this.judgeChains();
  }

  /** The receiver of every callback that was promised was told the end, and a late change of it. */
  judgeCallbacks(told: ReadonlyMap<string, string>): void {
    for (const clientContext of this.subscribed) {
      const status = this.world.storage.outcomes.read(clientContext)?.status;
      if (told.get(clientContext) !== status)
        this.violation(
          'callback lost',
          clientContext,
          `${status}, its callback was told ${told.get(clientContext) ?? 'nothing'}`,
        );
    }
  }

  /** Once a message was handled: a request that was told 202 and may still be pressed has another one. */
  messageDropped(clientContext: string, liveMessages: number): void {
    const row = this.world.storage.outcomes.read(clientContext);
    if (liveMessages > 0 || row?.status !== 'accepted' || this.world.time.now >= (row.expiresAt ?? 0)) return;
    if (
      this.requests.get(clientContext)?.toldAt === undefined ||
      (this.storageFaults.get(clientContext) ?? 0) >= MOST_WRITES
    )
      return;
    this.violation('lost', clientContext, 'its only message was dropped while it could still be pressed');
  }

  /** No request may wait for itself. */
  private judgeChains(): void {
    const { outcomes } = this.world.storage;
    for (const start of this.requests.keys()) {
      const seen = new Set<string>();
      for (let current = start; current !== ''; current = outcomes.read(current)?.after ?? '') {
        if (seen.has(current)) {
          this.violation('order inversion', start, 'its chain of predecessors is a circle');
          break;
        }
        seen.add(current);
      }
    }
  }

  private judgeStatus(clientContext: string, row: OutcomeFacts, press: SeenPress | undefined): void {
    const isReported =
      row.status === 'succeeded' ||
      row.status === 'canceled' ||
      (row.status === 'failed' && row.errorCode === 'operation-failed');
    if (isReported && row.status !== press?.result)
      this.violation('false status', clientContext, `${row.status}, in truth ${press?.result ?? 'not pressed'}`);
    const saysNotPressed = row.status === 'expired' || (row.status === 'failed' && !isReported);
    if (saysNotPressed && press)
      this.violation('false status', clientContext, `${row.status} ${row.errorCode}, in truth pressed`);
    if (row.status === 'expired' && !this.explainsExpired(clientContext))
      this.violation('unexplained expired', clientContext, 'alone on its call, with ample time and no delay');
    if (row.status !== 'unknown') return;
    if (this.stored.has(clientContext) && press)
      this.violation('false status', clientContext, 'unknown, although its notification was stored');
    else if (row.errorCode !== 'call-ended-meanwhile' && !this.explainsUnknown(clientContext))
      this.violation('unexplained unknown', clientContext, row.errorCode ?? '');
  }

  private explainsUnknown(clientContext: string): boolean {
    if (this.noted(clientContext, EXPLAIN_UNKNOWN) || this.lostClaims.has(clientContext)) return true;
    const storageFaults = this.storageFaults.get(clientContext) ?? 0;
    return storageFaults >= MOST_WRITES || (storageFaults > 0 && this.repeatedClaims.has(clientContext));
  }

  /** Other requests on the call, a short deadline, or a fault that delays. */
  private explainsExpired(clientContext: string): boolean {
    const request = this.requests.get(clientContext);
    const isAlone = [...this.requests.values()].filter((other) => other.callId === request?.callId).length === 1;
    const harmless = [...(this.notes.get(clientContext) ?? [])].every((name) => EXPLAIN_NO_DELAY.includes(name));
    return !isAlone || (request?.expiresInMs ?? 0) < AMPLE_TIME_MS || !harmless;
  }

  private noted(clientContext: string, names: readonly FaultName[]): boolean {
    const notes = this.notes.get(clientContext);
    return notes !== undefined && names.some((name) => notes.has(name));
  }

  /** On one call: pressed in the order accepted, and never two at a time. */
  private judgeOrder(): void {
    const byCall = Map.groupBy(this.presses, (press) => callKeyOf(press.callId));
    for (const presses of byCall.values()) {
      for (const [position, later] of presses.entries()) {
        for (const earlier of presses.slice(0, position)) {
          if (later.clientContext === earlier.clientContext) continue;
          if (later.at < earlier.endsAt)
            this.violation('order inversion', later.clientContext, `pressed while ${earlier.clientContext} sounded`);
          const first = this.requests.get(later.clientContext);
          const second = this.requests.get(earlier.clientContext);
          if (first?.toldAt !== undefined && second && first.toldAt < second.askedAt) {
            this.violation(
              'order inversion',
              later.clientContext,
              `accepted before ${earlier.clientContext} was asked for, pressed after it`,
            );
          }
        }
      }
    }
  }
}
