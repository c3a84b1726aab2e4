// How many rows the timer handles at a time: as many as storage answers as soon as it answers two, found out anew in
// each run.
// A fixed number would be right for one storage only: Azure answers dozens at once, the emulator one after the other.
// Knows no row and no clock.

/** At the start of a run, and whenever storage is in trouble: callers and presses are not crowded out. */
const FEWEST = 2;
/** So many keep half a core busy (docs/scale.md). */
const MOST = 24;
/** Answers that are looked at together, so many that a few slow ones do not pass for a busy storage. */
const WINDOW = 60;
/** The slowest quarter says nothing of the others: a pause of the process, a retry. */
const COUNTED = 0.75;
/** Slower than the fastest window by so much: no more at a time; by so much: half as many. */
const SLOWER = 1.4;
const MUCH_SLOWER = 1.75;
/** Entries moved in one transaction, for each row at a time: from 10 to the 100 that a transaction may have. */
const ENTRIES_A_ROW = 5;
const FEWEST_ENTRIES = 10;
const MOST_ENTRIES = 100;
/** One transaction at a time for so many rows at a time, and for any that are left over: 1 to 3. */
const ROWS_A_TRANSACTION = 8;

/** What was done with a row; each kind has its own usual time. */
export type PacedWork = 'looked at' | 'ended' | 'deleted';

/** The pace of one run. */
export interface Pace {
  /** 2 to 24. */
  readonly rowsAtATime: () => number;
  /** 10 to 100. */
  readonly entriesAtATime: () => number;
  /** 1 to 3. */
  readonly transactionsAtATime: () => number;
  /** One row was handled, in so many milliseconds. */
  readonly took: (work: PacedWork, durationMs: number) => void;
  /** A row could not be handled. */
  readonly failed: () => void;
}

/** Doubles until the answers become slower, and goes on one by one from there. */
export function makePace(): Pace {
  let atATime = FEWEST;
  let hasBeenSlower = false;
  const windows = new Map<PacedWork, number[]>();
  const fastest = new Map<PacedWork, number>();

  function took(work: PacedWork, durationMs: number): void {
    const window = windows.get(work) ?? [];
    windows.set(work, window);
    window.push(durationMs);
    if (window.length < WINDOW) return;
    windows.clear();
    const usual = usualOf(window);
    const best = Math.min(usual, fastest.get(work) ?? Infinity);
    fastest.set(work, best);
    if (usual < best * SLOWER) atATime = Math.min(MOST, hasBeenSlower ? atATime + 1 : atATime * 2);
    else {
      hasBeenSlower = true;
      if (usual > best * MUCH_SLOWER) atATime = Math.max(FEWEST, Math.floor(atATime / 2));
    }
  }

  function failed(): void {
    hasBeenSlower = true;
    atATime = FEWEST;
  }

  return {
    rowsAtATime: () => atATime,
    entriesAtATime: () => Math.min(MOST_ENTRIES, Math.max(FEWEST_ENTRIES, atATime * ENTRIES_A_ROW)),
    transactionsAtATime: () => Math.ceil(atATime / ROWS_A_TRANSACTION),
    took,
    failed,
  };
}

/** The mean of those that count: a clock of whole milliseconds has no useful median. */
function usualOf(durations: readonly number[]): number {
  const counted = durations.toSorted((one, other) => one - other).slice(0, Math.ceil(durations.length * COUNTED));
  return counted.reduce((sum, duration) => sum + duration, 0) / counted.length;
}
