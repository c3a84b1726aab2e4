// Callbacks, as ports: where one stands, and the POST to it.
// Knows no network. The URL is a secret: it is in no message and in no log.
import type { ToneOutcome } from '../facts/tone-outcome';
import type { Stored, WriteResult } from './rows';

/** Where the end of a request is to be delivered, and whether it was. One row a clientContext; the URL is a secret. */
export interface CallbackFacts {
  /** Empty when nothing is to be delivered any more. */
  readonly url: string;
  /** Epoch milliseconds when the URL was given: no two subscriptions have the same. */
  readonly subscribedAt: number;
  /** What was delivered last: status and time of the end. */
  readonly told?: string;
  /**
   * What is being tried again: the subscription and the end; a delayed
   * message of it is on its way. Empty when nothing is.
   */
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

/** What one POST to a callback came to. `reason` never holds the URL. */
export type CallbackReply =
  | { readonly kind: 'taken'; readonly httpStatus: number }
  /** For good: a 3xx or a 4xx but for 408, 425 and 429, or a URL or address that may not be called. */
  | { readonly kind: 'refused'; readonly reason: string; readonly httpStatus?: number }
  /**
   * For now: 408, 425, 429 or a 5xx, no answer in time, no connection.
   * `retryAfterMs`: not sooner, as the receiver said.
   */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly httpStatus?: number;
      readonly retryAfterMs?: number;
    };

/** POSTs the outcome to a callback; never throws. */
export type PostCallback = (url: string, outcome: ToneOutcome) => Promise<CallbackReply>;
