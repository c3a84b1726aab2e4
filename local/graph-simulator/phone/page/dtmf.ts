// The two frequencies of each key (ITU-T Q.23): a row's and a column's.
// Knows no sound device.

const ROWS_HZ = [697, 770, 852, 941] as const;
const COLUMNS_HZ = [1209, 1336, 1477, 1633] as const;

/** The keys as they stand on a phone. */
export const KEYS = ['1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D'] as const;
export type Key = (typeof KEYS)[number];

export function frequenciesOf(key: Key): readonly [rowHz: number, columnHz: number] {
  const index = KEYS.indexOf(key);
  return [ROWS_HZ[Math.floor(index / 4)] ?? 0, COLUMNS_HZ[index % 4] ?? 0];
}

/** The key of one of Graph's tones; undefined for `flash`, which has no sound, and for what is no tone. */
export function keyOfTone(tone: string): Key | undefined {
  const named: Readonly<Record<string, Key>> = { star: '*', pound: '#', a: 'A', b: 'B', c: 'C', d: 'D' };
  const digit = /^tone([0-9])$/.exec(tone)?.[1];
  return digit === undefined ? named[tone] : KEYS.find((key) => key === digit);
}
