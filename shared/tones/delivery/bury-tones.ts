// Records the failure of a request whose message was given up by the queue. Nothing is pressed, nothing is redriven.
// Called by functions/bury-tones; never throws, as a poison queue has no poison queue that anybody reads.
import { makeEndAnnouncer, type AnnouncePorts } from '../callbacks/announce-end';
import { errorName } from '../event-log';
import type { Clock, OutcomeRows } from '../ports';
import { failed } from '../facts/transitions';

export interface BuryPorts extends AnnouncePorts {
  readonly clock: Clock;
  readonly outcomes: OutcomeRows;
}

const MOST_ROUNDS = 20;

export function makeToneBurier(ports: BuryPorts) {
  const { clock, outcomes, log } = ports;
  const announceEnd = makeEndAnnouncer(ports);

  return async function bury(clientContext: string): Promise<void> {
    try {
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const row = await outcomes.read(clientContext);
        // A claimed row is left to its watch, a final one to itself.
        if (row?.status !== 'accepted') {
          log('warn', 'tones-buried', {
            clientContext,
            status: row?.status,
            reason: row === undefined ? 'no row' : 'left as it is',
          });
          return;
        }
        const facts = failed({ code: 'delivery-failed' }, clock.now());
        const written = await outcomes.merge(clientContext, facts, row.etag);
        if (written.kind === 'written') {
          await announceEnd(row, facts);
          log('error', 'tones-buried', {
            clientContext,
            callId: row.callId,
            status: 'failed',
            code: 'delivery-failed',
          });
          return;
        }
      }
    } catch (error) {
      // The row expires by its deadline: as true, only later.
      log('error', 'storage-failed', { clientContext, detail: errorName(error) });
    }
  };
}
