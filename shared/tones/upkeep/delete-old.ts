// Deletes what is older than it is kept: the row of a request, its
// callback, and its call with the last of its requests.
// Costs by deleted rows, never by the size of the table.
import { callKeyOf } from '../facts/call-facts';
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';
import type { ClosedEntry, RequestEntry } from '../ports/request-index';
import { inBatches, mapInTurn } from './in-turn';
import { makePace, type Pace } from './pace';

/** Entries that are looked up at once. */
const LOOKED_UP = 500;
/** A run begins nothing new after so long: rows whose time has passed wait for the next one. */
const MOST_MS = 10_000;

export type RetentionPorts = Pick<Ports, 'clock' | 'outcomes' | 'calls' | 'callbacks' | 'index' | 'policy' | 'log'>;

export function makeRetention(ports: RetentionPorts, startPace = makePace) {
  const { clock, outcomes, calls, callbacks, index, policy, log } = ports;

  /** Deletes rows that ended longer ago than they are kept, for ten seconds a run. */
  return async function deleteOld(): Promise<void> {
    const startedAt = clock.now();
    const cutoff = startedAt - policy.retentionMs;
    const pace = startPace();
    let count = 0;
    let areMore = true;
    while (areMore && clock.now() - startedAt < MOST_MS) {
      const entries = await index.closedBefore(cutoff, LOOKED_UP);
      const forgotten = await deleteAll(entries, cutoff, pace);
      count += forgotten;
      // Entries whose rows stay come back with every look.
      areMore = entries.length === LOOKED_UP && forgotten > 0;
    }
    if (count > 0) log('info', 'rows-deleted', { count });
  };

  /** How many were deleted, and their entries with them. */
  async function deleteAll(entries: readonly ClosedEntry[], cutoff: number, pace: Pace): Promise<number> {
    const settled = await mapInTurn(entries, pace.rowsAtATime, async (entry) => {
      const startedAt = clock.now();
      const isSettled = await deleteOne(entry, cutoff);
      pace.took('deleted', clock.now() - startedAt);
      return isSettled;
    });
    // An entry outlives its row: a row whose end was reported again after it
    // was closed is not old yet, and must be found later.
    const forgotten = entries.filter((_, position) => settled[position]);
    await inBatches(forgotten, pace, (batch) => index.forgetClosed(batch));
    return forgotten.length;
  }

  function deleteOne(entry: ClosedEntry, cutoff: number): Promise<boolean> {
    return entry.kind === 'request' ? deleteOutcome(entry, cutoff) : deleteCall(entry.callKey, cutoff);
  }

  /** True when nothing is left to delete: a row that is open again has an entry of its own. */
  async function deleteOutcome({ clientContext, callback }: RequestEntry, cutoff: number): Promise<boolean> {
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

  /** True when nothing is left to delete: a call that has requests goes with the last of them. */
  async function deleteCall(callKey: string, cutoff: number): Promise<boolean> {
    const call = await calls.read(callKey);
    if (call === undefined || call.tail) return true;
    if ((call.toldAt ?? 0) > cutoff) return false;
    return (await calls.remove(callKey, call.etag)).kind === 'written';
  }
}
