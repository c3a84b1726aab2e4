// How the timer goes through many rows: some at a time, and in batches, so that callers and presses are not crowded
// out.
// Pure control flow; knows no row, and not why there are so many at a time.

/** How entries are moved: in transactions of so many, so many transactions at a time. */
export interface Batches {
  readonly entriesAtATime: () => number;
  readonly transactionsAtATime: () => number;
}

export async function inBatches<T>(
  items: readonly T[],
  { entriesAtATime, transactionsAtATime }: Batches,
  move: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  await mapInTurn(batchesOf(items, entriesAtATime()), transactionsAtATime, move);
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, position) =>
    items.slice(position * size, (position + 1) * size),
  );
}

/**
 * Maps with as many at a time as `atATime` says at the moment, results in order. After a failure nothing new is begun;
 * it is thrown when what was under way has ended.
 */
export async function mapInTurn<T, R>(
  items: readonly T[],
  atATime: () => number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  const remaining = items.entries();
  let workers = 0;
  async function work(): Promise<void> {
    workers += 1;
    const others: Promise<void>[] = [];
    for (const [position, item] of remaining) {
      await map(item).then(
        (result) => (results[position] = result),
        (error: unknown) => failures.push(error),
      );
      if (failures.length > 0 || workers > atATime()) break;
      if (workers < atATime()) others.push(work());
    }
    workers -= 1;
    await Promise.all(others);
  }
  await Promise.all(Array.from({ length: atATime() }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
