// How far a request has come, as its row says: which part it is at, how large that is, when it was pressed.
// Reads facts; decides nothing.
import type { OutcomeFacts } from '../outcome-facts';
import type { RunSize } from '../tone-run';
import { partSize } from './tone-sequence';

/** From 1. */
export function partOf({ part = 1 }: Pick<OutcomeFacts, 'part'>): number {
  return part;
}

export function isLastPart({ part = 1, partCount = 1 }: Pick<OutcomeFacts, 'part' | 'partCount'>): boolean {
  return part >= partCount;
}

/** Size of the part that the row is at. */
export function currentPart(row: OutcomeFacts): RunSize {
  return partSize(row, partOf(row)) ?? row;
}

/** When the part that the row is at was pressed, as far as it is known: `sentAt` is the first part's alone. */
export function pressedAtOf({ part = 1, sentAt, claimedAt }: OutcomeFacts): number | undefined {
  return part === 1 ? sentAt : claimedAt;
}

/**
 * Tones that Graph reported as played, once the part that the row is at is reported as played. Undefined: nobody knows
 * how many it has.
 */
export function playedWith(row: OutcomeFacts): number | undefined {
  const { toneCount } = currentPart(row);
  return toneCount === undefined ? undefined : (row.playedToneCount ?? 0) + toneCount;
}

/** True if Graph reported the part that the row is at as played. */
export function isPlayed(row: OutcomeFacts): boolean {
  let toneCount = 0;
  for (let part = 1; part <= partOf(row); part += 1) toneCount += partSize(row, part)?.toneCount ?? 0;
  return toneCount > 0 && row.playedToneCount === toneCount;
}
