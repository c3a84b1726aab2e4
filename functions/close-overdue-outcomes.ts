// Timer: ends requests whose time has passed, takes what was left on the poison queues, and deletes old rows.
// Throws when storage fails, so that the host shows the run as failed; the next run does what this one left.
import type { TimerHandler } from '@azure/functions';

export interface CloseOverdueDependencies {
  readonly closeOverdue: () => Promise<void>;
  readonly buryAbandoned: () => Promise<void>;
  readonly deleteOld: () => Promise<void>;
}

/** The failure of one work does not keep the others from being done; the first is thrown at the end. */
export function makeCloseOverdueOutcomes(works: CloseOverdueDependencies): TimerHandler {
  return async function closeOverdueOutcomes(): Promise<void> {
    const failures: unknown[] = [];
    for (const work of [works.closeOverdue, works.buryAbandoned, works.deleteOld]) {
      await work().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
}
