// The callback of a request: asked for, forgotten, told when the request is final, given up.
// The URL stands in a row of its own; the message on the queue names the request only, so the newest URL is told the newest outcome.
//
//   subscribe: URL stored -> outcome read again: already final? -> announced
//   an end:    outcome stored -> announced -> deliver: URL read -> POST        one of the two sees the other
import { errorName } from '../event-log';
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import { toToneOutcome } from '../facts/tone-outcome';
import type { CallbackFacts, CallbackMessage, CallbackReply, Ports, Stored } from '../ports';
import { MOST_ATTEMPTS, callbackWaitMs } from './retry';

export type CallbackPorts = Pick<Ports, 'clock' | 'outcomes' | 'callbacks' | 'callbackQueue' | 'log'>;

export type TellPorts = CallbackPorts & Pick<Ports, 'post' | 'linkTrace'>;

export type CallbackEnding = 'delivered' | 'refused' | 'waiting' | 'given-up' | 'nothing-to-tell';

const MOST_ROUNDS = 20;
/** What a telling is of: told once, it is not told again; a late change from `unknown` is another one. */
function tellingOf({ status, finishedAt }: OutcomeFacts): string {
  return `${status} ${finishedAt ?? ''}`;
}

/** What further attempts are bound to: one subscription and one telling. */
function tryingOf({ subscribedAt }: CallbackFacts, row: OutcomeFacts): string {
  return `${subscribedAt} ${tellingOf(row)}`;
}

/** Nothing was told of this end, and somebody wants to be told. */
function isToBeTold(callback: CallbackFacts | undefined, row: OutcomeFacts): callback is CallbackFacts {
  return callback !== undefined && callback.url !== '' && callback.told !== tellingOf(row);
}

/** True while something is to be told and nobody is about to: no further attempt is on its way. */
function isOwed(callback: CallbackFacts | undefined, row: OutcomeFacts): boolean {
  return isToBeTold(callback, row) && callback.trying !== tryingOf(callback, row);
}

/** Stores where to tell; throws when storage cannot be reached: the caller asks again. */
export function makeCallbackSubscriber(ports: CallbackPorts) {
  const { clock, callbacks, callbackQueue, log } = ports;
  const markWanted = makeMarker(ports);

  return async function subscribe(clientContext: string, url: string): Promise<OutcomeFacts> {
    const now = clock.now();
    await callbacks.replace(clientContext, { url, subscribedAt: now, changedAt: now });
    log('info', 'callback-set', { clientContext });
    const row = await markWanted(clientContext);
    if (row === undefined) throw new Error('the row of a request vanished while its callback was set');
    if (isFinal(row.status)) await callbackQueue.enqueue({ clientContext, attempts: 0 }, 0);
    return row;
  };
}

/** Marks the row, so that whoever ends it announces it. */
function makeMarker({ outcomes }: Pick<CallbackPorts, 'outcomes'>) {
  return async function markWanted(clientContext: string): Promise<OutcomeFacts | undefined> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await outcomes.read(clientContext);
      if (row === undefined || row.callbackWanted) return row;
      const written = await outcomes.merge(clientContext, { callbackWanted: true }, row.etag);
      if (written.kind === 'written') return { ...row, callbackWanted: true };
    }
    throw new Error('lost every race for the row of a callback');
  };
}

/** Harmless at any time; throws when storage cannot be reached. */
export function makeCallbackForgetter({ callbacks, log }: Pick<CallbackPorts, 'callbacks' | 'log'>) {
  return async function forget(clientContext: string): Promise<void> {
    await callbacks.remove(clientContext);
    log('info', 'callback-forgotten', { clientContext });
  };
}

/** What the timer does for the callback of a request that has ended: announces it, if nobody has. False: the row moved on, look again. */
export function makeCallbackChecker({
  outcomes,
  callbacks,
  callbackQueue,
}: Pick<CallbackPorts, 'outcomes' | 'callbacks' | 'callbackQueue'>) {
  return async function announceIfOwed(row: Stored<OutcomeFacts>): Promise<boolean> {
    const callback = await callbacks.read(row.clientContext);
    if (!isOwed(callback, row)) return true;
    // So that a late change from `unknown` is announced by whoever writes it.
    if (
      !row.callbackWanted &&
      (await outcomes.merge(row.clientContext, { callbackWanted: true }, row.etag)).kind === 'stale'
    )
      return false;
    await callbackQueue.enqueue({ clientContext: row.clientContext, attempts: 0 }, 0);
    return true;
  };
}

