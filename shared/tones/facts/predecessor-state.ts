// What a predecessor's row means for the request behind it on the call. A pure function of the facts and the time.
// Knows no chain: who walks it, and how far, is not its concern.
import { isFinal, turnAfterOf, type OutcomeFacts } from './outcome-facts';
import { currentPart, pressedAtOf } from './parts/parts-of-row';
import { delaysMs } from './tone-run';

/** What a predecessor's row means for the request behind it. */
export type PredecessorState =
  | { readonly kind: 'done' }
  /** Final, but never claimed: it says nothing of those before it. */
  | { readonly kind: 'skip'; readonly after: string }
  /** Not done; `until` is when it is likely to be, where that is known. */
  | { readonly kind: 'wait'; readonly until?: number };

/**
 * Rules 2 and 3 of docs/decisions/0002-claim-and-chain.md: final **and** ever claimed; `unknown` only after its press
 * has surely settled.
 */
export function predecessorState(row: OutcomeFacts | undefined, now: number): PredecessorState {
  if (row === undefined) return { kind: 'done' };
  if (row.status === 'running') {
    return { kind: 'wait', until: (pressedAtOf(row) ?? now) + delaysMs(currentPart(row)) };
  }
  if (row.status === 'pausing') return { kind: 'wait', until: (row.notBefore ?? now) + delaysMs(currentPart(row)) };
  if (!isFinal(row.status)) return { kind: 'wait' };
  if (row.claimedAt === undefined) return { kind: 'skip', after: turnAfterOf(row) };
  const { settledAt = 0 } = row;
  if (row.status === 'unknown' && now < settledAt) return { kind: 'wait', until: settledAt };
  return { kind: 'done' };
}
