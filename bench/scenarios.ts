// The scenarios by name, as `--scenario` takes them.
// A list; knows nothing of how one is run.
import type { Bench, ScenarioResult } from './bench';
import { burst } from './scenarios/burst';
import { callbacks } from './scenarios/callbacks';
import { faults } from './scenarios/faults';
import { idle } from './scenarios/idle';
import { load } from './scenarios/load';
import { notifications } from './scenarios/notifications';
import { pauses } from './scenarios/pauses';
import { soak } from './scenarios/soak';
import { steady } from './scenarios/steady';
import { transactions } from './scenarios/transactions';
import { waiters } from './scenarios/waiters';

export const SCENARIOS = {
  steady,
  idle,
  burst,
  notifications,
  transactions,
  load,
  faults,
  pauses,
  waiters,
  callbacks,
  soak,
} satisfies Record<string, (bench: Bench) => Promise<ScenarioResult>>;

export type ScenarioName = keyof typeof SCENARIOS;
