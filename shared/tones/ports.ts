// The ports of the domain: what the delivery rules need from the world, and nothing else.
// Stands between shared/tones (which decides) and shared/graph, shared/storage (which do); the proof replaces them by simulated ones.
import type { EventLog } from './event-log';
import type { GraphFault } from './facts/error-catalogue';
import type { OperationReport } from './facts/operation-report';
import type { CallFacts } from './facts/call-facts';
import type { End, OpenFacts, OpenRow, OutcomeFacts } from './facts/outcome-facts';
import type { DeliveryPolicy } from './facts/delivery-policy';
import type { ToneRun } from './facts/tone-run';
import type { ToneSequence } from './facts/tone-sequence';
import type { ToneOutcome } from './facts/tone-outcome';
import type { ToneRequest } from './request/tone-request';

/** Epoch milliseconds. The only source of time in shared/tones. */
export interface Clock {
  now(): number;
}

/** Waiting inside the process, for less than a queue can count. Of no promise's concern: where there is no room, the queue waits. */
export interface ShortWaits {
  /** Takes one of the places that the process has for it; undefined where none is free. */
  enter(): ShortWait | undefined;
}

/** A place taken. Left exactly once. */
export interface ShortWait {
  sleep(ms: number): Promise<void>;
  leave(): void;
}

/** The only source of randomness in shared/tones. */
export interface Randomness {
  /** A new RFC 9562 version 4 UUID. */
  uuid(): string;
  /** A new unguessable token of at least 128 bits, URL-safe. */
  token(): string;
}

/** A stored row together with the version it was read at. */
export type Stored<T> = T & { readonly etag: string };

/**
 * What a conditional write did. `stale` is HTTP 409, 412 or 404: another writer was first, **or** the write was ours and its
 * answer was lost and repeated by the SDK. Callers read back before they believe it. Anything else is thrown.
 */
export type WriteResult = { readonly kind: 'written'; readonly etag: string } | { readonly kind: 'stale' };

/** The outcome table: one row a clientContext. Every method is one storage transaction, and throws when storage cannot be reached. */
export interface OutcomeRows {
  read(clientContext: string): Promise<Stored<OutcomeFacts> | undefined>;
  insert(facts: OpenRow): Promise<WriteResult>;
  /** Adds or replaces the given facts if the row is still at `etag`. They cannot end a request: see {@link OutcomeEnds}. */
  merge(clientContext: string, facts: OpenFacts, etag: string): Promise<WriteResult>;
  /** Removes the row if it is still at `etag`. */
  remove(clientContext: string, etag: string): Promise<WriteResult>;
}

/** The ends of requests, in the same table. Only `delivery/end-request.ts` is given this port. One transaction each. */
export interface OutcomeEnds {
  /** Inserts a row that has ended already. */
  insert(facts: Omit<OutcomeFacts, 'status'>, end: End): Promise<WriteResult>;
  /** Ends the request if its row is still at `etag`. */
  end(clientContext: string, end: End, etag: string): Promise<WriteResult>;
}

/** One row a call: the end of its chain of requests and what its own notifications told. One transaction each. */
export interface CallRows {
  read(callKey: string): Promise<Stored<CallFacts> | undefined>;
  insert(callKey: string, facts: CallFacts): Promise<WriteResult>;
  merge(callKey: string, facts: Partial<CallFacts>, etag: string): Promise<WriteResult>;
  remove(callKey: string, etag: string): Promise<WriteResult>;
}

/** An entry of the index of open or closed requests. */
export type IndexEntry = RequestEntry | CallEntry;

/** Stands for a request. */
export interface RequestEntry {
  readonly kind: 'request';
  readonly clientContext: string;
  /** Epoch milliseconds when the entry was written. */
  readonly since: number;
  /** A callback was asked for: the entry is not closed before the end was announced to it. Stays when the entry is opened again. */
  readonly callback?: boolean;
}

/** Stands for the row of a call that a notification made. */
export interface CallEntry {
  readonly kind: 'call';
  readonly callKey: string;
  /** Epoch milliseconds when the entry was written. */
  readonly since: number;
}

/** An entry of an open request, at the version at which it was read. */
export type OpenEntry = Stored<IndexEntry>;

