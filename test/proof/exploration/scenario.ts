// One small history to explore: what it begins with, what happens by itself, and how often what may go wrong.
// Data alone; the moments are those at which a decision changes.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';

/** One history to explore: what happens by itself, and how often what may go wrong. */
export interface Scenario {
  readonly name: string;
  readonly requests: readonly ToneRequest[];
  /** Accepted one after the other before the exploration begins; the others are asked for inside it, all at once. */
  readonly acceptedBefore: readonly string[];
  /** Callers inside the exploration: a name twice is a repetition. */
  readonly callers: readonly string[];
  /** Moments, in milliseconds from the start, to which time may pass. The timer runs at each. */
  readonly moments: readonly number[];
  /** Instances that may die between two of their requests. */
  readonly deaths: number;
  /** Storage requests that the SDK sends twice because the first answer was lost. */
  readonly repeats: number;
  /** Messages that are delivered once more. */
  readonly redeliveries: number;
  /** Reports that Graph sends twice. */
  readonly doubledReports?: number;
  /** What Graph answers, press by press; then it accepts. */
  readonly replies?: readonly ('accept' | 'not-ready' | 'lost')[];
  /** Only the accepting is explored: no message is delivered. */
  readonly undelivered?: boolean;
  /** The call ends at some moment, and tells it. */
  readonly callEnds?: boolean;
  /** Those accepted before were pressed as well, and their callbacks sent. */
  readonly pressedBefore?: boolean;
  /** Callbacks that are asked for inside the exploration, for requests that were accepted without one. */
  readonly subscribers?: readonly string[];
  /** Callers who cancel inside the exploration: a name twice is two at once. */
  readonly cancelers?: readonly string[];
  /** Old entries in the index of requests that never became rows. */
  readonly orphans?: readonly string[];
  /** The requests of the index and of callbacks are steps, too; a run of the timer has begun, and callbacks are sent. */
  readonly exploresUpkeep?: boolean;
  /** Announcements of callbacks that fail. */
  readonly failures?: number;
}

const request = (clientContext: string): ToneRequest => ({
  clientContext,
  callId: 'Call',
  tones: ['tone1'],
  expiresInSeconds: 3,
});
export const A = request('A');
export const B = request('B');

/** Expired; the watch of a claim at the start is over; its press has surely settled. */
export const EXPIRED = 3000;
export const WATCH_OVER = 8000;

export const base: Scenario = {
  name: '',
  requests: [A, B],
  acceptedBefore: [],
  callers: [],
  moments: [],
  deaths: 0,
  repeats: 0,
  redeliveries: 0,
};
