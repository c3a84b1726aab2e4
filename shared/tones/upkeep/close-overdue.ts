// Ends what has run out of time, and announces ends that nobody announced: the timer's first work.
// Costs by open requests, never by the size of the table.
import { makeMissedAnnouncer } from '../callbacks/announce-missed';
import type { RulePorts } from '../delivery/end-request';
import { makeOverdueEnd } from '../delivery/overdue-end';
import { ORPHAN_ENTRY_MS } from '../facts/delivery-policy';
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import type { OpenEntry } from '../ports/request-index';
import type { Stored } from '../ports/rows';
import { inBatches, mapInTurn } from './in-turn';
import { makePace, type Pace } from './pace';

/**
 * What becomes of an entry. `closed`: what it stands for is final for good. `unknown`: final, unless Graph reports yet,
 * and then it is opened again. `rowless`: it is being accepted, or never became a row; `orphan`: the latter, for sure.
 */
type Fate = 'open' | 'closed' | 'unknown' | 'rowless' | 'orphan';

/** An entry whose row has ended and whose callback is to be looked at. */
interface Announceable {
  readonly entry: OpenEntry;
  readonly row: Stored<OutcomeFacts>;
}

/** Announcements are made so many at a time: a queue that does not answer is found out by the first. */
const ANNOUNCED_AT_A_TIME = 2;

/** Two instances' clocks disagree by less (docs/reliability.md). */
const CLOCKS_DISAGREE_MS = 250;

export function makeOverdueCloser(ports: RulePorts, startPace = makePace) {
  const { clock, index, log } = ports;
  const overdueEnd = makeOverdueEnd(ports);
  const announceMissed = makeMissedAnnouncer(ports);

  /** A failure of one request does not keep the others from being ended; the first is thrown at the end. */
  return async function closeOverdue(): Promise<void> {
    const failures: unknown[] = [];
    const failed = (error: unknown): 'open' => {
      failures.push(error);
      return 'open';
    };
    const announce = untilItFails(ports, announceMissed, failed);
    const stillOpen = { count: 0, since: Infinity };
    const pace = startPace();
    const look = (entry: OpenEntry) => endAtPace(ports, overdueEnd, entry, pace).catch(failed);
    const announceEnd = async (end: Fate | Announceable) => (typeof end === 'string' ? end : announce(end));
    for await (const page of index.openEntries()) {
      // First all ends, which have a time limit; announcements have none.
      const ends = await mapInTurn(page, pace.rowsAtATime, look);
      const fates = await mapInTurn(ends, () => ANNOUNCED_AT_A_TIME, announceEnd);
      const withFate = (fate: Fate) => page.filter((_, position) => fates[position] === fate);
      await inBatches(withFate('closed'), pace, (batch) => index.close(batch, clock.now()));
      for (const entry of withFate('unknown')) await index.closeUnlessReopened(entry, clock.now());
      for (const entry of withFate('orphan')) await index.forgetUnlessReopened(entry);
      for (const { since } of withFate('open')) {
        stillOpen.count += 1;
        stillOpen.since = Math.min(stillOpen.since, since);
      }
    }
    const { count, since } = stillOpen;
    if (count > 0) log('info', 'requests-open', { count, durationMs: clock.now() - since });
    if (failures.length > 0) throw failures[0];
  };
}

/** A queue that does not answer takes seconds for each: the first failure puts off all others to the next run. */
function untilItFails(
  ports: RulePorts,
  announceMissed: ReturnType<typeof makeMissedAnnouncer>,
  failed: (error: unknown) => 'open',
): (announceable: Announceable) => Promise<Fate> {
  let canAnnounce = true;
  return async ({ entry, row }) => {
    if (!canAnnounce) return 'open';
    try {
      return (await announceMissed(row)) ? closedAs(ports, entry, row) : 'open';
    } catch (error) {
      canAnnounce = false;
      return failed(error);
    }
  };
}

/** What becomes of the entry, where that is clear without its callback. */
async function endAtPace(
  ports: RulePorts,
  overdueEnd: ReturnType<typeof makeOverdueEnd>,
  entry: OpenEntry,
  pace: Pace,
): Promise<Fate | Announceable> {
  const { clock, endRequest } = ports;
  if (entry.kind === 'call') return 'closed';
  const { clientContext } = entry;
  const startedAt = clock.now();
  try {
    const ended = await endRequest({ clientContext, by: 'timer', decide: overdueEnd, followsLater: true });
    pace.took(ended.kind === 'ended' ? 'ended' : 'looked at', clock.now() - startedAt);
    return fateOf(ports, entry, ended.row);
  } catch (error) {
    pace.failed();
    throw error;
  }
}

function fateOf(
  ports: RulePorts,
  entry: Extract<OpenEntry, { kind: 'request' }>,
  row: Stored<OutcomeFacts> | undefined,
): Fate | Announceable {
  const { clock } = ports;
  if (row === undefined) return clock.now() - entry.since > ORPHAN_ENTRY_MS ? 'orphan' : 'rowless';
  if (!isFinal(row.status)) return 'open';
  // The row may want a callback that was asked for after the entry was read.
  return entry.callback || row.callbackWanted ? { entry, row } : closedAs(ports, entry, row);
}

function closedAs({ clock }: RulePorts, entry: OpenEntry, row: OutcomeFacts): Fate {
  if (row.status !== 'unknown') return 'closed';
  return isBeingReported(entry, row, clock.now()) ? 'open' : 'unknown';
}

/**
 * Whoever records a report on an `unknown` that wants a callback opens its entry again first. Until the report is in
 * the row, the entry's version says nothing: a run that reads both in between would close it, and nobody would make
 * good a missed announcement.
 */
function isBeingReported(
  { since }: OpenEntry,
  { callbackWanted = false, finishedAt = Infinity }: OutcomeFacts,
  now: number,
): boolean {
  return callbackWanted && since > finishedAt - CLOCKS_DISAGREE_MS && now - since < ORPHAN_ENTRY_MS;
}
