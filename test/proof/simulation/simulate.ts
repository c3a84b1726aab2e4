// Runs many seeded worlds and sums up what their witnesses saw. A failing world is run again with its history written down.
// Used by `npm run prove` (large) and by test/proof (small).
import { planCallers } from './callers';
import type { FaultRates } from './faults';
import type { Design } from '../rules';
import { World } from './simulated-world';
import { PROMISES, type Promised, type Violation } from './witness';

export interface SimulationOptions {
  readonly design: Design;
  readonly requests: number;
  readonly faults: FaultRates;
  readonly seed: number;
  /** Stop at the first world that breaks a promise. Default: run all. */
  readonly stopAtFirst?: boolean;
  readonly onProgress?: (requestsDone: number) => void;
}

export interface SimulationResult {
  readonly requests: number;
  readonly faults: number;
  readonly presses: number;
  readonly events: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<Promised, number>>;
  readonly firstFailure?: { readonly seed: number; readonly violation: Violation };
}

export const REQUESTS_PER_WORLD = 10;
/** Worlds that advance side by side, so that the microtasks of one event of each are drained together. */
const SIDE_BY_SIDE = 200;

const drained = () => new Promise<void>((resolve) => setImmediate(resolve));

export async function simulate({
  design,
  requests,
  faults,
  seed,
  stopAtFirst = false,
  onProgress,
}: SimulationOptions): Promise<SimulationResult> {
  const statuses: Record<string, number> = {};
  const violations = Object.fromEntries(PROMISES.map((promise) => [promise, 0])) as Record<Promised, number>;
  const sums = { requests: 0, faults: 0, presses: 0, events: 0 };
  const worldCount = Math.ceil(requests / REQUESTS_PER_WORLD);
  let firstFailure: SimulationResult['firstFailure'];
  for (let next = 0; next < worldCount && !(stopAtFirst && firstFailure); next += SIDE_BY_SIDE) {
    const worlds = Array.from({ length: Math.min(SIDE_BY_SIDE, worldCount - next) }, (_, position) =>
      makeWorld(design, faults, seed + next + position, false),
    );
    sums.events += await runAll(worlds);
    for (const world of worlds) {
      world.judge();
      sums.requests += REQUESTS_PER_WORLD;
      sums.faults += world.witness.faultCount;
      sums.presses += world.witness.presses.length;
      for (const row of world.storage.outcomes.rows.values()) statuses[row.status] = (statuses[row.status] ?? 0) + 1;
      for (const violation of world.witness.violations) {
        violations[violation.promise] += 1;
        firstFailure ??= { seed: world.seed, violation };
      }
    }
    onProgress?.(sums.requests);
  }
  return { ...sums, statuses, violations, ...(firstFailure && { firstFailure }) };
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
  return world.witness.traces.filter(
    (line) =>
      clientContext === undefined || line.slice(10, 16).trim() === clientContext || line.slice(10, 16).trim() === '',
  );
}

function makeWorld(design: Design, faults: FaultRates, seed: number, tracing: boolean): World {
  const world = new World(seed, design, faults, tracing);
  planCallers(world, REQUESTS_PER_WORLD);
  return world;
}

async function runAll(worlds: readonly World[]): Promise<number> {
  let events = 0;
  let running = worlds;
  while (running.length > 0) {
    running = running.filter((world) => world.time.step());
    events += running.length;
    await drained();
  }
  return events;
}

export function isClean(result: SimulationResult): boolean {
  return Object.values(result.violations).every((count) => count === 0);
}