/** One delivery of a message. Throws when storage cannot be reached: the queue delivers again. A POST may so come twice, never not at all. */
export function makeCallbackTeller(ports: TellPorts) {
  const { clock, callbacks, callbackQueue, log, post, linkTrace } = ports;
  const markWanted = makeMarker(ports);

  return async function tell(message: CallbackMessage): Promise<CallbackEnding> {
    const { clientContext } = message;
    const callback = await callbacks.read(clientContext);
    const row = callback && callback.url !== '' ? await markWanted(clientContext) : undefined;
    if (callback === undefined || row === undefined) return 'nothing-to-tell';
    if (!isFinal(row.status)) return 'nothing-to-tell';
    if (!isToBeTold(callback, row) || isOvertaken(message, callback, row)) return 'nothing-to-tell';
    if (row.traceparent !== undefined) linkTrace?.(row.traceparent);
    const reply = await post(callback.url, toToneOutcome(row));
    const before = isOfAnother(message, callback, row) ? 0 : Math.max(message.attempts, attemptsAt(callback, row));
    return record(callback, row, before + 1, reply);
  };

  async function record(
    callback: Stored<CallbackFacts>,
    row: OutcomeFacts,
    attempts: number,
    reply: CallbackReply,
  ): Promise<CallbackEnding> {
    const { clientContext, callId, status } = row;
    const fields = {
      clientContext,
      callId,
      status,
      count: attempts,
      ...(reply.httpStatus !== undefined && { httpStatus: reply.httpStatus }),
    };
    switch (reply.kind) {
      case 'taken':
        // Nothing follows a final status but `unknown`: the URL is needed no more.
        await note({
          told: tellingOf(row),
          trying: '',
          attempts: 0,
          ...(status !== 'unknown' && { url: '', ended: 'delivered' }),
        });
        log('info', 'callback-delivered', fields);
        return 'delivered';
      case 'refused':
        await note({ url: '', ended: 'refused' });
        log('warn', 'callback-refused', { ...fields, reason: reply.reason });
        return 'refused';
      case 'failed': {
        if (attempts >= MOST_ATTEMPTS) {
          await note({ url: '', attempts, ended: 'given-up' });
          log('error', 'callback-given-up', { ...fields, reason: reply.reason });
          return 'given-up';
        }
        const delayMs = callbackWaitMs(attempts, reply.retryAfterMs);
        await callbackQueue.enqueue({ clientContext, attempts, trying: tryingOf(callback, row) }, delayMs);
        log('warn', 'callback-waiting', { ...fields, reason: reply.reason, delayMs });
        // The further attempt is on its way and counts by itself; without the note the timer may announce once more.
        await note({ trying: tryingOf(callback, row), attempts }).catch((error: unknown) =>
          log('error', 'storage-failed', { clientContext, detail: errorName(error) }),
        );
        return 'waiting';
      }
      default:
        return reply satisfies never;
    }

    /** A row that was replaced or forgotten meanwhile is left as it is: whoever did so sees to the rest. */
    async function note(facts: Partial<CallbackFacts>): Promise<void> {
      await callbacks.merge(
        clientContext,
        { ...facts, changedAt: clock.now(), ...(reply.httpStatus !== undefined && { httpStatus: reply.httpStatus }) },
        callback.etag,
      );
    }
  }
}

function attemptsAt(callback: CallbackFacts, row: OutcomeFacts): number {
  return callback.trying === tryingOf(callback, row) ? (callback.attempts ?? 0) : 0;
}

/** A further attempt at another subscription or telling than the one that the rows have now. */
function isOfAnother({ trying }: CallbackMessage, callback: CallbackFacts, row: OutcomeFacts): boolean {
  return trying !== undefined && trying !== tryingOf(callback, row);
}

/**
 * Another message does it: a further attempt that is on its way. Where none is, a message of another subscription goes on with this
 * one: a subscriber's write may have landed long after it gave up, and then nobody else sees to it.
 */
function isOvertaken(message: CallbackMessage, callback: CallbackFacts, row: OutcomeFacts): boolean {
  if (isOfAnother(message, callback, row)) return !isOwed(callback, row);
  return message.attempts < attemptsAt(callback, row);
}

/**
 * What becomes of a message that the queue gave up: it is tried again later, and given up after as many attempts as any other.
 * Throws when storage cannot be reached: the message stays on the poison queue, and the timer takes it from there.
 */
export function makeCallbackBurier({
  clock,
  callbacks,
  callbackQueue,
  log,
}: Pick<CallbackPorts, 'clock' | 'callbacks' | 'callbackQueue' | 'log'>) {
  return async function bury(message: CallbackMessage): Promise<void> {
    const { clientContext } = message;
    const attempts = message.attempts + 1;
    try {
      if (attempts < MOST_ATTEMPTS) {
        await callbackQueue.enqueue({ ...message, attempts }, callbackWaitMs(attempts));
        log('warn', 'callback-waiting', {
          clientContext,
          count: attempts,
          reason: 'the queue gave it up',
          delayMs: callbackWaitMs(attempts),
        });
        return;
      }
      const callback = await callbacks.read(clientContext);
      if (callback === undefined || callback.url === '') return;
      await callbacks.merge(clientContext, { url: '', ended: 'given-up', changedAt: clock.now() }, callback.etag);
      log('error', 'callback-given-up', { clientContext, count: attempts, reason: 'the queue gave it up' });
    } catch (error) {
      log('error', 'storage-failed', { clientContext, detail: errorName(error) });
      throw error;
    }
  };
}
