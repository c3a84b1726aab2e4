// A list that keeps the newest entries only, each with a running number.
// Knows nothing of what an entry is.

export interface Numbered {
  /** 1 for the first entry since the start or the last reset. */
  readonly sequence: number;
}

/** What the control API's lists can be narrowed by. */
export interface LogFilter {
  callId?: string;
  clientContext?: string;
  /** Entries with a higher sequence only. */
  after?: number;
}

export class BoundedLog<T extends Numbered & { readonly callId: string; readonly clientContext?: string }> {
  #entries: T[] = [];
  #sequence = 0;

  constructor(readonly limit = 100_000) {}

  add(make: (sequence: number) => T): T {
    this.#sequence += 1;
    const entry = make(this.#sequence);
    this.#entries.push(entry);
    // Cut in large steps: taking one from the front of a long array each time is slow.
    if (this.#entries.length > this.limit * 1.1) this.#entries = this.#entries.slice(-this.limit);
    return entry;
  }

  /** Oldest first. */
  list(filter: LogFilter = {}): T[] {
    const { callId, clientContext, after } = filter;
    return this.#entries
      .slice(-this.limit)
      .filter((entry) => callId === undefined || entry.callId === callId)
      .filter((entry) => clientContext === undefined || entry.clientContext === clientContext)
      .filter((entry) => after === undefined || entry.sequence > after);
  }

  clear(): void {
    this.#entries = [];
    this.#sequence = 0;
  }
}
