// Timer: ends requests whose time has passed and deletes old rows; shared/tones/delivery/close-overdue decides.
// Throws when storage fails, so that the host shows the run as failed; the next run does what this one left.
import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import type { EventLog } from '../shared/tones/event-log';

export interface CloseOverdueDependencies extends LogsEvents {
  readonly closer: (log: EventLog) => {
    readonly closeOverdue: () => Promise<void>;
    readonly deleteOld: () => Promise<void>;
  };
}

export function makeCloseOverdueOutcomes({ closer, eventLog }: CloseOverdueDependencies): TimerHandler {
  return async function closeOverdueOutcomes(_timer: Timer, context: InvocationContext): Promise<void> {
    const { closeOverdue, deleteOld } = closer(eventLog(context));
    await closeOverdue();
    await deleteOld();
  };
}
