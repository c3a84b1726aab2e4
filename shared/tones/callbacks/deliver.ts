// One attempt to deliver an outcome to its callback, and what follows: delivered, refused, tried again later, given up.
// The message names the request only, so the newest URL gets the newest
// outcome. A URL is in no log, and in no row but its own.
import { errorName, type EventFields } from '../event-log';
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import { toToneOutcome } from '../facts/tone-outcome';
import type { CallbackFacts, CallbackReply } from '../ports/callbacks';
import type { Ports } from '../ports/ports';
import type { CallbackMessage } from '../ports/queues';
import type { Stored } from '../ports/rows';
import { markWanted } from './mark-wanted';
import { attemptsAt, endOf, isOfAnother, isOvertaken, isOwed, tryingOf } from './owed';
import { MOST_ATTEMPTS, callbackWaitMs } from './retry';

export type DeliverPorts = Pick<
  Ports,
  'clock' | 'outcomes' | 'callbacks' | 'callbackQueue' | 'log' | 'post' | 'linkTrace'
>;

export type CallbackEnding = 'delivered' | 'refused' | 'waiting' | 'given-up' | 'nothing-to-deliver';

/** One attempt, as it went. */
interface Attempt {
  readonly callback: Stored<CallbackFacts>;
  readonly row: OutcomeFacts;
  /** Attempts at this end, this one included. */
  readonly attempts: number;
  readonly reply: CallbackReply;
}

/**
 * One delivery of a message. Throws when storage cannot be reached: the queue
 * delivers again. So a POST may come twice, never not at all.
 */
export function makeCallbackDeliverer(ports: DeliverPorts) {
  return async function deliver(message: CallbackMessage): Promise<CallbackEnding> {
    const { clientContext } = message;
    const callback = await ports.callbacks.read(clientContext);
    if (callback === undefined || callback.url === '') return 'nothing-to-deliver';
    const row = await markWanted(ports, clientContext);
    if (row === undefined || !isFinal(row.status)) return 'nothing-to-deliver';
    if (!isOwed(callback, row) || isOvertaken(message, callback, row)) return 'nothing-to-deliver';
    if (row.traceparent !== undefined) ports.linkTrace?.(row.traceparent);
    const reply = await ports.post(callback.url, toToneOutcome(row));
    const before = isOfAnother(message, callback, row) ? 0 : Math.max(message.attempts, attemptsAt(callback, row));
    return record(ports, { callback, row, attempts: before + 1, reply });
  };
}

async function record(ports: DeliverPorts, attempt: Attempt): Promise<CallbackEnding> {
  const { row, attempts, reply } = attempt;
  switch (reply.kind) {
    case 'taken':
      // Nothing follows a final status but `unknown`: the URL is needed no more.
      await note(ports, attempt, {
        told: endOf(row),
        trying: '',
        attempts: 0,
        ...(row.status !== 'unknown' && { url: '', ended: 'delivered' }),
      });
      ports.log('info', 'callback-delivered', fieldsOf(attempt));
      return 'delivered';
    case 'refused':
      await note(ports, attempt, { url: '', ended: 'refused' });
      ports.log('warn', 'callback-refused', { ...fieldsOf(attempt), reason: reply.reason });
      return 'refused';
    case 'failed':
      if (attempts < MOST_ATTEMPTS) return tryAgain(ports, attempt, reply);
      await note(ports, attempt, { url: '', attempts, ended: 'given-up' });
      ports.log('error', 'callback-given-up', { ...fieldsOf(attempt), reason: reply.reason });
      return 'given-up';
    // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
    default:
      return reply satisfies never;
  }
}

async function tryAgain(
  ports: DeliverPorts,
  attempt: Attempt,
  { reason, retryAfterMs }: Extract<CallbackReply, { kind: 'failed' }>,
): Promise<CallbackEnding> {
  const { callback, row, attempts } = attempt;
  const { clientContext } = row;
  const trying = tryingOf(callback, row);
  const delayMs = callbackWaitMs(attempts, retryAfterMs);
  await ports.callbackQueue.enqueue({ clientContext, attempts, trying }, delayMs);
  ports.log('warn', 'callback-waiting', { ...fieldsOf(attempt), reason, delayMs });
  // The further attempt is on its way and counts by itself; without the note the timer may announce once more.
  await note(ports, attempt, { trying, attempts }).catch((error: unknown) =>
    ports.log('error', 'storage-failed', { clientContext, detail: errorName(error) }),
  );
  return 'waiting';
}

/** A row that was replaced or forgotten meanwhile is left as it is: whoever did so sees to the rest. */
async function note(
  { clock, callbacks }: DeliverPorts,
  { callback, row, reply }: Attempt,
  facts: Partial<CallbackFacts>,
): Promise<void> {
  const noted = { ...facts, changedAt: clock.now(), ...httpStatusOf(reply) };
  await callbacks.merge(row.clientContext, noted, callback.etag);
}

function fieldsOf({ row: { clientContext, callId, status }, attempts, reply }: Attempt): EventFields {
  return { clientContext, callId, status, count: attempts, ...httpStatusOf(reply) };
}

function httpStatusOf({ httpStatus }: CallbackReply): { readonly httpStatus?: number } {
  return httpStatus === undefined ? {} : { httpStatus };
}
