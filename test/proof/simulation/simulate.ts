// Runs many seeded worlds and sums up what their judge said. A failing world is run again with its history written down.
// Every world has a limit of events; one that reaches it is a livelock, and fails with its seed.
import { cancelFiguresOf, NO_CANCELS } from '../judge/cancel-figures';
import { lastChange, type History } from '../judge/history';
import { NO_TENANTS, tenantFiguresOf } from '../judge/judge-tenants';
import { NO_WAITS, waitFiguresOf } from '../judge/judge-waits';
import { PROMISES, type Promised, type Violation } from '../judge/promises';
import type { RunFigures } from '../judge/floors';
import type { Design } from '../rules';
import { planCallers, planCancelledCrowd, planCrowd } from './callers';
import type { FaultRates } from './faults';
import { World } from './simulated-world';

export interface SimulationOptions {
  readonly design: Design;
  readonly requests: number;
  readonly faults: FaultRates;
  readonly seed: number;
  /** Stop at the first world that breaks a promise, or this one; the others then do not count. Default: run all. */
  readonly stopAtFirst?: boolean | Promised;
  readonly onProgress?: (requestsDone: number) => void;
}

export interface SimulationResult extends RunFigures {
  readonly faults: number;
  readonly events: number;
  readonly violations: Readonly<Record<Promised, number>>;
  readonly firstFailure?: { readonly seed: number; readonly violation: Violation };
}

/** Worlds that advance side by side, so that the microtasks of one event of each are drained together; fewer where one may be enough. */
const SIDE_BY_SIDE = 40;
const SIDE_BY_SIDE_TO_FIRST = 10;
/** One world of so many has a crowd on its only call; one of so many lives until its rows are deleted. By their seeds. */
const CROWD_EVERY = 500;
const CANCELLED_CROWD = 251;
const RETENTION_EVERY = 20;
/** A world needs about a hundred events for each request, a crowd or a minute without answers many times as many. */
const MOST_EVENTS_EACH = 10_000;
/** Refused for the moment with so much time left, a request is expected to be tried again. */
const TIME_TO_SPARE_MS = 30_000;

const drained = () => new Promise<void>((resolve) => setImmediate(resolve));

export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { design, requests, faults, seed, stopAtFirst = false, onProgress } = options;
  const statuses: Record<string, number> = {};
  const violations = Object.fromEntries(PROMISES.map((promise) => [promise, 0])) as Record<Promised, number>;
  const sums = { ...NOTHING, events: 0 };
  const most = stopAtFirst ? SIDE_BY_SIDE_TO_FIRST : SIDE_BY_SIDE;
  let firstFailure: SimulationResult['firstFailure'];
  for (let next = seed; sums.requests < requests && !(stopAtFirst && firstFailure); next += most) {
    const count = Math.min(most, Math.ceil((requests - sums.requests) / 10));
    const worlds = Array.from({ length: count }, (_, position) => makeWorld(design, faults, next + position, false));
    sums.events += await runAll(worlds);
    for (const world of worlds) {
      for (const violation of world.judge()) {
        violations[violation.promise] += 1;
        if (typeof stopAtFirst !== 'string' || violation.promise === stopAtFirst)
          firstFailure ??= { seed: world.seed, violation };
      }
      addUp(sums, statuses, world);
    }
    onProgress?.(sums.requests);
  }
  return { ...sums, statuses, violations, ...(firstFailure && { firstFailure }) };
}

const NOTHING = {
  requests: 0,
  faults: 0,
  presses: 0,
  putOff: 0,
  putOffAndPressed: 0,
  sequences: 0,
  sequencesPlayed: 0,
  interrupted: 0,
  partsPressed: 0,
  ...NO_CANCELS,
  ...NO_TENANTS,
  ...NO_WAITS,
};
type Sums = Record<keyof typeof NOTHING, number>;

function addUp(sums: Sums, statuses: Record<string, number>, world: World): void {
  const { history, faultCount } = world.witness;
  const pressed = pressedIn(history);
  sums.requests += world.requestCount;
  sums.faults += faultCount;
  sums.presses += pressed.size;
  for (const clientContext of putOffIn(history)) {
    sums.putOff += 1;
    if (pressed.has(clientContext)) sums.putOffAndPressed += 1;
  }
  const figures = { ...cancelFiguresOf(history), ...tenantFiguresOf(history), ...waitFiguresOf(history) };
  for (const name of Object.keys(figures) as (keyof typeof figures)[]) sums[name] += figures[name];
  sums.partsPressed += history.posts.filter(({ part, executedAt }) => part > 1 && executedAt !== undefined).length;
  for (const [clientContext, { parts }] of history.requests) {
    if (parts.length === 1) continue;
    const end = lastChange(history.rows.get(clientContext));
    sums.sequences += 1;
    if (end?.to === 'succeeded') sums.sequencesPlayed += 1;
    if (end?.errorCode === 'sequence-interrupted') sums.interrupted += 1;
  }
  for (const row of history.rows.values()) {
    const status = lastChange(row)?.to ?? '';
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
}

function pressedIn({ posts }: History): Set<string> {
  return new Set(posts.filter((post) => post.executedAt !== undefined).map((post) => post.clientContext));
}

/** Requests that the world refused for the moment, with time to spare. */
function putOffIn({ refusals, requests }: History): string[] {
  return [...refusals]
    .filter(([clientContext, [first]]) => {
      const { askedAt = 0, expiresInMs = 0 } = requests.get(clientContext) ?? {};
      return first?.again === 'later' && first.part === 1 && first.at + TIME_TO_SPARE_MS < askedAt + expiresInMs;
    })
    .map(([clientContext]) => clientContext);
}

/** The history of one world: everything that concerns the given request, or everything. */
export async function historyOf(
  design: Design,
  faults: FaultRates,
  seed: number,
  clientContext?: string,
): Promise<string[]> {
  const world = makeWorld(design, faults, seed, true);
  await runAll([world]);
  world.judge();
  const nameOf = (line: string) => line.slice(12, 18).trim();
  return world.witness.traces.filter(
    (line) => clientContext === undefined || [clientContext, '', '-'].includes(nameOf(line)),
  );
}

function makeWorld(design: Design, faults: FaultRates, seed: number, tracing: boolean): World {
  const world = new World({ seed, design, faults, tracing, seesRetention: seed % RETENTION_EVERY === 0 });
  if (seed % CROWD_EVERY === 1) planCrowd(world);
  else if (seed % CROWD_EVERY === CANCELLED_CROWD) planCancelledCrowd(world);
  else planCallers(world);
  return world;
}

async function runAll(worlds: readonly World[]): Promise<number> {
  const counts = new Map(worlds.map((world) => [world, 0]));
  let running = worlds;
  while (running.length > 0) {
    running = running.filter((world) => {
      const count = (counts.get(world) ?? 0) + 1;
      if (count > MOST_EVENTS_EACH * world.requestCount) world.witness.history.livelock = true;
      else if (world.time.step()) return counts.set(world, count);
      return false;
    });
    await drained();
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

export function isClean(result: SimulationResult): boolean {
  return Object.values(result.violations).every((count) => count === 0);
}
