// The journal of a campaign: what it is about in its first line, then one line for each unit that is done.
// A process that is killed while it writes leaves half a line, which is cut off: that unit is run again.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { UnitResult } from './unit-result';
import type { Campaign } from './units';

interface Head extends Campaign {
  readonly fingerprint: string;
}

export interface Journal {
  readonly campaign: Campaign;
  readonly done: readonly UnitResult[];
  add(result: UnitResult): void;
}

/** @param seed absent: the one of the journal. Throws where the journal is of another campaign. */
export function openJournal(path: string, wanted: Campaign, fingerprint: string, seed: number | undefined): Journal {
  const lines = existsSync(path) ? wholeLines(readFileSync(path, 'utf8')) : [];
  const head = lines[0] === undefined ? { ...wanted, fingerprint } : (JSON.parse(lines[0]) as Head);
  if (head.fingerprint !== fingerprint)
    throw new Error(`${path} is of other sources: the rules or the proof have changed since. Take another --journal.`);
  if (seed !== undefined && head.seed !== seed)
    throw new Error(`${path} has seed ${head.seed}, not ${seed}. Take another --journal, or no --seed.`);
  mkdirSync(dirname(path), { recursive: true });
  const kept = lines.length === 0 ? [JSON.stringify(head)] : lines;
  writeFileSync(path, `${kept.join('\n')}\n`);
  return {
    campaign: head,
    done: lines.slice(1).map((line) => JSON.parse(line) as UnitResult),
    add: (result) => appendFileSync(path, `${JSON.stringify(result)}\n`),
  };
}

function wholeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
