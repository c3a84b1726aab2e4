// Announces the end of a request to its callback: who writes a final status puts a message on the queue of callbacks.
// Told by every rule that ends a request. What is missed here (a crash, a fault) the timer makes good, from the open index.
import { errorName, type EventLog } from '../event-log';
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import type { CallbackQueue } from '../ports';

export interface AnnouncePorts {
  readonly callbackQueue: CallbackQueue;
  readonly log: EventLog;
}

/** Given the row that was written to, and the facts that were added. */
export type AnnounceEnd = (
  row: Pick<OutcomeFacts, 'clientContext' | 'callbackWanted'>,
  facts: Partial<OutcomeFacts>,
) => Promise<void>;

/** Never throws: the end is stored, and stays the truth without its callback. Costs nothing where no callback is wanted. */
export function makeEndAnnouncer({ callbackQueue, log }: AnnouncePorts): AnnounceEnd {
  return async function announceEnd({ clientContext, callbackWanted }, { status }) {
    if (!callbackWanted || status === undefined || !isFinal(status)) return;
    try {
      await callbackQueue.enqueue({ clientContext, attempts: 0 }, 0);
    } catch (error) {
      log('error', 'storage-failed', {
        clientContext,
        detail: errorName(error),
        reason: 'the callback is announced by the timer',
      });
    }
  };
}
