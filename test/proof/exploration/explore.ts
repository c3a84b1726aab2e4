// Tries every order of steps of a small history, by running it again and again with other choices; states seen before are not followed.
// Used by `npm run prove` and by test/proof. Prints nothing; the number of states is part of the result.
import { ExploredWorld, type Choice } from './explored-world';
import type { Scenario } from './scenario';
import type { Design } from '../rules';
import type { Violation } from '../judge/promises';

export interface Exploration {
  readonly scenario: string;
  /** Distinct states visited. */
  readonly states: number;
  /** Histories followed to their end. */
  readonly histories: number;
  /** False when `mostStates` was reached first. */
  readonly complete: boolean;
  readonly failure?: { readonly violation: Violation; readonly choices: readonly Choice[] };
}

/** All microtasks run before a macrotask does. */
const drain = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Branch {
  readonly choices: readonly Choice[];
  next: number;
}

export async function explore(design: Design, scenario: Scenario, mostStates = Infinity): Promise<Exploration> {
  const seen = new Set<string>();
  const path: Branch[] = [];
  let histories = 0;
  do {
    const world = new ExploredWorld(design, scenario);
    await world.prepare(drain);
    for (const { choices, next } of path) {
      world.choose(choices[next] as Choice);
      await drain();
    }
    const isNew = await extend(world, path, seen);
    if (isNew) {
      histories += 1;
      const [violation] = await world.finish(drain);
      if (violation)
        return {
          scenario: scenario.name,
          states: seen.size,
          histories,
          complete: false,
          failure: { violation, choices: path.map(({ choices, next }) => choices[next] as Choice) },
        };
    }
    if (seen.size >= mostStates) return { scenario: scenario.name, states: seen.size, histories, complete: false };
  } while (advance(path));
  return { scenario: scenario.name, states: seen.size, histories, complete: true };
}

/** Follows first choices to the end of the history; false if it came to a state that was seen before. */
async function extend(world: ExploredWorld, path: Branch[], seen: Set<string>): Promise<boolean> {
  for (;;) {
    const key = world.key();
    if (seen.has(key)) return false;
    seen.add(key);
    const choices = world.choices();
    if (choices.length === 0) return true;
    path.push({ choices, next: 0 });
    world.choose(choices[0] as Choice);
    await drain();
  }
}

/** The next path in depth-first order; false when all were taken. */
function advance(path: Branch[]): boolean {
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    last.next += 1;
    if (last.next < last.choices.length) return true;
    path.pop();
  }
  return false;
}
