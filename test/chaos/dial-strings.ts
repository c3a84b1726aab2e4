// The dial strings of a chaos run: rare keys, so that they can be looked for, and for a good third of the requests pauses between them.
// Writes what each part has in words of its own; the judgement takes no reading of the app's.
import type { SeededRandom } from '../proof/simulation/seeded-random';

export interface AskedPart {
  /** Before its first tone. */
  readonly pauseMs: number;
  readonly keys: string;
}

export interface DialString {
  readonly digits: string;
  readonly parts: readonly AskedPart[];
}

/** What the keys of a part look like, and nothing else does: no identifier has such characters. */
export const RARE_DIAL_STRING = /[0-9A-D]{1,2}\*[0-9A-D]{1,2}#/;

const SHARE_WITH_PAUSES = 0.4;
const SHARE_WITH_PAUSE_FIRST = 0.3;
const MOST_PARTS = 4;
interface Pause {
  readonly written: string;
  readonly ms: number;
}

/** Half a second to three; some as their sum. */
const PAUSES: readonly [Pause, ...Pause[]] = [
  { written: 'w', ms: 500 },
  { written: 'W', ms: 1000 },
  { written: 'Ww', ms: 1500 },
  { written: ',', ms: 2000 },
  { written: 'w,', ms: 2500 },
  { written: ',W', ms: 3000 },
];
const NO_PAUSE: Pause = { written: '', ms: 0 };

export function makeDialString(random: SeededRandom): DialString {
  if (!random.chance(SHARE_WITH_PAUSES)) return makePlainDialString(random);
  const between = Array.from({ length: random.between(1, MOST_PARTS - 1) }, () => random.pick(PAUSES));
  const first = random.chance(SHARE_WITH_PAUSE_FIRST) ? random.pick(PAUSES) : NO_PAUSE;
  return joined([first, ...between], random);
}

export function makePlainDialString(random: SeededRandom): DialString {
  return joined([NO_PAUSE], random);
}

function joined(pauses: readonly Pause[], random: SeededRandom): DialString {
  const all = pauses.map(({ written, ms }) => ({ written, part: { pauseMs: ms, keys: rareKeys(random) } }));
  return { digits: all.map(({ written, part }) => written + part.keys).join(''), parts: all.map(({ part }) => part) };
}

function rareKeys(random: SeededRandom): string {
  const some = () =>
    Array.from({ length: random.between(1, 2) }, () => '0123456789ABCD'[random.between(0, 13)]).join('');
  return `${some()}*${some()}#`;
}
