// The queues and what stands on them, as ports: requests to be pressed,
// callbacks to be delivered, and what a poison queue holds.
// Knows no storage: how a message is written is decided there.
import type { ToneSequence } from '../facts/parts/tone-sequence';

/** The message on the queue: all that a press needs. It is the only place where the tones are kept. */
export interface ToneMessage extends ToneSequence {
  readonly clientContext: string;
  readonly callId: string;
  /** The tenant of the call; absent: the app's own. */
  readonly tenantId?: string;
  /** Which part `tones` are, from 2 on; absent: the first. `rest` is what comes after that part. */
  readonly part?: number;
  /** Epoch milliseconds: never pressed after it. Of a part after the first the row may say less (`latestStart`). */
  readonly expiresAt: number;
  /** The clientContext of the request before it on the same call, as the row said when the message was written. */
  readonly after?: string;
  /**
   * The version of the row when the message was written: the claim's condition, without a read. Empty: the row is to be
   * read.
   */
  readonly etag: string;
  /** How many copies of this message waited before it: 0 for the first. */
  readonly waits: number;
  /** Which copy it is, where an enqueue was in doubt (`OutcomeFacts.copyId`). */
  readonly copyId?: string;
  /** Epoch milliseconds since when the request has waited because its call was known not to be ready. */
  readonly notReadySince?: number;
  /** Epoch milliseconds until when the pause before the first tone lasts; absent: it has not begun. */
  readonly pausedUntil?: number;
  /** The request wants a callback when it ends. */
  readonly callbackWanted?: boolean;
  /** Epoch milliseconds when the request was accepted. */
  readonly acceptedAt?: number;
  /**
   * Epoch milliseconds from when the message may be delivered: its waiting time counts from there. Set by the queue.
   */
  readonly dueAt?: number;
  /** W3C `traceparent` of the invocation that accepted it: the press goes on in its trace. */
  readonly traceparent?: string;
}

/** How a message came. */
export interface Delivery {
  /** Not for the first time: an earlier delivery may have done anything. */
  readonly redelivered: boolean;
}

/** The queue of tone requests. One transaction a message. */
export interface ToneQueue {
  /**
   * Enqueues a message that becomes visible after `delayMs` (rounded up to whole
   * seconds) and vanishes when nobody may press it any more.
   */
  enqueue(message: ToneMessage, delayMs: number): Promise<void>;
  /** The same, tried once only: where the answer is lost, the message may be on the queue all the same. */
  enqueueOnce(message: ToneMessage, delayMs: number): Promise<void>;
}

/** The message on the queue of callbacks: neither the URL nor the outcome is in it, so the newest of both are used. */
export interface CallbackMessage {
  readonly clientContext: string;
  /** How many attempts came before: 0 for the first. */
  readonly attempts: number;
  /**
   * Of a further attempt: what is being tried (`CallbackFacts.trying`). A message
   * of something else is dropped: there is a newer one.
   */
  readonly trying?: string;
}

/** The queue of callbacks. One transaction a message. */
export interface CallbackQueue {
  /** Enqueues a message that becomes visible after `delayMs` (rounded up to whole seconds). */
  enqueue(message: CallbackMessage, delayMs: number): Promise<void>;
}

/** A message of a poison queue that no function took. */
export interface AbandonedMessage<T> {
  /** Undefined where it is not ours. */
  readonly message: T | undefined;
  /** Deletes it from the poison queue. */
  readonly remove: () => Promise<void>;
}

/** The poison queues, for messages that the host skips because they were seen too often. */
export interface PoisonQueues {
  /**
   * At most 32 tone requests that are older than `ageMs`. One transaction where
   * there are none, and three for each that is given.
   */
  abandonedTones(ageMs: number): Promise<readonly AbandonedMessage<ToneMessage>[]>;
  /** The same of callbacks. */
  abandonedCallbacks(ageMs: number): Promise<readonly AbandonedMessage<CallbackMessage>[]>;
}
