// Virtual time: events in order of their time, one after the other; a world of minutes passes in microseconds.
// Stands under the simulated world; knows nothing of tones.

export interface VirtualTime {
  readonly now: number;
  /** Events that are still to come. */
  readonly planned: number;
  /** Runs the event after `delayMs`; events of one moment run in the order in which they were planned. */
  plan(delayMs: number, event: () => void): void;
  /** Runs the next event; false when there is none. */
  step(): boolean;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly event: () => void;
}

export function makeVirtualTime(start: number): VirtualTime {
  const heap: Planned[] = [];
  let now = start;
  let order = 0;

  const isBefore = (one: Planned, other: Planned) =>
    one.at < other.at || (one.at === other.at && one.order < other.order);

  function push(item: Planned): void {
    let position = heap.push(item) - 1;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const above = heap[parent] as Planned;
      if (!isBefore(item, above)) break;
      heap[position] = above;
      position = parent;
    }
    heap[position] = item;
  }

  function pop(): Planned | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Planned, heap[child] as Planned)) child += 1;
      if (!isBefore(heap[child] as Planned, last)) break;
      heap[position] = heap[child] as Planned;
      position = child;
    }
    heap[position] = last;
    return top;
  }

  return {
    get now() {
      return now;
    },
    get planned() {
      return heap.length;
    },
    plan(delayMs, event) {
      push({ at: now + Math.max(0, delayMs), order: (order += 1), event });
    },
    step() {
      const next = pop();
      if (next === undefined) return false;
      now = next.at;
      next.event();
      return true;
    },
  };
}
