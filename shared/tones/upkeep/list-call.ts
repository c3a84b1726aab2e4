// The requests of one call, newest first, by the chain that orders them: no table is searched, and nothing was written
// for it.
// A row whose time has passed is ended first, as by every reader.
import type { RulePorts } from '../delivery/end-request';
import { makeFindWaiting } from '../delivery/find-waiting';
import { isNotified } from '../delivery/notified';
import { makeOverdueEnd } from '../delivery/overdue-end';
import { callKeyOf, type CallFacts } from '../facts/call-facts';
import type { OutcomeFacts } from '../facts/outcome-facts';
import type { Waiting } from '../facts/waiting-for';

/** Most requests in one list. */
export const MOST_LISTED = 50;

export interface ListedRequest {
  readonly row: OutcomeFacts;
  readonly waiting: Waiting | undefined;
}

export interface CallList {
  /** What the call reported of itself; undefined where nothing is known of it. */
  readonly call: CallFacts | undefined;
  /** A notification of the call was seen, by what is known of it and by the listed requests. */
  readonly notified: boolean;
  readonly requests: readonly ListedRequest[];
  /** Older ones exist. */
  readonly more: boolean;
}

/**
 * Costs a read of the call and one of each listed request; the oldest that waits may look beyond them. Throws when
 * storage cannot be reached.
 */
export function makeCallLister(ports: RulePorts): (callId: string) => Promise<CallList> {
  const { calls, endRequest } = ports;
  const decide = makeOverdueEnd(ports);

  return async function listCall(callId) {
    const call = await calls.read(callKeyOf(callId));
    const rows = new Map<string, OutcomeFacts>();
    let next = call?.tail ?? '';
    // One more than is listed, which says whether there are older ones; a chain that leads back to itself would be a
    // fault of ours.
    while (next !== '' && rows.size <= MOST_LISTED && !rows.has(next)) {
      const { row } = await endRequest({ clientContext: next, by: 'reader', decide });
      if (row === undefined) break;
      rows.set(next, row);
      next = row.after ?? '';
    }
    const listed = [...rows.values()].slice(0, MOST_LISTED);
    const read = async (key: string) => rows.get(key) as Awaited<ReturnType<typeof ports.outcomes.read>>;
    const findWaiting = makeFindWaiting({
      ...ports,
      outcomes: { read: async (key) => (await read(key)) ?? ports.outcomes.read(key) },
      calls: { ...calls, read: async () => call },
    });
    const requests = await Promise.all(listed.map(async (row) => ({ row, waiting: await findWaiting(row) })));
    const notified = isNotified(call) || listed.some(({ reportedAt }) => reportedAt !== undefined);
    return { call, notified, requests, more: rows.size > MOST_LISTED };
  };
}
