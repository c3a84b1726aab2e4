// The small histories that are explored whole: each is about one race of the delivery rules.
// Used by test/proof/exploration/explore.ts; the moments are those at which a decision changes.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import { CANCEL_SCENARIOS } from './cancel-scenarios';
import { PART_SCENARIOS } from './part-scenarios';
import { A, base, EXPIRED, WATCH_OVER, type Scenario } from './scenario';

const A_WITH_CALLBACK: ToneRequest = { ...A, callbackUrl: 'https://a.logic.azure.com/' };

/** Too late to press. */
const TOO_LATE = 2800;

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
  ...PART_SCENARIOS,
  ...CANCEL_SCENARIOS,
];
