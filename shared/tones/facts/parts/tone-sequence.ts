// Tones with pauses between them: the parts of a request. Each part is one press; the pause stands before it.
// Knows no time of day, no call and no deadline.
import type { ToneName } from '../tone-names';
import { sizeOf, type RunSize, type ToneRun } from '../tone-run';

/** Tones that are pressed in one go after a pause. */
export interface TonePart {
  /** Milliseconds between the report of the part before it and its press. */
  readonly pauseMs: number;
  readonly tones: readonly ToneName[];
}

/** A run of tones and what comes after it. Without `pauseMs` and `rest` it is a run alone. */
export interface ToneSequence extends ToneRun {
  /** Milliseconds of the pause before the first tone; absent: none. */
  readonly pauseMs?: number;
  /** The parts after the first; absent: none. The delay between two tones holds for them, too. */
  readonly rest?: readonly TonePart[];
}

/** What a row keeps of a request's parts: never the tones, which may be a PIN. */
export interface SequenceSize {
  /** Tones of all parts. */
  readonly toneCount?: number;
  readonly delayBetweenTonesMs?: number;
  /** Absent: one. */
  readonly partCount?: number;
  /** Sum of the pauses in milliseconds; absent: none. */
  readonly pauseMs?: number;
  /** Pause and number of tones of each part, as `0:1 1000:9`. Absent where there is one part. */
  readonly partSizes?: string;
}

/** Most parts of a request. */
export const MOST_PARTS = 20;
/** Most milliseconds of pauses in a request. */
export const LONGEST_PAUSES_MS = 300_000;

export interface PartSize extends RunSize {
  readonly pauseMs: number;
  readonly toneCount: number;
}

export function sizesOf(sequence: ToneSequence): SequenceSize & { readonly toneCount: number } {
  const { pauseMs = 0, rest = [], tones } = sequence;
  const parts = [{ pauseMs, tones }, ...rest];
  const pauses = parts.reduce((sum, part) => sum + part.pauseMs, 0);
  return {
    ...sizeOf(sequence),
    toneCount: parts.reduce((sum, part) => sum + part.tones.length, 0),
    ...(pauses > 0 && { pauseMs: pauses }),
    ...(parts.length > 1 && {
      partCount: parts.length,
      partSizes: parts.map((part) => `${part.pauseMs}:${part.tones.length}`).join(' '),
    }),
  };
}

/** Size of the part of that number, from 1; undefined where there is none. */
export function partSize(size: SequenceSize, part: number): PartSize | undefined {
  const { delayBetweenTonesMs, partSizes, toneCount, pauseMs = 0 } = size;
  const delay = delayBetweenTonesMs !== undefined && { delayBetweenTonesMs };
  if (partSizes === undefined) {
    return part === 1 && toneCount !== undefined ? { pauseMs, toneCount, ...delay } : undefined;
  }
  const [pause, count] = (partSizes.split(' ')[part - 1] ?? '').split(':');
  return count === undefined ? undefined : { pauseMs: Number(pause), toneCount: Number(count), ...delay };
}
