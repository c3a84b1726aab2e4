// Lets what concerns the same thing go one after the other in this process: fifty requests for one call would otherwise
// lose races against each other, and each lost race costs four operations of storage.
// Only spares work: nothing may depend on it, as other processes take no part.

/** Longer nobody waits for its turn: what is before it may hang. */
const LONGEST_MS = 2000;

/** Runs `work` after whatever was given before under the same key has ended, well or not, or two seconds later. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function makeTurns(longestMs = LONGEST_MS): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const ours = (before === undefined ? work() : atMost(longestMs, before).then(work)).finally(() => {
      if (last.get(key) === ended) last.delete(key);
    });
    const ended = ours.catch(() => undefined);
    last.set(key, ended);
    return ours;
  };
}

async function atMost(ms: number, before: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([before, late]);
  clearTimeout(timer);
}
