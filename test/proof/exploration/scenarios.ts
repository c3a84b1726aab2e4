// The small histories that are explored whole: each is about one race of the delivery rules.
// Used by test/proof/exploration/explore.ts; the moments are those at which a decision changes.
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
const A = request('A');
const B = request('B');
const A_WITH_CALLBACK: ToneRequest = { ...A, callbackUrl: 'https://a.logic.azure.com/' };

/** Two parts with half a second between them. */
const A_OF_TWO: ToneRequest = { ...A, rest: [{ pauseMs: 500, tones: ['tone2'] }] };
/** The pause of a part whose report came at the start is over; so is its lateness. */
const PAUSE_OVER = 1000;
const LATENESS_OVER = 2600;

/** Too late to press; expired; the watch of a claim at the start is over; its press has surely settled. */
const TOO_LATE = 2800;
const EXPIRED = 3000;
const WATCH_OVER = 8000;

const base: Scenario = {
  name: '',
  requests: [A, B],
  acceptedBefore: [],
  callers: [],
  moments: [],
  deaths: 0,
  repeats: 0,
  redeliveries: 0,
};

export const SCENARIOS: readonly Scenario[] = [
  {
    ...base,
    name: 'two workers, a timer, a notification',
    acceptedBefore: ['A'],
    moments: [EXPIRED, WATCH_OVER],
    deaths: 1,
    redeliveries: 1,
  },
  {
    ...base,
    name: 'a claim that the SDK sends twice',
    acceptedBefore: ['A'],
    moments: [EXPIRED],
    repeats: 1,
    redeliveries: 1,
  },
  {
    ...base,
    name: 'a slow token before the deadline',
    acceptedBefore: ['A'],
    moments: [TOO_LATE, EXPIRED, WATCH_OVER],
    deaths: 1,
  },
  { ...base, name: 'a repeated caller that may die', callers: ['A', 'A'], moments: [EXPIRED], deaths: 1 },
  { ...base, name: 'a repeated caller whose writes are sent twice', callers: ['A', 'A'], repeats: 1 },
  { ...base, name: 'a request that is not linked yet, asked for again', callers: ['A', 'B', 'A'], undelivered: true },
  { ...base, name: 'two requests on one call, one after the other', acceptedBefore: ['A', 'B'], redeliveries: 1 },
  {
    ...base,
    name: 'two requests on one call, and a worker that dies',
    acceptedBefore: ['A', 'B'],
    moments: [1500],
    deaths: 1,
  },
  {
    ...base,
    name: 'a claim given back',
    acceptedBefore: ['A'],
    moments: [1000, EXPIRED],
    deaths: 1,
    redeliveries: 1,
    replies: ['not-ready'],
  },
  {
    ...base,
    name: 'an uncertain press before another',
    acceptedBefore: ['A', 'B'],
    moments: [1000],
    replies: ['lost'],
  },
  { ...base, name: 'a call that ends', acceptedBefore: ['A'], callers: ['B'], callEnds: true },
  {
    ...base,
    name: 'a late report while the timer closes its entry',
    requests: [A_WITH_CALLBACK],
    acceptedBefore: ['A'],
    pressedBefore: true,
    replies: ['lost'],
    exploresUpkeep: true,
    failures: 1,
  },
  {
    ...base,
    name: 'a request that is accepted while its old entry is forgotten',
    callers: ['A'],
    orphans: ['A'],
    undelivered: true,
    exploresUpkeep: true,
  },
  {
    ...base,
    name: 'a callback that is asked for while its request ends',
    requests: [A],
    acceptedBefore: ['A'],
    pressedBefore: true,
    subscribers: ['A'],
    exploresUpkeep: true,
  },
  {
    ...base,
    name: 'two parts, two workers, a doubled report',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    moments: [PAUSE_OVER],
    redeliveries: 1,
    doubledReports: 1,
  },
  {
    ...base,
    name: 'two parts, and a worker that dies at any await',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    moments: [PAUSE_OVER, LATENESS_OVER],
    deaths: 1,
  },
  {
    ...base,
    name: 'two parts, a timer, reports that come too late',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    moments: [PAUSE_OVER, LATENESS_OVER, WATCH_OVER],
    doubledReports: 1,
  },
  {
    ...base,
    name: 'two parts, and a caller that repeats its request',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    callers: ['A'],
    moments: [PAUSE_OVER],
  },
  {
    ...base,
    name: 'two parts, and writes that are sent twice',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    moments: [PAUSE_OVER],
    repeats: 1,
  },
  {
    ...base,
    name: 'two parts, and the reply to the first is lost',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    moments: [PAUSE_OVER],
    replies: ['lost'],
    redeliveries: 1,
  },
  {
    ...base,
    name: 'two parts, the second refused for the moment, and a request behind them',
    requests: [A_OF_TWO, B],
    acceptedBefore: ['A', 'B'],
    moments: [PAUSE_OVER, 2 * PAUSE_OVER],
    replies: ['accept', 'not-ready'],
  },
];
