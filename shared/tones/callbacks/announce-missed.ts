// Announces the end of a request whose announcement was missed, by a crash or a fault.
// Looks at one request that has ended; the timer decides which ones are looked at.
import type { OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';
import type { Stored } from '../ports/rows';
import { isOwedByNobody } from './owed';

/** False: the row moved on, look again. Throws when storage cannot be reached. */
export function makeMissedAnnouncer({
  outcomes,
  callbacks,
  callbackQueue,
}: Pick<Ports, 'outcomes' | 'callbacks' | 'callbackQueue'>) {
  return async function announceMissed(row: Stored<OutcomeFacts>): Promise<boolean> {
    const { clientContext } = row;
    if (!isOwedByNobody(await callbacks.read(clientContext), row)) return true;
    // So that a late change from `unknown` is announced by whoever writes it.
    if (!row.callbackWanted) {
      const marked = await outcomes.merge(clientContext, { callbackWanted: true }, row.etag);
      if (marked.kind === 'stale') return false;
    }
    await callbackQueue.enqueue({ clientContext, attempts: 0 }, 0);
    return true;
  };
}
