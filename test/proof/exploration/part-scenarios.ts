// Small histories of a request of two parts that are explored whole: the races between its messages, reports and the timer.
// Data alone; the moments are those at which a decision changes.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import { A, base, type Scenario } from './scenario';

/** Two parts with half a second between them. */
export const A_OF_TWO: ToneRequest = { ...A, rest: [{ pauseMs: 500, tones: ['tone2'] }] };
/** The pause of a part whose report came at the start is over; so is its lateness. */
export const PAUSE_OVER = 1000;
export const LATENESS_OVER = 2600;
/** The same pause, where the first part was pressed before the exploration began. */
export const SECOND_DUE = 2200;

export const PART_SCENARIOS: readonly Scenario[] = [
  {
    ...base,
    name: 'two parts, and two workers',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    moments: [PAUSE_OVER],
    redeliveries: 1,
  },
  {
    ...base,
    name: 'two parts, and two workers at the second',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    pressedBefore: true,
    moments: [SECOND_DUE],
    redeliveries: 1,
  },
  {
    ...base,
    name: 'two parts, and reports that are doubled and late',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    pressedBefore: true,
    moments: [SECOND_DUE],
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
    pressedBefore: true,
    moments: [SECOND_DUE, LATENESS_OVER + 1000],
  },
  {
    ...base,
    name: 'two parts, and a caller that repeats its request',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    pressedBefore: true,
    callers: ['A'],
    moments: [SECOND_DUE],
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
    name: 'two parts, the second refused for the moment',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    pressedBefore: true,
    moments: [SECOND_DUE, SECOND_DUE + 1020],
    replies: ['accept', 'not-ready'],
  },
  {
    ...base,
    name: 'two parts, and a call that ends',
    requests: [A_OF_TWO],
    acceptedBefore: ['A'],
    moments: [PAUSE_OVER],
    callEnds: true,
  },
];
