// The parts of a request as segments: how far each has come, and how wide it is drawn.
// Sizes are known of requests that this tab sent; others have equal ones. Counts only, no keys.
import type { Part } from './dial-string';
import { isOpen, type Outcome } from './outcome';

export interface Segment {
  readonly state: 'played' | 'now' | 'waiting' | 'not-played' | 'doubtful';
  readonly share: number;
}

/** As many as the app allows: a row that claims more must not fill the page. */
const MOST_SEGMENTS = 20;

export function segmentsOf(outcome: Outcome, sent: readonly Part[] | undefined): readonly Segment[] {
  const { status, part = 1 } = outcome;
  const count = Math.min(MOST_SEGMENTS, Math.max(1, outcome.partCount ?? 1));
  const sizes = sent?.length === count ? sent : undefined;
  return Array.from({ length: count }, (_, index) => ({
    state: stateOf(outcome, index + 1, status === 'succeeded' ? count + 1 : part),
    share: sizes?.[index]?.keyCount ?? 1,
  }));
}

function stateOf(outcome: Outcome, number: number, current: number): Segment['state'] {
  if (number < current) return 'played';
  if (number > current) return isOpen(outcome) ? 'waiting' : 'not-played';
  if (outcome.status === 'sending' || outcome.status === 'running') return 'now';
  if (isOpen(outcome)) return 'waiting';
  if (outcome.status === 'unknown') return 'doubtful';
  // Canceled or failed at its last part, after Graph reported all of it as played: nothing is left unplayed.
  return outcome.toneCount !== undefined && outcome.playedToneCount === outcome.toneCount ? 'played' : 'not-played';
}

/** For those who do not see the segments. */
export function describeSegments(segments: readonly Segment[]): string {
  const played = segments.filter(({ state }) => state === 'played').length;
  return `${played} of ${segments.length} ${segments.length === 1 ? 'part' : 'parts'} played`;
}
