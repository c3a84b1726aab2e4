// How the timer goes through many rows: a few at a time, and in small
// batches, so that callers and presses are not crowded out.
// Pure control flow; knows no row.

/** Rows read at a time; enough to pass 1,000 open requests in seconds (docs/performance.md). */
export const CONCURRENCY = 2;
/** Entries moved in one transaction; one may hold 100, but holds up others for as long as it takes. */
const BATCH = 10;

export function batchesOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, position) =>
    items.slice(position * BATCH, (position + 1) * BATCH),
  );
}

/** Maps with at most `concurrency` at a time, results in order. */
export async function mapInTurn<T, R>(
  items: readonly T[],
  concurrency: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const remaining = items.entries();
  const worker = async () => {
    for (const [position, item] of remaining) results[position] = await map(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
