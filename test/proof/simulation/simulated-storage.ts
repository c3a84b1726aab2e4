// Azure Storage as the rules see it, in memory: rows with versions, and the table of the index.
// Pure state, executed at one moment of virtual time; faults are added by the world that calls it.
import type { CallFacts } from '../../../shared/tones/facts/call-facts';
import type { OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import type { Stored, WriteResult } from '../../../shared/tones/ports/rows';
import { SimulatedTable } from './simulated-table';

const STALE: WriteResult = { kind: 'stale' };

/** Rows of one table under conditional writes. */
export class SimulatedRows<T extends object> {
  readonly rows = new Map<string, Stored<T>>();
  /** Called with every row that is written, and what it was before. */
  onWrite: ((key: string, before: Stored<T> | undefined, after: T) => void) | undefined;
  onRemove: ((key: string) => void) | undefined;
  /** Versions are counted for each row, so that they do not say what happened to others. */
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
    this.onRemove?.(key);
    return { kind: 'written', etag: '' };
  }

  private write(key: string, facts: T): WriteResult {
    const version = (this.versions.get(key) ?? 0) + 1;
    const etag = `v${version}`;
    this.versions.set(key, version);
    const before = this.rows.get(key);
    this.rows.set(key, { ...facts, etag });
    this.onWrite?.(key, before, facts);
    return { kind: 'written', etag };
  }
}

export interface SimulatedStorage {
  readonly outcomes: SimulatedRows<OutcomeFacts>;
  readonly calls: SimulatedRows<CallFacts>;
  readonly index: SimulatedTable;
}

export function makeSimulatedStorage(): SimulatedStorage {
  return {
    outcomes: new SimulatedRows<OutcomeFacts>(),
    calls: new SimulatedRows<CallFacts>(),
    index: new SimulatedTable(),
  };
}

/** The RowKey of a request in the index (docs/architecture.md, storage layout). */
export function openEntryOf(index: SimulatedTable, clientContext: string) {
  return index.get('open', `r ${clientContext}`);
}
