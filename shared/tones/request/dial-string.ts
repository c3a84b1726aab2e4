// A dial string: keys, pauses and separators, read into parts. Names every fault with its place, and never repeats a
// key.
// The pauses are those of other products (w, W) and of WebRTC's insertDTMF (the comma); what waits for a person cannot
// be kept.
import { toneOfKey, type ToneName } from '../facts/tone-names';
import { LONGEST_PAUSES_MS, MOST_PARTS, type TonePart, type ToneSequence } from '../facts/parts/tone-sequence';

/** Milliseconds. */
const PAUSES: Readonly<Record<string, number>> = { w: 500, W: 1000, ',': 2000 };
const SEPARATORS = ' -.()';
/** Every character that may stand in a dial string. */
export const DIAL_STRING_PATTERN = '^[0-9*#A-Da-d!wW, .()-]+$';
/** Written for people who dial by hand; each needs a word of its own. */
const REFUSED: Readonly<Record<string, string>> = {
  '+': 'a number is dialled, not pressed: leave out what stands before the first pause',
  ';': 'it waits for a person and cannot be kept: write w (0.5 s), W (1 s) or a comma (2 s)',
  p: 'the length of this pause is not defined: write w (0.5 s), W (1 s) or a comma (2 s)',
  P: 'the length of this pause is not defined: write w (0.5 s), W (1 s) or a comma (2 s)',
};
const UNKNOWN =
  'only 0-9, *, #, A-D and ! (flash) are pressed; w, W and the comma are pauses; space, -, ., ( and ) are skipped';
/** A long text of faults helps nobody. */
const MOST_FAULTS = 20;

export type DialString =
  | { readonly kind: 'valid'; readonly sequence: ToneSequence }
  | { readonly kind: 'invalid'; readonly faults: readonly string[] };

/** @param maxTones most keys in all parts together. */
export function readDialString(text: string, maxTones: number): DialString {
  const faults: string[] = [];
  const parts: { pauseMs: number; tones: ToneName[] }[] = [];
  let pauseMs = 0;
  let pausePosition = 0;
  for (const [index, character] of [...text].entries()) {
    const tone = toneOfKey(character);
    const pause = PAUSES[character];
    const last = parts.at(-1);
    if (pause !== undefined) {
      if (pauseMs === 0) pausePosition = index + 1;
      pauseMs += pause;
    } else if (tone === undefined) {
      if (!SEPARATORS.includes(character)) faults.push(`position ${index + 1}: ${REFUSED[character] ?? UNKNOWN}`);
    } else if (last === undefined || pauseMs > 0) {
      parts.push({ pauseMs, tones: [tone] });
      pauseMs = 0;
    } else last.tones.push(tone);
  }
  if (pauseMs > 0 && parts.length > 0) faults.push(`position ${pausePosition}: no pause may stand after the last tone`);
  faults.push(...faultsOfSize(parts, maxTones, faults.length > 0));
  const [first, ...rest] = parts;
  if (faults.length > 0 || first === undefined) return { kind: 'invalid', faults: shortened(faults) };
  const lead = first.pauseMs > 0 && { pauseMs: first.pauseMs };
  return { kind: 'valid', sequence: { tones: first.tones, ...lead, ...(rest.length > 0 && { rest }) } };
}

function faultsOfSize(parts: readonly TonePart[], maxTones: number, hasFaults: boolean): string[] {
  const count = parts.reduce((sum, { tones }) => sum + tones.length, 0);
  const pauses = parts.reduce((sum, { pauseMs }) => sum + pauseMs, 0);
  return [
    ...(count === 0 && !hasFaults ? [`too few digits: 1 to ${maxTones} are allowed`] : []),
    ...(count > maxTones ? [`too many digits: 1 to ${maxTones} are allowed`] : []),
    ...(parts.length > MOST_PARTS ? [`too many parts: ${MOST_PARTS} are allowed, with pauses between them`] : []),
    ...(pauses > LONGEST_PAUSES_MS
      ? [`the pauses are too long: ${LONGEST_PAUSES_MS / 1000} seconds in all are allowed`]
      : []),
  ];
}

function shortened(faults: readonly string[]): readonly string[] {
  const more = faults.length - MOST_FAULTS;
  return more > 0 ? [...faults.slice(0, MOST_FAULTS), `and ${more} more`] : faults;
}
