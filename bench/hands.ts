// Works through items with so many hands at a time: a closed loop.
// Used by the load generator, and where many rows are to be written before a measurement.

export async function byHands<T>(items: Iterable<T>, count: number, work: (item: T) => Promise<void>): Promise<void> {
  const remaining = items[Symbol.iterator]();
  const hand = async () => {
    for (let next = remaining.next(); next.done !== true; next = remaining.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: count }, hand));
}
