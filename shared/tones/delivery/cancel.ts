// A caller asks that nothing more be pressed for a request. What was never pressed, and what waits between two parts,
// ends at once; what is being pressed or played goes on, is marked, and ends with that part.
// Graph can only stop all media of a call, so nothing is stopped there.
import { isFinal, type End, type OutcomeFacts } from '../facts/outcome-facts';
import { isLastPart } from '../facts/parts/parts-of-row';
import { canceledByCaller } from '../facts/transitions';
import type { RulePorts } from './end-request';
import { makeOverdueEnd } from './overdue-end';

/** Races that are lost so often are storage trouble: the caller gets 503 and asks again. */
const MOST_ROUNDS = 20;

/**
 * The row as it then stands: `canceled` means that no press, and no further part, follows, ever. Undefined where there
 * is no request of that name, or a notification made the row. Throws when storage cannot be reached; asked again, it
 * does the rest.
 */
export function makeCanceler(ports: RulePorts): (clientContext: string) => Promise<OutcomeFacts | undefined> {
  const { clock, random, outcomes, log, endRequest } = ports;
  const overdueEnd = makeOverdueEnd(ports);

  return async function cancel(clientContext) {
    const cancelId = random.uuid();
    const decide = (row: OutcomeFacts) => endOf(row, cancelId);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { row } = await endRequest({ clientContext, by: 'caller', decide });
      if (row?.fingerprint === undefined) return undefined;
      if (isFinal(row.status) || isMarkedOrLast(row)) return row;
      const mark = { cancelRequestedAt: clock.now() };
      const written = await outcomes.merge(clientContext, mark, row.etag);
      if (written.kind === 'stale') continue;
      log('info', 'cancel-requested', { clientContext, callId: row.callId, status: row.status });
      return { ...row, ...mark };
    }
    throw new Error('lost every race for the row of a request that is cancelled');
  };

  /**
   * Under the version that was read: a claim, or a report, of the same moment wins or loses as a whole. A row that a
   * notification made is final.
   */
  async function endOf(row: OutcomeFacts, cancelId: string): Promise<End | undefined> {
    const overdue = await overdueEnd(row);
    if (overdue !== undefined) return overdue;
    return row.status === 'accepted' || row.status === 'pausing'
      ? canceledByCaller(clock.now(), { cancelId })
      : undefined;
  }
}

/** Nothing would change: it was asked for before, or Graph has the last part already. */
function isMarkedOrLast(row: OutcomeFacts): boolean {
  return row.cancelRequestedAt !== undefined || (row.status === 'running' && isLastPart(row));
}
