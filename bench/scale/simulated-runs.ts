// Runs of the timer, one after the other as Azure starts them, with the production rules over a simulated storage.
// In virtual time: the same seed gives the same runs, on any machine.
import { makeOverdueCloser } from '../../shared/tones/upkeep/close-overdue';
import { makeRetention } from '../../shared/tones/upkeep/delete-old';
import { makePace, type Pace } from '../../shared/tones/upkeep/pace';
import { seededRandom } from '../../test/proof/simulation/seeded-random';
import { makeVirtualTime, type VirtualTime } from '../../test/proof/simulation/virtual-time';
import { T0 } from '../../test/support/tones-ports';
import { makeSimulatedPorts } from './simulated-ports';
import { SimulatedRequests } from './simulated-requests';
import type { MakeStorage } from './storage-models';

/** How the timer goes through rows. */
export interface TimerPace {
  readonly start: () => Pace;
  /** In one run. */
  readonly mostDeleted: number;
}

export const ADAPTIVE: TimerPace = { start: makePace, mostDeleted: Infinity };

/** As it was chosen for the emulator. */
export const FIXED: TimerPace = {
  start: () => ({
    rowsAtATime: () => 2,
    entriesAtATime: () => 10,
    transactionsAtATime: () => 1,
    took: () => undefined,
    failed: () => undefined,
  }),
  mostDeleted: 500,
};

export interface TimerRuns {
  readonly requestsPerSecond: number;
  /** The longest pass over the open entries. */
  readonly passMs: number;
  /** The longest time from a deadline until the end was stored. */
  readonly latestMs: number;
  /** Rows that retention deletes in a second of the day, as long as there are any. */
  readonly deletedPerSecond: number;
  /** Over all rows that were looked at. */
  readonly meanRowsAtATime: number;
  readonly refused: number;
  readonly failedRuns: number;
  /** How long callers' operations waited in storage, where that depends on the timer. */
  readonly callersWaitedMs: number;
}

const INTERVAL_MS = 30_000;
/** The promise of docs/reliability.md. */
const LATEST_MS = 90_000;

export interface RunsOptions {
  readonly storage: MakeStorage;
  readonly pace: TimerPace;
  readonly requestsPerSecond: number;
  readonly seed?: number;
  readonly runs?: number;
}

export async function simulateTimerRuns(options: RunsOptions): Promise<TimerRuns> {
  const { requestsPerSecond, pace, seed = 1, runs = 5 } = options;
  const time = makeVirtualTime(T0);
  const random = seededRandom(seed);
  const storage = options.storage(time, random, options);
  const requests = new SimulatedRequests(time, random, requestsPerSecond, pace.mostDeleted);
  const { lateness, deleted } = requests;
  const ports = makeSimulatedPorts(time, storage, requests);
  const seen = { rows: 0, atATime: 0, passMs: 0, failedRuns: 0 };
  const closeOverdue = makeOverdueCloser(ports, () => observed(pace.start(), seen));
  const deleteOld = makeRetention(ports, pace.start);
  for (let run = 0; run < runs && seen.passMs < INTERVAL_MS; run += 1) {
    const startedAt = time.now;
    deleted.inThisRun = 0;
    await finished(time, closeOverdue()).catch(() => (seen.failedRuns += 1));
    seen.passMs = Math.max(seen.passMs, time.now - startedAt);
    await finished(time, deleteOld()).catch(() => (seen.failedRuns += 1));
    await finished(time, passes(time, startedAt + INTERVAL_MS - time.now));
  }
  const waited = storage.callersWaited();
  return {
    requestsPerSecond,
    passMs: seen.passMs,
    latestMs: lateness.reduce((latest, late) => Math.max(latest, late), 0),
    deletedPerSecond: (deleted.count * 1000) / (time.now - T0),
    meanRowsAtATime: seen.rows === 0 ? 0 : seen.atATime / seen.rows,
    refused: storage.refused(),
    failedRuns: seen.failedRuns,
    callersWaitedMs: waited.reduce((sum, ms) => sum + ms, 0) / Math.max(1, waited.length),
  };
}

/** Each pass ends before the next one is due, and every end is in time. */
export function keepsUp({ passMs, latestMs, failedRuns }: TimerRuns): boolean {
  return passMs < INTERVAL_MS && latestMs < LATEST_MS && failedRuns === 0;
}

/** The highest rate at which the timer keeps up, to a twentieth. */
export async function highestRate(options: Omit<RunsOptions, 'requestsPerSecond'>): Promise<TimerRuns> {
  const at = (requestsPerSecond: number) => simulateTimerRuns({ ...options, requestsPerSecond });
  let best = await at(10);
  if (!keepsUp(best)) throw new Error('not even ten requests a second');
  let tooMany = Infinity;
  while (tooMany > best.requestsPerSecond * 1.05) {
    const next = tooMany === Infinity ? best.requestsPerSecond * 2 : (best.requestsPerSecond + tooMany) / 2;
    const runs = await at(Math.round(next));
    if (keepsUp(runs)) best = runs;
    else tooMany = next;
  }
  return best;
}

function observed(pace: Pace, seen: { rows: number; atATime: number }): Pace {
  return {
    ...pace,
    took: (work, durationMs) => {
      seen.rows += 1;
      seen.atATime += pace.rowsAtATime();
      pace.took(work, durationMs);
    },
  };
}

function passes(time: VirtualTime, ms: number): Promise<void> {
  return new Promise((resolve) => time.plan(ms, resolve));
}

const drained = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Lets virtual time pass until the work is done. */
async function finished<T>(time: VirtualTime, work: Promise<T>): Promise<T> {
  let isDone = false;
  const settled = work.finally(() => (isDone = true));
  settled.catch(() => undefined);
  for (;;) {
    await drained();
    if (isDone) return settled;
    if (!time.step()) throw new Error('nothing is under way, and the work is not done');
  }
}
