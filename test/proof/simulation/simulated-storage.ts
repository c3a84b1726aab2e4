// Azure Storage as the rules see it, in memory: rows with versions, an index, a queue that delivers at least once.
// Pure state, executed at one moment of virtual time; faults are added by the world that calls it.
import type { CallFacts } from '../../../shared/tones/facts/call-facts';
import type { OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import type { ClosedEntry, IndexEntry, OpenEntry } from '../../../shared/tones/ports/request-index';
import type { Stored, WriteResult } from '../../../shared/tones/ports/rows';

const STALE: WriteResult = { kind: 'stale' };

/** Rows of one table under conditional writes. */
export class SimulatedRows<T extends object> {
  readonly rows = new Map<string, Stored<T>>();
  /** Told of every row that is written, with what it was before. */
  onWrite: ((key: string, before: Stored<T> | undefined, after: T) => void) | undefined;
  /** Versions are counted for each row, so that they do not tell what happened to others. */
  private readonly versions = new Map<string, number>();

  read(key: string): Stored<T> | undefined {
    return this.rows.get(key);
  }

  insert(key: string, facts: T): WriteResult {
    return this.rows.has(key) ? STALE : this.write(key, facts);
  }

  merge(key: string, facts: Partial<T>, etag: string): WriteResult {
    const row = this.rows.get(key);
    return row?.etag === etag ? this.write(key, { ...row, ...facts }) : STALE;
  }

  remove(key: string, etag: string): WriteResult {
    if (this.rows.get(key)?.etag !== etag) return STALE;
    this.rows.delete(key);
    return { kind: 'written', etag: '' };
  }

  private write(key: string, facts: T): WriteResult {
    const version = (this.versions.get(key) ?? 0) + 1;
    const etag = `v${version}`;
    this.versions.set(key, version);
    this.onWrite?.(key, this.rows.get(key), facts);
    this.rows.set(key, { ...facts, etag });
    return { kind: 'written', etag };
  }
}

export class SimulatedIndex {
  readonly open = new Map<string, OpenEntry>();
  readonly closed = new Map<string, ClosedEntry>();

  private versions = 0;

  /** The open entries as they stand, whatever comes after. */
  list(): OpenEntry[] {
    return [...this.open.values()];
  }

  close(entries: readonly IndexEntry[], now: number): void {
    const closedOn = new Date(now).toISOString().slice(0, 10);
    for (const entry of entries) {
      this.closed.set(keyOf(entry), { ...entry, closedOn });
      this.open.delete(keyOf(entry));
    }
  }

  closeUnlessReopened({ etag, ...entry }: OpenEntry, now: number): void {
    this.closed.set(keyOf(entry), { ...entry, closedOn: new Date(now).toISOString().slice(0, 10) });
    this.forgetUnlessReopened({ etag, ...entry });
  }

  forgetUnlessReopened(entry: OpenEntry): void {
    if (this.open.get(keyOf(entry))?.etag === entry.etag) this.open.delete(keyOf(entry));
  }

  add(entry: IndexEntry): void {
    this.versions += 1;
    this.open.set(keyOf(entry), { ...this.open.get(keyOf(entry)), ...entry, etag: `e${this.versions}` });
  }

  closedBefore(before: number, limit: number): ClosedEntry[] {
    const day = new Date(before).toISOString().slice(0, 10);
    return [...this.closed.values()].filter((entry) => entry.closedOn < day).slice(0, limit);
  }

  forgetClosed(entries: readonly ClosedEntry[]): void {
    for (const entry of entries) this.closed.delete(keyOf(entry));
  }
}

function keyOf(entry: IndexEntry): string {
  return entry.kind === 'request' ? `r ${entry.clientContext}` : `c ${entry.callKey}`;
}

export interface SimulatedStorage {
  readonly outcomes: SimulatedRows<OutcomeFacts>;
  readonly calls: SimulatedRows<CallFacts>;
  readonly index: SimulatedIndex;
}

export function makeSimulatedStorage(): SimulatedStorage {
  return {
    outcomes: new SimulatedRows<OutcomeFacts>(),
    calls: new SimulatedRows<CallFacts>(),
    index: new SimulatedIndex(),
  };
}
