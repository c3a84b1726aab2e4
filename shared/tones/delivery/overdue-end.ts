// How a request ends whose time has passed, and what it was waiting for: one
// answer for the presser, the timer and every reader.
// Decides only: knows nothing of how an end is written.
import { isExpired, turnAfterOf, type End, type OutcomeFacts } from '../facts/outcome-facts';
import { predecessorState } from '../facts/predecessor-state';
import { expired, isUnwatched, overduePart, unwatched, type Expiry } from '../facts/transitions';
import type { Clock } from '../ports/clock';
import type { CallRows, OutcomeRows } from '../ports/rows';
import { makeWasNotified } from './notified';

export interface ExpiryPorts {
  readonly clock: Clock;
  readonly outcomes: Pick<OutcomeRows, 'read'>;
}

export interface OverduePorts extends ExpiryPorts {
  readonly calls: Pick<CallRows, 'read'>;
}

/** Requests that were never pressed are looked through this far for what held up the one that expires. */
const LONGEST_LOOK = 8;

/**
 * The end of a row whose time has passed; undefined while it has time, or is
 * final. Reads other rows only where it has: those before it, or whether its call was ever notified.
 */
export function makeOverdueEnd(ports: OverduePorts): (row: OutcomeFacts) => Promise<End | undefined> {
  const expiryOf = makeExpiry(ports);
  const wasNotified = makeWasNotified(ports);
  return async (row) => {
    const now = ports.clock.now();
    if (isExpired(row, now)) return expiryOf(row);
    if (isUnwatched(row, now)) return unwatched(row, now, row.status === 'running' && (await wasNotified(row)));
    return overduePart(row, now);
  };
}

/** The end of a row that is too late to be pressed. */
export function makeExpiry({ clock, outcomes }: ExpiryPorts): (row: OutcomeFacts) => Promise<End> {
  return async (row) => expired(row, clock.now(), await lookBack(turnAfterOf(row)));

  async function lookBack(first: string): Promise<Expiry> {
    let after = first;
    for (let step = 0; step < LONGEST_LOOK && after !== ''; step += 1) {
      const state = predecessorState(await outcomes.read(after), clock.now());
      if (state.kind === 'wait') return { behind: after, ...passed(after) };
      if (state.kind === 'done') return passed(after);
      after = state.after;
    }
    return passed(after);

    function passed(reached: string): Expiry {
      return reached === first ? {} : { turnAfter: reached };
    }
  }
}
