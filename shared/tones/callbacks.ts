// The callback of a request: asked for, forgotten, told when the request is final, given up.
// The URL stands in a row of its own; the message on the queue names the request only, so the newest URL is told the newest outcome.
//
//   subscribe: URL stored -> outcome read again: already final? -> announced
//   an end:    outcome stored -> announced -> deliver: URL read -> POST        one of the two sees the other
import type { EventLog } from './event-log';
import { isFinal, type OutcomeFacts } from './outcome-facts';
import type { CallbackFacts, CallbackMessage, CallbackQueue, CallbackReply, CallbackRows, Clock, OutcomeRows, Stored } from './ports';
import { toToneOutcome, type ToneOutcome } from './tone-outcome';

/** POSTs the outcome; never throws. */
export type PostCallback = (url: string, outcome: ToneOutcome) => Promise<CallbackReply>;

export interface CallbackPorts {
  readonly clock: Clock;
  readonly outcomes: OutcomeRows;
  readonly callbacks: CallbackRows;
  readonly callbackQueue: CallbackQueue;
  readonly log: EventLog;
}

export interface TellPorts extends CallbackPorts {
  readonly post: PostCallback;
  /** Told of the trace that the request belongs to (W3C `traceparent`). */
  readonly linkTrace?: (traceparent: string) => void;
}

export type CallbackEnding = 'delivered' | 'refused' | 'waiting' | 'given-up' | 'nothing-to-tell';

const MOST_ROUNDS = 20;
/** Attempts at one telling: with the waits below, over about a quarter of an hour. */
export const MOST_ATTEMPTS = 10;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 300_000;

/** The wait after so many failed attempts: doubles from 2 seconds to 5 minutes. */
export function callbackWaitMs(attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
}

/** What a telling is of: told once, it is not told again; a late change from `unknown` is another one. */
export function tellingOf({ status, finishedAt }: OutcomeFacts): string {
  return `${status} ${finishedAt ?? ''}`;
}

/** True while something is to be told and nobody is about to: no attempt was made yet. */
export function isOwed(callback: CallbackFacts | undefined, row: OutcomeFacts): boolean {
  return callback !== undefined && callback.url !== '' && callback.told !== tellingOf(row) && !callback.attempts;
}

/** Stores where to tell; throws when storage cannot be reached: the caller asks again. */
export function makeCallbackSubscriber({ clock, outcomes, callbacks, callbackQueue, log }: CallbackPorts) {
  return async function subscribe(clientContext: string, url: string): Promise<OutcomeFacts> {
    await callbacks.replace(clientContext, { url, changedAt: clock.now() });
    log('info', 'callback-set', { clientContext });
    const row = await markWanted(clientContext);
    if (isFinal(row.status)) await callbackQueue.enqueue({ clientContext, attempts: 0 }, 0);
    return row;
  };

  /** A row that is being pressed stays untouched, as the press is bound to its version: the timer announces its end. */
  async function markWanted(clientContext: string): Promise<OutcomeFacts> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await outcomes.read(clientContext);
      if (row === undefined) throw new Error('the row of a request vanished while its callback was set');
      if (row.callbackWanted || row.status === 'sending') return row;
      const written = await outcomes.merge(clientContext, { callbackWanted: true }, row.etag);
      if (written.kind === 'written') return { ...row, callbackWanted: true };
    }
    throw new Error('lost every race for the row of a callback');
  }
}

/** Harmless at any time; throws when storage cannot be reached. */
export function makeCallbackForgetter({ callbacks, log }: Pick<CallbackPorts, 'callbacks' | 'log'>) {
  return async function forget(clientContext: string): Promise<void> {
    await callbacks.remove(clientContext);
    log('info', 'callback-forgotten', { clientContext });
  };
}

