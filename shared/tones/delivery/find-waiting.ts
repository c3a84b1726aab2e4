// Finds out what a request waits for: reads what is before it on its call, and what the call reported. For people who
// ask, not for the press.
// Reads only: as a rule two rows, and none where the row says it by itself.
import { callKeyOf } from '../facts/call-facts';
import { turnAfterOf, type OutcomeFacts } from '../facts/outcome-facts';
import { predecessorState } from '../facts/predecessor-state';
import { waitingOf, type Waiting } from '../facts/waiting-for';
import type { Ports } from '../ports/ports';

/**
 * Requests that were never pressed are looked over, as far as the press walks in one delivery. Behind more of them the
 * word is `queue`: more than one delivery is needed to come there.
 */
const LONGEST_LOOK = 100;

export type FindWaiting = (row: OutcomeFacts) => Promise<Waiting | undefined>;

/** Undefined where the request has ended. Throws when storage cannot be reached. */
export function makeFindWaiting({
  clock,
  outcomes,
  calls,
}: Pick<Ports, 'clock' | 'calls'> & { readonly outcomes: Pick<Ports['outcomes'], 'read'> }): FindWaiting {
  return async function findWaiting(row) {
    const isAsked = row.status === 'accepted' && !row.waitCode;
    if (!isAsked) return waitingOf(row, clock.now());
    const [behind, call] = await Promise.all([notDoneBefore(row), calls.read(callKeyOf(row.callId))]);
    return waitingOf(row, clock.now(), { behind, call });
  };

  async function notDoneBefore(row: OutcomeFacts): Promise<string | undefined> {
    let before = turnAfterOf(row);
    for (let step = 0; step < LONGEST_LOOK && before !== ''; step += 1) {
      const state = predecessorState(await outcomes.read(before), clock.now());
      if (state.kind === 'wait') return before;
      if (state.kind === 'done') return undefined;
      before = state.after;
    }
    return undefined;
  }
}
