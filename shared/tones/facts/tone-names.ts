// Graph's tones, and the way to them from the keys of a dial string.
// Knows nothing of what is done with them.

/** Graph's enum `tone`, in its own order (metadata of v1.0). */
export const TONE_NAMES = [
  'tone0',
  'tone1',
  'tone2',
  'tone3',
  'tone4',
  'tone5',
  'tone6',
  'tone7',
  'tone8',
  'tone9',
  'star',
  'pound',
  'a',
  'b',
  'c',
  'd',
  'flash',
] as const;

/** A tone, as Graph spells it. */
export type ToneName = (typeof TONE_NAMES)[number];

/** The keys of a dial string in the order of {@link TONE_NAMES}: `0-9 * # A-D` and `!` for flash. */
const KEYS = '0123456789*#ABCD!';

/** The tone of one key of a dial string, in either case; undefined for any other character. */
export function toneOfKey(key: string): ToneName | undefined {
  return key.length === 1 ? TONE_NAMES[KEYS.indexOf(key.toUpperCase())] : undefined;
}
