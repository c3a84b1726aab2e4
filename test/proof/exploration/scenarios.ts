// The small histories that are explored whole: each is about one race of the delivery rules.
// Used by test/proof/exploration/explore.ts; the moments are those at which a decision changes.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import type { Scenario } from './explored-world';

const request = (clientContext: string): ToneRequest => ({
  clientContext,
  callId: 'Call',
  tones: ['tone1'],
  expiresInSeconds: 3,
});
const A = request('A');
const B = request('B');

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
];
