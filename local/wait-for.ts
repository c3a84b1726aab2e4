// Waits for a condition, with a bound: nothing in this repository waits for a while and hopes.
// Knows nothing of what is waited for.
import { withinLimit } from './within-limit';

export interface WaitOptions {
  /** After this many milliseconds the wait fails, also where a look has not come back. Default 20,000. */
  readonly limitMs?: number;
  /** Milliseconds between two looks. Default 25. */
  readonly everyMs?: number;
  /** Called each second with the seconds waited so far. */
  readonly onWaiting?: (seconds: number) => void;
  /** Ends the wait at once: what is waited for cannot come any more. */
  readonly signal?: AbortSignal;
}

/**
 * Resolves to the first value that is neither undefined, null nor false; rejects with `what` when the limit has passed.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T> | T,
  { limitMs = 20_000, everyMs = 25, onWaiting, signal }: WaitOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  let isWaiting = true;
  const start = Date.now();
  const search = async (): Promise<NonNullable<Exclude<T, false>>> => {
    for (let saidSeconds = 0; ;) {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found as NonNullable<Exclude<T, false>>;
      const waitedMs = Date.now() - start;
      if (!isWaiting || waitedMs >= limitMs) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
      if (Math.floor(waitedMs / 1000) > saidSeconds) onWaiting?.((saidSeconds = Math.floor(waitedMs / 1000)));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  try {
    // A look that began in time and has what is wanted counts: the bound behind it is for one that never comes back.
    return await withinLimit(what, limitMs + everyMs + LAST_LOOK_MS, search(), signal);
  } finally {
    isWaiting = false;
  }
}

/** So long the last look may take. */
const LAST_LOOK_MS = 5000;
