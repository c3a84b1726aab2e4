// The index of open and closed requests, as a port.
// Knows names and times, and no row.
import type { Stored } from './rows';

/** An entry of the index of open or closed requests. */
export type IndexEntry = RequestEntry | CallEntry;

/** Stands for a request. */
export interface RequestEntry {
  readonly kind: 'request';
  readonly clientContext: string;
  /** Epoch milliseconds when the entry was written. */
  readonly since: number;
  /**
   * A callback was asked for: the entry is not closed before the end was
   * announced to it. Stays when the entry is opened again.
   */
  readonly callback?: boolean;
}

/** Stands for the row of a call that a notification made. */
export interface CallEntry {
  readonly kind: 'call';
  readonly callKey: string;
  /** Epoch milliseconds when the entry was written. */
  readonly since: number;
}

/** An entry of an open request, at the version at which it was read. */
export type OpenEntry = Stored<IndexEntry>;

/** An entry of a request that was closed. */
export type ClosedEntry = IndexEntry & {
  /** The day (UTC, `yyyy-mm-dd`) on which it was closed. */
  readonly closedOn: string;
};

/** The index that makes the timer's work grow with the open requests and the deleted rows, not with the table. */
export interface RequestIndex {
  /**
   * Notes that the request is open. Written before the row itself, so that no row can be forgotten. One transaction.
   */
  open(entry: IndexEntry): Promise<void>;
  /** All open requests, a page at a time. */
  openEntries(): AsyncIterable<readonly OpenEntry[]>;
  /**
   * Moves entries (at most 100) from the open ones to those closed on the day of `now`, whatever their versions: they
   * stand for what is final for good. Two transactions.
   */
  close(entries: readonly IndexEntry[], now: number): Promise<void>;
  /** The same for one entry that may be opened again meanwhile: it then stays open. Two transactions. */
  closeUnlessReopened(entry: OpenEntry, now: number): Promise<void>;
  /**
   * Removes an entry that never became a row from the open ones, unless it was opened again meanwhile. One transaction.
   */
  forgetUnlessReopened(entry: OpenEntry): Promise<void>;
  /** At most `limit` entries that were closed on a day that ended before `before`. */
  closedBefore(before: number, limit: number): Promise<readonly ClosedEntry[]>;
  /** Removes entries (at most 100) from the closed ones. */
  forgetClosed(entries: readonly ClosedEntry[]): Promise<void>;
}
