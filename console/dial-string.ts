// How the page reads a dial string: how many keys, in which parts, with which pauses. It keeps counts and no key.
// A reading of its own, because the page imports nothing of the app; a contract test compares the two.

export interface Part {
  /** Before its first key. */
  readonly pauseMs: number;
  readonly keyCount: number;
}

export type Reading =
  | { readonly kind: 'valid'; readonly parts: readonly Part[]; readonly keyCount: number; readonly pauseMs: number }
  | { readonly kind: 'invalid'; readonly faults: readonly string[] };

export const PAUSES: Readonly<Record<string, number>> = { w: 500, W: 1000, ',': 2000 };
const KEYS = /[0-9*#A-Da-d!]/;
const SEPARATORS = /[ \-.()]/;
const MOST_PARTS = 20;
const LONGEST_PAUSES_MS = 300_000;
/** The most that the app can be set to take; how many this one takes, it says itself. */
const MOST_KEYS = 1000;
const MOST_FAULTS = 3;

const WRITE_PAUSES = 'write w (0.5 s), W (1 s) or a comma (2 s)';
const REFUSED: Readonly<Record<string, string>> = {
  '+': 'a plus is dialled, not pressed: leave out the number before the first pause',
  ';': `a semicolon waits for a person and cannot be kept: ${WRITE_PAUSES}`,
  p: `the length of a p is not defined: ${WRITE_PAUSES}`,
  P: `the length of a P is not defined: ${WRITE_PAUSES}`,
};
const UNKNOWN = 'this is no key and no pause';

/** Names at most three faults, each by its place: what is typed may be a PIN, and is repeated nowhere. */
export function readDialString(text: string): Reading {
  const faults: string[] = [];
  const parts: { pauseMs: number; keyCount: number }[] = [];
  let pauseMs = 0;
  for (const [index, character] of [...text].entries()) {
    const last = parts.at(-1);
    if (Object.hasOwn(PAUSES, character)) pauseMs += PAUSES[character] ?? 0;
    else if (!KEYS.test(character)) {
      if (!SEPARATORS.test(character)) faults.push(`Character ${index + 1}: ${REFUSED[character] ?? UNKNOWN}.`);
    } else if (last === undefined || pauseMs > 0) {
      parts.push({ pauseMs, keyCount: 1 });
      pauseMs = 0;
    } else last.keyCount += 1;
  }
  const keyCount = parts.reduce((sum, part) => sum + part.keyCount, 0);
  const pauses = parts.reduce((sum, part) => sum + part.pauseMs, 0);
  if (keyCount === 0 && faults.length === 0) faults.push('Type at least one key.');
  if (keyCount > 0 && pauseMs > 0) faults.push('No pause may stand after the last key.');
  if (keyCount > MOST_KEYS) faults.push(`At most ${MOST_KEYS} keys can be pressed.`);
  if (parts.length > MOST_PARTS) faults.push(`At most ${MOST_PARTS} parts, with pauses between them, can be pressed.`);
  if (pauses > LONGEST_PAUSES_MS) faults.push(`The pauses may last ${LONGEST_PAUSES_MS / 1000} seconds in all.`);
  if (faults.length > 0) return { kind: 'invalid', faults: faults.slice(0, MOST_FAULTS) };
  return { kind: 'valid', parts, keyCount, pauseMs: pauses };
}

/** As it will be kept: "12 keys in 3 parts, 9.0 s of pauses". */
export function describeReading({ parts, keyCount, pauseMs }: Extract<Reading, { kind: 'valid' }>): string {
  const inParts = parts.length > 1 ? ` in ${parts.length} parts` : '';
  return `${counted(keyCount, 'key')}${inParts}, ${pauseMs === 0 ? 'no pause' : `${inSeconds(pauseMs)} of pauses`}`;
}

/** In order: "pause 1.0 s", "1 key", "pause 8.0 s", "2 keys". */
export function describeParts(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ pauseMs, keyCount }) => [
    ...(pauseMs > 0 ? [`pause ${inSeconds(pauseMs)}`] : []),
    counted(keyCount, 'key'),
  ]);
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