/** An entry of a request that was closed. */
export type ClosedEntry = IndexEntry & {
  /** The day (UTC, `yyyy-mm-dd`) on which it was closed. */
  readonly closedOn: string;
};

/** The index that makes the timer's work grow with the open requests and the deleted rows, not with the table. */
export interface RequestIndex {
  /** Notes that the request is open. Written before the row itself, so that no row can be forgotten. One transaction. */
  open(entry: IndexEntry): Promise<void>;
  /** All open requests, a page at a time. */
  openEntries(): AsyncIterable<readonly OpenEntry[]>;
  /**
   * Moves entries (at most 100) from the open ones to those closed on the day of `now`, whatever their versions: they stand for what
   * is final for good. Two transactions.
   */
  close(entries: readonly IndexEntry[], now: number): Promise<void>;
  /** The same for one entry that may be opened again meanwhile: it then stays open. Two transactions. */
  closeUnlessReopened(entry: OpenEntry, now: number): Promise<void>;
  /** Removes an entry that never became a row from the open ones, unless it was opened again meanwhile. One transaction. */
  forgetUnlessReopened(entry: OpenEntry): Promise<void>;
  /** At most `limit` entries that were closed on a day that ended before `before`. */
  closedBefore(before: number, limit: number): Promise<readonly ClosedEntry[]>;
  /** Removes entries (at most 100) from the closed ones. */
  forgetClosed(entries: readonly ClosedEntry[]): Promise<void>;
}

/** The message on the queue: all that a press needs. It is the only place where the tones are kept. */
export interface ToneMessage extends ToneSequence {
  readonly clientContext: string;
  readonly callId: string;
  /** Which part `tones` are, from 2 on; absent: the first. `rest` is what comes after that part. */
  readonly part?: number;
  /** Epoch milliseconds: never pressed after it. Of a part after the first the row may say less (`latestStart`). */
  readonly expiresAt: number;
  /** The clientContext of the request before it on the same call, as the row said when the message was written. */
  readonly after?: string;
  /** The version of the row when the message was written: the claim's condition, without a read. Empty: the row is to be read. */
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
  /** Epoch milliseconds from when the message may be delivered: its waiting time counts from there. Set by the queue. */
  readonly dueAt?: number;
  /** W3C `traceparent` of the invocation that accepted it: the press goes on in its trace. */
  readonly traceparent?: string;
}

/** The queue of tone requests. One transaction a message. */
export interface ToneQueue {
  /** Enqueues a message that becomes visible after `delayMs` (rounded up to whole seconds) and vanishes when nobody may press it any more. */
  enqueue(message: ToneMessage, delayMs: number): Promise<void>;
  /** The same, tried once only: where the answer is lost, the message may be on the queue all the same. */
  enqueueOnce(message: ToneMessage, delayMs: number): Promise<void>;
}

/** What Graph is asked to do. */
export interface Press extends ToneRun {
  readonly callId: string;
  /** The part's own (`part-context.ts`). */
  readonly clientContext: string;
}

/** Asked at the last moment before a request leaves, after the token is there: how long it may take, or that it must not leave. */
export type PressPermit = { readonly kind: 'go'; readonly timeoutMs: number } | { readonly kind: 'no' };

/** What one attempt to press came to. */
export type PressReply =
  /** Graph took it; its notification will tell the end. */
  | { readonly kind: 'running'; readonly operationId?: string }
  /** The reply itself was the end; no notification follows. */
  | { readonly kind: 'ended'; readonly report: OperationReport }
  /** Certainly not pressed. `later`: the same request may succeed later. */
  | {
      readonly kind: 'refused';
      readonly fault: GraphFault;
      readonly again: 'never' | 'later';
      readonly retryAfterMs?: number;
      readonly answered: boolean;
    }
  /** The permit said no: nothing was sent. */
  | { readonly kind: 'not-permitted' }
  /** It may have been pressed; nobody can tell. */
  | { readonly kind: 'uncertain'; readonly fault: GraphFault };

/** Graph's calling API. Never throws: every failure is a reply. */
export interface GraphCalls {
  sendDtmfTones(press: Press, permit: () => PressPermit): Promise<PressReply>;
}

