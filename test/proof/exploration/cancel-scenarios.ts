// Small histories with callers who cancel, explored whole: beside two workers, a timer, reports, a death at any await.
// Data alone; the moments are those at which a decision changes.
import { A_OF_TWO, LATENESS_OVER, PAUSE_OVER, SECOND_DUE } from './part-scenarios';
import { A, B, base, EXPIRED, WATCH_OVER, type Scenario } from './scenario';

const cancelled: Scenario = { ...base, requests: [A], acceptedBefore: ['A'], cancelers: ['A'] };
const ofTwo: Scenario = { ...cancelled, requests: [A_OF_TWO] };
const atSecond: Scenario = { ...ofTwo, pressedBefore: true };

export const CANCEL_SCENARIOS: readonly Scenario[] = [
  { ...cancelled, name: 'cancelled beside two workers', redeliveries: 1 },
  { ...cancelled, name: 'cancelled while it expires', moments: [EXPIRED] },
  { ...cancelled, name: 'cancelled, and somebody dies at any await', moments: [WATCH_OVER], deaths: 1 },
  { ...cancelled, name: 'cancelled by two at once', cancelers: ['A', 'A'], redeliveries: 1 },
  { ...cancelled, name: 'cancelled, and writes that are sent twice', cancelers: ['A', 'A'], repeats: 1 },
  { ...cancelled, name: 'cancelled while its claim is given back', moments: [1000], replies: ['not-ready'] },
  { ...cancelled, name: 'cancelled while it is asked for, twice', acceptedBefore: [], callers: ['A', 'A'] },
  { ...cancelled, name: 'cancelled, with another behind it', requests: [A, B], acceptedBefore: ['A', 'B'] },
  { ...cancelled, name: 'cancelled while its call ends', callEnds: true },
  { ...ofTwo, name: 'two parts, cancelled', moments: [PAUSE_OVER] },
  { ...ofTwo, name: 'two parts, cancelled, and somebody dies at any await', moments: [PAUSE_OVER], deaths: 1 },
  {
    ...ofTwo,
    name: 'two parts, cancelled, and the reply to the first is lost',
    moments: [PAUSE_OVER],
    replies: ['lost'],
  },
  { ...atSecond, name: 'two parts, cancelled, and the second is due', moments: [SECOND_DUE] },
  { ...atSecond, name: 'two parts, cancelled, and two workers', redeliveries: 1 },
  { ...atSecond, name: 'two parts, cancelled, and reports that are doubled', doubledReports: 1 },
  { ...atSecond, name: 'two parts, cancelled while the second is too late', moments: [LATENESS_OVER + 1000] },
  {
    ...atSecond,
    name: 'two parts, cancelled, the second refused for the moment',
    moments: [SECOND_DUE],
    replies: ['accept', 'not-ready'],
  },
  { ...atSecond, name: 'two parts, cancelled by two at once', cancelers: ['A', 'A'] },
  { ...atSecond, name: 'two parts, cancelled, with another behind them', requests: [A_OF_TWO, B], callers: ['B'] },
];
