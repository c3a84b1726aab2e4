// Whether anybody tells us what happens on a call: was any notification of it ever seen? It answers the first question
// after an outcome that nobody knows. Decides no outcome: only which of two reasons is given.
//
// Most notifications leave a fact of their own: the state of the call, or the report of a request. Only those that
// leave none are noted here, once a call, so that a report costs no more than before; and only where something is known
// of the call: what is nobody's business here makes no row.
import { callKeyOf, type CallFacts } from '../facts/call-facts';
import type { OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';
import type { CallRows, OutcomeRows } from '../ports/rows';

/** Requests of the call that are looked through for a report. */
const LONGEST_LOOK = 50;
/** Calls that this process knows to be noted; the oldest are forgotten and looked up again. */
const MOST_REMEMBERED = 10_000;
const MOST_ROUNDS = 20;

/**
 * Notes that a notification was seen which leaves no other fact of this call. Throws when storage cannot be reached;
 * Graph is then answered 503.
 */
export function makeNotifiedRecorder({ calls, clock }: Pick<Ports, 'calls' | 'clock'>) {
  const noted = new Set<string>();

  return async function recordNotified(callId: string): Promise<void> {
    const key = callKeyOf(callId);
    if (noted.has(key)) return;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const call = await calls.read(key);
      if (call === undefined) return;
      if (isNotified(call)) return remember(key);
      const written = await calls.merge(key, { notifiedAt: clock.now() }, call.etag);
      if (written.kind === 'written') return remember(key);
    }
    throw new Error('lost every race for the row of a call');
  };

  function remember(key: string): void {
    noted.add(key);
    for (const oldest of noted) {
      if (noted.size <= MOST_REMEMBERED) break;
      noted.delete(oldest);
    }
  }
}

/** True when the call's row shows that a notification of it was seen. */
export function isNotified(call: CallFacts | undefined): boolean {
  return call?.notifiedAt !== undefined || call?.toldAt !== undefined;
}

interface NotifiedPorts {
  readonly outcomes: Pick<OutcomeRows, 'read'>;
  readonly calls: Pick<CallRows, 'read'>;
}

/**
 * Whether any notification of the request's call was seen: by the call's row, else by a report of one of its last
 * {@link LONGEST_LOOK} requests. True where there are more: nobody looked. Costs reads only, and only if it is asked.
 */
export function makeWasNotified({ outcomes, calls }: NotifiedPorts) {
  return async function wasNotified(row: OutcomeFacts): Promise<boolean> {
    if (row.reportedAt !== undefined) return true;
    const call = await calls.read(callKeyOf(row.callId));
    if (isNotified(call)) return true;
    let next = call?.tail ?? '';
    for (let step = 0; next !== ''; step += 1) {
      if (step === LONGEST_LOOK) return true;
      const other = next === row.clientContext ? row : await outcomes.read(next);
      if (other?.reportedAt !== undefined) return true;
      next = other?.after ?? '';
    }
    return false;
  };
}
