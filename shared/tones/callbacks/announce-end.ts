// Announces the end of a request to its callback: puts a message on the queue
// of callbacks. The first thing that follows an end.
// What is missed here (a crash, a fault) the timer makes good, from the open index.
import { errorName } from '../event-log';
import type { OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';

/** Given the row as it stands now that it has ended. */
export type AnnounceEnd = (row: Pick<OutcomeFacts, 'clientContext' | 'callbackWanted'>) => Promise<void>;

/**
 * Never throws: the end is stored, and stays the truth without its callback. Costs nothing where no callback is wanted.
 */
export function makeEndAnnouncer({ callbackQueue, log }: Pick<Ports, 'callbackQueue' | 'log'>): AnnounceEnd {
  return async function announceEnd({ clientContext, callbackWanted }) {
    if (!callbackWanted) return;
    try {
      await callbackQueue.enqueue({ clientContext, attempts: 0 }, 0);
    } catch (error) {
      const reason = 'the timer announces the callback';
      log('error', 'storage-failed', { clientContext, detail: errorName(error), reason });
    }
  };
}
