// Deletes what is older than it is kept: the row of a request, its
// callback, and its call with the last of its requests.
// Costs by deleted rows, never by the size of the table.
import { callKeyOf } from '../facts/call-facts';
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';
import type { RequestEntry } from '../ports/request-index';
import { CONCURRENCY, batchesOf, mapInTurn } from './in-turn';

/** Old rows deleted in one run. */
const MOST_DELETED = 500;

export type RetentionPorts = Pick<Ports, 'clock' | 'outcomes' | 'calls' | 'callbacks' | 'index' | 'policy' | 'log'>;

export function makeRetention({ clock, outcomes, calls, callbacks, index, policy, log }: RetentionPorts) {
  /** Deletes rows that ended longer ago than they are kept, a few hundred a run. */
  return async function deleteOld(): Promise<void> {
    const cutoff = clock.now() - policy.retentionMs;
    const entries = await index.closedBefore(cutoff, MOST_DELETED);
    const settled = await mapInTurn(entries, CONCURRENCY, (entry) =>
      entry.kind === 'request' ? deleteOutcome(entry, cutoff) : deleteCall(entry.callKey, cutoff),
    );
    // An entry outlives its row: a row whose end was reported again after it
    // was closed is not old yet, and must be found later.
    const forgotten = entries.filter((_, position) => settled[position]);
    for (const batch of batchesOf(forgotten)) await index.forgetClosed(batch);
    if (forgotten.length > 0) log('info', 'rows-deleted', { count: forgotten.length });
  };

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
