// Ends what has run out of time, and deletes what is old: the timer's work, and the part of it that a reader may do itself.
// Costs by open requests and by deleted rows, never by the size of the table.
import { makeEndAnnouncer, type AnnouncePorts } from '../callbacks/announce-end';
import { makeCallbackChecker } from '../callbacks/callbacks';
import { ORPHAN_ENTRY_MS, type DeliveryPolicy } from '../facts/delivery-policy';
import { callKeyOf, isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import type { CallbackRows, CallRows, Clock, IndexEntry, OutcomeRows, RequestIndex, Stored } from '../ports';
import { overdueFacts } from '../facts/transitions';

export interface OverduePorts extends AnnouncePorts {
  readonly clock: Clock;
  readonly outcomes: OutcomeRows;
  readonly calls: CallRows;
  readonly callbacks: CallbackRows;
  readonly index: RequestIndex;
  readonly policy: DeliveryPolicy;
}

/** Rows read at a time; enough to pass 1,000 open requests in seconds, few enough not to crowd out callers and presses (docs/performance.md). */
const CONCURRENCY = 2;
/** Entries moved in one transaction; one may hold 100, but holds up others for as long as it takes. */
const BATCH = 10;
/** Old rows deleted in one run. */
const MOST_DELETED = 500;

type Fate = 'open' | 'closed' | 'orphan';

/** Ends a row whose time has passed: the same condition for the timer and for readers. */
function makeOverdueEnder({ clock, outcomes, log }: Pick<OverduePorts, 'clock' | 'outcomes' | 'log'>) {
  return async function endIfOverdue(
    clientContext: string,
  ): Promise<{ readonly row: Stored<OutcomeFacts> | undefined; readonly endedNow: boolean }> {
    const row = await outcomes.read(clientContext);
    const facts = row && overdueFacts(row, clock.now());
    if (row === undefined || facts === undefined) return { row, endedNow: false };
    const written = await outcomes.merge(clientContext, facts, row.etag);
    if (written.kind === 'stale') return { row: await outcomes.read(clientContext), endedNow: false };
    log('warn', 'overdue-closed', { clientContext, callId: row.callId, status: facts.status, code: facts.errorCode });
    return { row: { ...row, ...facts, etag: written.etag }, endedNow: true };
  };
}

/** The row as it stands, ended first if its time has passed. */
export function makeOutcomeReader(ports: Pick<OverduePorts, 'clock' | 'outcomes'> & AnnouncePorts) {
  const endIfOverdue = makeOverdueEnder(ports);
  const announceEnd = makeEndAnnouncer(ports);

  return async function readOutcome(clientContext: string): Promise<Stored<OutcomeFacts> | undefined> {
    const { row, endedNow } = await endIfOverdue(clientContext);
    if (row !== undefined && endedNow) await announceEnd(row, row);
    return row;
  };
}

export function makeOverdueCloser(ports: OverduePorts) {
  const { clock, outcomes, calls, callbacks, index, policy, log } = ports;
  const endIfOverdue = makeOverdueEnder(ports);
  const announceIfOwed = makeCallbackChecker(ports);

  /**
   * Ends overdue requests, and then tells the callbacks of those that have ended. A failure of one does not keep the others from being
   * ended; the first is thrown at the end.
   */
  async function closeOverdue(): Promise<void> {
    const failures: unknown[] = [];
    const failed = (error: unknown): 'open' => {
      failures.push(error);
      return 'open';
    };
    const stillOpen = { count: 0, since: Infinity };
    // A queue that does not answer takes seconds for each: the first failure puts off all others to the next run.
    let canAnnounce = true;
    const announce = async (row: Stored<OutcomeFacts>): Promise<Fate> => {
      if (!canAnnounce) return 'open';
      try {
        return (await announceIfOwed(row)) ? 'closed' : 'open';
      } catch (error) {
        canAnnounce = false;
        return failed(error);
      }
    };
    for await (const page of index.openEntries()) {
      // First all ends, which have a time limit; announcements have none.
      const ends = await mapInTurn(page, CONCURRENCY, (entry) => endOf(entry).catch(failed));
      const fates = await mapInTurn(ends, CONCURRENCY, async (end) => (typeof end === 'string' ? end : announce(end)));
      const withFate = (fate: Fate) => page.filter((_, position) => fates[position] === fate);
      for (const batch of batchesOf(withFate('closed'))) await index.close(batch, clock.now());
      for (const batch of batchesOf(withFate('orphan'))) await index.forget(batch);
      for (const { since } of withFate('open')) {
        stillOpen.count += 1;
        stillOpen.since = Math.min(stillOpen.since, since);
      }
    }
    if (stillOpen.count > 0)
      log('info', 'requests-open', { count: stillOpen.count, durationMs: clock.now() - stillOpen.since });
    if (failures.length > 0) throw failures[0];
  }

  /** What becomes of the entry; the row, where it has ended and its callback is to be looked at. */
  async function endOf(entry: IndexEntry): Promise<Fate | Stored<OutcomeFacts>> {
    if (entry.callKey !== undefined) return 'closed';
    const { row } = await endIfOverdue(entry.clientContext);
    if (row === undefined) return clock.now() - entry.since > ORPHAN_ENTRY_MS ? 'orphan' : 'open';
    if (!isFinal(row.status)) return 'open';
    return entry.callback ? row : 'closed';
  }

  /** Deletes rows that ended longer ago than they are kept, a few hundred a run. */
  async function deleteOld(): Promise<void> {
    const cutoff = clock.now() - policy.retentionMs;
    const entries = await index.closedBefore(cutoff, MOST_DELETED);
    const settled = await mapInTurn(entries, CONCURRENCY, (entry) =>
      entry.callKey === undefined ? deleteOutcome(entry, cutoff) : deleteCall(entry.callKey, cutoff),
    );
    // An entry outlives its row: a row that was told of again after it was closed is not old yet, and must be found later.
    const forgotten = entries.filter((_, position) => settled[position]);
    for (const batch of batchesOf(forgotten)) await index.forgetClosed(batch);
    if (forgotten.length > 0) log('info', 'rows-deleted', { count: forgotten.length });
  }

  /** True when nothing is left to delete: a row that is open again has an entry of its own. */
  async function deleteOutcome({ clientContext, callback }: IndexEntry, cutoff: number): Promise<boolean> {
    const row = await outcomes.read(clientContext);
    if (row === undefined || !isFinal(row.status)) return true;
    if ((row.finishedAt ?? 0) > cutoff) return false;
    if (callback || row.callbackWanted) await callbacks.remove(clientContext);
    await deleteTail(row);
    return (await outcomes.remove(clientContext, row.etag)).kind === 'written';
  }

  /** A call whose last request goes is forgotten with it; one that has a newer request stays. */
  async function deleteTail(row: OutcomeFacts): Promise<void> {
    const key = callKeyOf(row.callId);
    const call = await calls.read(key);
    if (call?.tail === row.clientContext) await calls.remove(key, call.etag);
  }

  /** True when nothing is left to delete: a call that had requests goes with the last of them. */
  async function deleteCall(callKey: string, cutoff: number): Promise<boolean> {
    const call = await calls.read(callKey);
    if (call === undefined || call.tail) return true;
    if ((call.toldAt ?? 0) > cutoff) return false;
    return (await calls.remove(callKey, call.etag)).kind === 'written';
  }

  return { closeOverdue, deleteOld };
}

function batchesOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, position) =>
    items.slice(position * BATCH, (position + 1) * BATCH),
  );
}

/** Maps with at most `concurrency` at a time, results in order. */
async function mapInTurn<T, R>(items: readonly T[], concurrency: number, map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const remaining = items.entries();
  const worker = async () => {
    for (const [position, item] of remaining) results[position] = await map(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
