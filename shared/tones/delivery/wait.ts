// Waiting: a copy of the message that comes later. The only place that puts a request's message back on the queue.
// Knows nothing of why a request waits but a code for the log.
//
// An enqueue whose answer is lost may have put the copy there all the same, and the queue delivers
// the message itself again: two copies of one request. They must not multiply. So whoever is in
// doubt first writes into the row which copy goes on; a copy that finds another one named there
// ends. It looks where it was in doubt itself, and at every eighth wait.
//
// A message that is delivered again takes over from the one that the row names: its last delivery may
// have written that name without enqueuing the copy. But where one of its own copies has named another
// since, that copy was on the queue and goes on, and the message ends. Without this, an outage in which
// every answer is lost lets each delivery of each copy leave two more.
import { errorName } from '../event-log';
import { turnAfterOf, type OutcomeFacts } from '../facts/outcome-facts';
import type { WaitingFor } from '../facts/waiting-for';
import { isAhead } from '../facts/parts/part-state';
import type { Ports } from '../ports/ports';
import type { ToneMessage } from '../ports/queues';

export type WaitPorts = Pick<Ports, 'clock' | 'random' | 'outcomes' | 'queue' | 'log'>;

/** A copy looks into its row at every so many waits. */
const LOOKS_EVERY = 8;
const MOST_ROUNDS = 20;

/** A message that goes on, and when it comes. */
interface Copy {
  readonly message: ToneMessage;
  readonly dueMs: number;
}

export type WaitEnding = 'waiting' | 'duplicate';

export interface WaitReason {
  /** The queue delivered the message before: that delivery may have left a copy. */
  readonly redelivered?: boolean;
  /** What is waited for, for the log; and Graph's code where that is a refusal. */
  readonly waitingFor?: WaitingFor;
  readonly code?: string | undefined;
}

export type Wait = (message: ToneMessage, delayMs: number, reason?: WaitReason) => Promise<WaitEnding>;

/**
 * `duplicate`: another copy goes on. Throws when storage cannot be reached; the message must then be delivered again.
 */
export function makeWait({ clock, random, outcomes, queue, log }: WaitPorts): Wait {
  return async function wait(message, delayMs, { redelivered = false, waitingFor, code } = {}) {
    // A copy that comes after the deadline would only carry the tones about:
    // the last one comes in time to expire the row.
    const dueMs = Math.max(0, Math.min(delayMs, message.expiresAt - clock.now()));
    let copy: Copy | undefined = { message: { ...message, waits: message.waits + 1 }, dueMs };
    if (redelivered) copy = await takeOver(ownName(message.copyId), copy, true);
    else if (copy.message.waits % LOOKS_EVERY === 0 && !(await isOurTurn(message))) copy = undefined;
    if (copy !== undefined) copy = await enqueue(ownName(message.copyId), copy);
    const { clientContext, callId, waits, part } = message;
    if (copy === undefined) {
      log('warn', 'tones-duplicate', { clientContext, callId, waits });
      return 'duplicate';
    }
    const what = { ...(part !== undefined && { part }), ...(waitingFor && { waitingFor }), ...(code && { code }) };
    const waitsMs = Math.max(delayMs, copy.dueMs);
    log('info', 'tones-waiting', { clientContext, callId, ...what, waits, delayMs: waitsMs });
    return 'waiting';
  };

  /** The copy that is on the queue; undefined where another one goes on. */
  async function enqueue(by: string, copy: Copy): Promise<Copy | undefined> {
    try {
      await queue.enqueueOnce(copy.message, copy.dueMs);
      return copy;
    } catch (error) {
      const { clientContext, callId } = copy.message;
      log('error', 'storage-failed', { clientContext, callId, detail: errorName(error) });
      const named = await takeOver(by, copy, false);
      if (named !== undefined) await queue.enqueueOnce(named.message, named.dueMs);
      return named;
    }
  }

  async function isOurTurn(message: ToneMessage): Promise<boolean> {
    const row = await outcomes.read(message.clientContext);
    return row !== undefined && isAhead(row, message.part ?? 1) && isNamed(row, message);
  }

  /**
   * Names this copy in the row as the one that goes on; undefined where it
   * may not. `by`: the own name of the message that was delivered, which the new name says.
   */
  async function takeOver(by: string, { message, dueMs }: Copy, redelivered: boolean): Promise<Copy | undefined> {
    const copyId = `${by}/${random.uuid()}`;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await outcomes.read(message.clientContext);
      if (row === undefined || !isAhead(row, message.part ?? 1)) return undefined;
      // Never the message's predecessor with the row's version: both are taken
      // from the row (rule 5), and its not-before time as well.
      const named = (etag: string): Copy => ({
        message: { ...message, copyId, after: turnAfterOf(row), etag },
        dueMs: Math.max(dueMs, (row.notBefore ?? 0) - clock.now()),
      });
      if (row.copyId === copyId) return named(row.etag);
      if (!(redelivered ? mayBeItsTurn(row, message) : isNamed(row, message))) return undefined;
      const written = await outcomes.merge(message.clientContext, { copyId }, row.etag);
      if (written.kind === 'written') return named(written.etag);
    }
    throw new Error('lost every race for the row of a request that waits');
  }
}

function isNamed(row: OutcomeFacts, { copyId }: ToneMessage): boolean {
  return (row.copyId ?? '') === (copyId ?? '');
}

/**
 * False where the name in the row was written by another than the message that was delivered, or than who named that:
 * such a one was on the queue. A name without a slash does not say who wrote it.
 */
function mayBeItsTurn({ copyId: name = '' }: OutcomeFacts, { copyId = '' }: ToneMessage): boolean {
  return !name.includes('/') || [ownName(copyId), writerOf(copyId)].includes(writerOf(name));
}

/** Which copy a name means. */
function ownName(name = ''): string {
  return name.slice(name.indexOf('/') + 1);
}

/** The own name of the copy that wrote a name; undefined where it does not say. */
function writerOf(name: string): string | undefined {
  return name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined;
}
