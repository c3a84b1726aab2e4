// What a row says of one of its parts: whether that part may be pressed now. A pure function of the facts and the time.
// For parts after the first: whose turn the first is, its predecessors say.
import { isFinal, type OutcomeFacts } from '../outcome-facts';
import { currentPart, partOf, pressedAtOf } from './parts-of-row';
import { delaysMs } from '../tone-run';

export type PartState =
  | { readonly kind: 'due' }
  /** Between two parts. */
  | { readonly kind: 'pausing'; readonly until: number }
  /** The part before it is not reported as played; `until`: not likely to be sooner. */
  | { readonly kind: 'early'; readonly until: number | undefined }
  /** It was claimed already; whoever has its message puts the rest on the queue. */
  | { readonly kind: 'pressed' }
  /** Nothing more is to be pressed for this request. */
  | { readonly kind: 'over' };

export function partState(row: OutcomeFacts, part: number, now: number): PartState {
  if (isFinal(row.status)) return { kind: 'over' };
  const current = partOf(row);
  if (current > part) return { kind: 'pressed' };
  if (current < part) {
    if (row.status !== 'running') return { kind: 'early', until: undefined };
    return { kind: 'early', until: (pressedAtOf(row) ?? now) + delaysMs(currentPart(row)) };
  }
  if (row.status === 'sending' || row.status === 'running') return { kind: 'pressed' };
  const until = row.notBefore ?? now;
  return now < until ? { kind: 'pausing', until } : { kind: 'due' };
}

/** True while the part is still to be pressed: a message of it has something to wait for. */
export function isAhead(row: OutcomeFacts, part: number): boolean {
  if (part === 1) return row.status === 'accepted';
  if (isFinal(row.status)) return false;
  return partOf(row) < part || (partOf(row) === part && row.status === 'pausing');
}