/** What the timer does for the callback of a request that has ended: announces it, if nobody has. */
export function makeCallbackChecker({ outcomes, callbacks, callbackQueue }: Pick<CallbackPorts, 'outcomes' | 'callbacks' | 'callbackQueue'>) {
  return async function announceIfOwed(row: Stored<OutcomeFacts>): Promise<void> {
    const callback = await callbacks.read(row.clientContext);
    if (!isOwed(callback, row)) return;
    // So that a late change from `unknown` is announced by whoever writes it; if another writer was first, the row is looked at again.
    if (!row.callbackWanted) await outcomes.merge(row.clientContext, { callbackWanted: true }, row.etag);
    await callbackQueue.enqueue({ clientContext: row.clientContext, attempts: 0 }, 0);
  };
}

/** One delivery of a message. Throws when storage cannot be reached: the queue delivers again. A POST may so come twice, never not at all. */
export function makeCallbackTeller({ clock, outcomes, callbacks, callbackQueue, log, post, linkTrace }: TellPorts) {
  return async function tell({ clientContext, attempts }: CallbackMessage): Promise<CallbackEnding> {
    const callback = await callbacks.read(clientContext);
    const row = callback && callback.url !== '' ? await outcomes.read(clientContext) : undefined;
    if (callback === undefined || row === undefined || !isFinal(row.status) || callback.told === tellingOf(row)) return 'nothing-to-tell';
    if (row.traceparent !== undefined) linkTrace?.(row.traceparent);
    const reply = await post(callback.url, toToneOutcome(row));
    return record(callback, row, attempts + 1, reply);
  };

  async function record(callback: Stored<CallbackFacts>, row: OutcomeFacts, attempts: number, reply: CallbackReply): Promise<CallbackEnding> {
    const { clientContext, callId, status } = row;
    const fields = { clientContext, callId, status, count: attempts, ...(reply.httpStatus !== undefined && { httpStatus: reply.httpStatus }) };
    switch (reply.kind) {
      case 'taken':
        // Nothing follows a final status but `unknown`: the URL is needed no more.
        await note({ told: tellingOf(row), attempts: 0, ...(status !== 'unknown' && { url: '', ended: 'delivered' }) });
        log('info', 'callback-delivered', fields);
        return 'delivered';
      case 'refused':
        await note({ url: '', ended: 'refused' });
        log('warn', 'callback-refused', { ...fields, reason: reply.reason });
        return 'refused';
      case 'failed':
        if (attempts >= MOST_ATTEMPTS) {
          await note({ url: '', attempts, ended: 'given-up' });
          log('error', 'callback-given-up', { ...fields, reason: reply.reason });
          return 'given-up';
        }
        // The message first: if the note is lost, the timer may announce once more.
        await callbackQueue.enqueue({ clientContext, attempts }, callbackWaitMs(attempts));
        await note({ attempts });
        log('warn', 'callback-waiting', { ...fields, reason: reply.reason, delayMs: callbackWaitMs(attempts) });
        return 'waiting';
      default:
        return reply satisfies never;
    }

    /** A row that was replaced or forgotten meanwhile is left as it is: whoever did so sees to the rest. */
    async function note(facts: Partial<CallbackFacts>): Promise<void> {
      await callbacks.merge(clientContext, { ...facts, changedAt: clock.now(), ...(reply.httpStatus !== undefined && { httpStatus: reply.httpStatus }) }, callback.etag);
    }
  }
}

/** Records that the queue gave a message up. Never throws: nobody reads the poison queue of a poison queue. */
export function makeCallbackBurier({ clock, callbacks, log }: Pick<CallbackPorts, 'clock' | 'callbacks' | 'log'>) {
  return async function bury(clientContext: string): Promise<void> {
    try {
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const callback = await callbacks.read(clientContext);
        if (callback === undefined || callback.url === '') break;
        const written = await callbacks.merge(clientContext, { url: '', ended: 'given-up', changedAt: clock.now() }, callback.etag);
        if (written.kind === 'written') break;
      }
      log('error', 'callback-given-up', { clientContext, reason: 'the queue gave it up' });
    } catch (error) {
      log('error', 'storage-failed', { clientContext, detail: error instanceof Error ? error.name : typeof error });
    }
  };
}