/** Where and whether the end of a request was told. One row a clientContext; the URL is a secret. */
export interface CallbackFacts {
  /** Empty when nothing is to be told any more. */
  readonly url: string;
  /** Epoch milliseconds when the URL was given: tells one subscription from the next. */
  readonly subscribedAt: number;
  /** What was told last: status and time of the end. */
  readonly told?: string;
  /** What is being tried again: the subscription and the telling; a delayed message of it is on its way. Empty when nothing is. */
  readonly trying?: string;
  /** Attempts at `trying` that failed. */
  readonly attempts?: number;
  /** How it ended, when it did. */
  readonly ended?: 'delivered' | 'refused' | 'given-up';
  /** HTTP status that ended it. */
  readonly httpStatus?: number;
  /** Epoch milliseconds of the last change. */
  readonly changedAt: number;
}

/** The rows of callbacks. One transaction each. */
export interface CallbackRows {
  read(clientContext: string): Promise<Stored<CallbackFacts> | undefined>;
  /** Puts the row in place of any other. */
  replace(clientContext: string, facts: CallbackFacts): Promise<void>;
  merge(clientContext: string, facts: Partial<CallbackFacts>, etag: string): Promise<WriteResult>;
  /** Removes the row, whatever its version; nothing happens where there is none. */
  remove(clientContext: string): Promise<void>;
}

/** The message on the queue of callbacks: neither the URL nor the outcome is in it, so the newest of both are used. */
export interface CallbackMessage {
  readonly clientContext: string;
  /** How many attempts came before: 0 for the first. */
  readonly attempts: number;
  /** Of a further attempt: what is being tried (`CallbackFacts.trying`). A message of something else is dropped: there is a newer one. */
  readonly trying?: string;
}

/** The queue of callbacks. One transaction a message. */
export interface CallbackQueue {
  /** Enqueues a message that becomes visible after `delayMs` (rounded up to whole seconds). */
  enqueue(message: CallbackMessage, delayMs: number): Promise<void>;
}

/** What one POST to a callback came to. `reason` never holds the URL. */
export type CallbackReply =
  | { readonly kind: 'taken'; readonly httpStatus: number }
  /** For good: a 3xx or a 4xx but for 408, 425 and 429, or a URL or address that may not be called. */
  | { readonly kind: 'refused'; readonly reason: string; readonly httpStatus?: number }
  /** For now: 408, 425, 429 or a 5xx, no answer in time, no connection. `retryAfterMs`: not sooner, as the receiver said. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly httpStatus?: number;
      readonly retryAfterMs?: number;
    };

/** A message of a poison queue that no function took. */
export interface AbandonedMessage<T> {
  /** Undefined where it is not ours. */
  readonly message: T | undefined;
  /** Deletes it from the poison queue. */
  readonly remove: () => Promise<void>;
}

/** The poison queues, for messages that the host skips because they were seen too often. */
export interface PoisonQueues {
  /** At most 32 tone requests that are older than `ageMs`. One transaction where there are none, and three for each that is given. */
  abandonedTones(ageMs: number): Promise<readonly AbandonedMessage<ToneMessage>[]>;
  /** The same of callbacks. */
  abandonedCallbacks(ageMs: number): Promise<readonly AbandonedMessage<CallbackMessage>[]>;
}

/** Keyed hash of a request; recognises a repetition without giving the tones away (docs/decisions/0003-fingerprint.md). */
export type RequestFingerprint = (request: ToneRequest) => Promise<string>;

/** POSTs the outcome to a callback; never throws. */
export type PostCallback = (url: string, outcome: ToneOutcome) => Promise<CallbackReply>;

/** All that the rules need from the world, made once for the whole app. The ends of requests are apart: {@link OutcomeEnds}. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly shortWaits: ShortWaits;
  readonly policy: DeliveryPolicy;
  /** Writes to the log of the invocation that is under way. */
  readonly log: EventLog;
  readonly fingerprint: RequestFingerprint;
  readonly outcomes: OutcomeRows;
  readonly calls: CallRows;
  readonly index: RequestIndex;
  readonly queue: ToneQueue;
  readonly poison: PoisonQueues;
  readonly graph: GraphCalls;
  readonly callbacks: CallbackRows;
  readonly callbackQueue: CallbackQueue;
  readonly post: PostCallback;
  /** W3C `traceparent` of the invocation that is under way. */
  readonly traceparent?: () => string | undefined;
  /** Links the invocation that is under way to another trace. */
  readonly linkTrace?: (traceparent: string) => void;
}
