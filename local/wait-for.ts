// Waits for a condition, with a bound: nothing in this repository waits for a while and hopes.
// Used by the demo, the tests and the benchmarks.

export interface WaitOptions {
  /** After this many milliseconds the wait fails. Default 20,000. */
  readonly limitMs?: number;
  /** Milliseconds between two looks. Default 25. */
  readonly everyMs?: number;
  /** Told each second how long it has waited. */
  readonly onWaiting?: (seconds: number) => void;
}

/** Resolves to the first value that is neither undefined, null nor false; rejects with `what` when the limit has passed. */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T> | T,
  { limitMs = 20_000, everyMs = 25, onWaiting }: WaitOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const start = Date.now();
  for (let toldSeconds = 0; ;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found as NonNullable<Exclude<T, false>>;
    const waitedMs = Date.now() - start;
    if (waitedMs >= limitMs) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    if (Math.floor(waitedMs / 1000) > toldSeconds) onWaiting?.((toldSeconds = Math.floor(waitedMs / 1000)));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
