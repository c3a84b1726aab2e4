// Tones that are pressed in one go, and how long they take: the one value behind a request, a message and a press.
// Knows no request: who asks for it, when, and on which call, is not its concern.
import type { ToneName } from './tone-names';

/** Tones in Graph's words, in their order. */
export interface ToneRun {
  readonly tones: readonly ToneName[];
  /** 0 to 60,000 milliseconds between two tones; absent: Graph decides. */
  readonly delayBetweenTonesMs?: number;
}

/** What a row keeps of a run: the tones themselves may be a PIN. */
export interface RunSize {
  readonly toneCount?: number;
  readonly delayBetweenTonesMs?: number;
}

/** Assumed length of one tone where its end matters; Graph documents none. */
const TONE_LENGTH_MS = 250;

/** The run alone, out of a value that has more. */
export function runOf({ tones, delayBetweenTonesMs }: ToneRun): ToneRun {
  return { tones, ...(delayBetweenTonesMs !== undefined && { delayBetweenTonesMs }) };
}

export function sizeOf({ tones, delayBetweenTonesMs }: ToneRun): Required<Pick<RunSize, 'toneCount'>> & RunSize {
  return { toneCount: tones.length, ...(delayBetweenTonesMs !== undefined && { delayBetweenTonesMs }) };
}

/** How long the delays between the tones take. */
export function delaysMs({ toneCount = 0, delayBetweenTonesMs = 0 }: RunSize): number {
  return toneCount * delayBetweenTonesMs;
}

/** How long the tones sound. */
export function soundingMs(size: RunSize): number {
  return delaysMs(size) + (size.toneCount ?? 0) * TONE_LENGTH_MS;
}
