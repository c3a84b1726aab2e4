// Works through items with so many hands at a time: a closed loop.
// Knows nothing of the work.

export async function byHands<T>(items: Iterable<T>, count: number, work: (item: T) => Promise<void>): Promise<void> {
  const remaining = items[Symbol.iterator]();
  const hand = async () => {
    for (let next = remaining.next(); next.done !== true; next = remaining.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: count }, hand));
}
