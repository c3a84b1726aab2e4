// Records the failure of a request whose message was given up by the queue.
// Nothing is pressed, nothing is put back: a late press is worse than none.
// Never throws, as a poison queue has no poison queue that anybody reads.
import { errorName } from '../event-log';
import type { OutcomeFacts } from '../facts/outcome-facts';
import { partOf } from '../facts/parts/parts-of-row';
import { failed } from '../facts/transitions';
import type { ToneMessage } from '../ports/queues';
import type { RulePorts } from '../delivery/end-request';

export function makeToneBurier({ clock, log, endRequest }: RulePorts) {
  return async function bury({ clientContext, part = 1 }: Pick<ToneMessage, 'clientContext' | 'part'>): Promise<void> {
    try {
      const ended = await endRequest({
        clientContext,
        by: 'poison-queue',
        // A claimed row is left to its watch, a final one to itself.
        decide: (row) => (isUnpressed(row, part) ? failed({ code: 'delivery-failed' }, clock.now()) : undefined),
      });
      if (ended.kind === 'ended') return;
      const { row } = ended;
      const reason = row === undefined ? 'no row' : 'left as it is';
      log('warn', 'tones-buried', { clientContext, status: row?.status, reason });
    } catch (error) {
      // The row expires by its deadline: as true, only later.
      log('error', 'storage-failed', { clientContext, detail: errorName(error) });
    }
  };
}

/** Not claimed, and waiting for this very part: a message of an earlier one says nothing of those that follow it. */
function isUnpressed(row: OutcomeFacts, part: number): boolean {
  return row.status === 'accepted' || (row.status === 'pausing' && partOf(row) === part);
}
