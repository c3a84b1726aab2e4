// The index of open and closed requests in memory, for the tests of single rules.
// The proof runs the production index on a simulated table instead (test/proof/simulation/simulated-table.ts).
import type { ClosedEntry, IndexEntry, OpenEntry } from '../../shared/tones/ports/request-index';

export class StoredIndex {
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
