// The tables of the steady scenario, as they stand in docs/performance.md.
// Measures nothing.
import type { BenchOptions } from '../bench';
import { byPeer, table } from './markdown';
import { medianAndRange, quantile, type Quantiles } from './samples';

type Column =
  | 'acceptMs'
  | 'askedToPressMs'
  | 'acceptToPressMs'
  | 'notificationToStoredMs'
  | 'bareWritesMs'
  | 'bareStepsMs'
  | 'bareWritesAloneMs'
  | 'bareStepsAloneMs';

/** What the tables need of one cell: samples in milliseconds by column, counts, and what happened second by second. */
export interface SteadyCell extends Readonly<Record<Column, readonly number[]>> {
  readonly peer: string;
  readonly requests: number;
  readonly presses: number;
  readonly timerRuns: readonly { readonly startedMs: number; readonly endedMs: number }[];
  readonly acceptDuringTimer: Quantiles;
  readonly acceptOutsideTimer: Quantiles;
  readonly processes: Readonly<Record<string, { readonly loopMaxMs: number }>>;
  readonly seconds: readonly {
    readonly second: number;
    readonly acceptMaxMs: number;
    readonly timer: boolean;
    readonly loopMaxMs: object;
  }[];
}

/** Two tables: what a caller waits beside the bare references, alone and at the same moments; and the rest. */
export function summary(cells: readonly SteadyCell[], options: BenchOptions): string {
  const at = (of: readonly SteadyCell[], column: Column, share: number) =>
    medianAndRange(of.map((cell) => quantile(cell[column], share)));
  const both = (of: readonly SteadyCell[], column: Column) => [at(of, column, 0.5), at(of, column, 0.99)];
  const reference = (of: readonly SteadyCell[], column: Column) => [
    at(of, column, 0.99),
    medianAndRange(
      of.map((cell) => quantile(cell.acceptMs, 0.99) / quantile(cell[column], 0.99)),
      2,
    ),
  ];
  const accepts = byPeer(cells, (of, peer) => [
    peer,
    ...both(of, 'acceptMs'),
    ...REFERENCES.flatMap(([, column]) => reference(of, column)),
  ]);
  const others = byPeer(cells, (of, peer) => [
    peer,
    ...both(of, 'askedToPressMs'),
    ...(peer === 'synchronous' ? ['–', '–'] : both(of, 'acceptToPressMs')),
    ...both(of, 'notificationToStoredMs'),
    medianAndRange(
      of.map((cell) => cell.presses / cell.requests),
      3,
    ),
  ]);
  const acceptHead = REFERENCES.flatMap(([name]) => [`${name} p99`, 'accept p99 ÷ theirs']);
  const otherHead = ['asked to press p50', 'p99', 'accept to press p50', 'p99', 'notification to stored p50', 'p99'];
  return [
    `${options.ratePerSecond} requests/s for ${options.seconds} s, warm, in ms: median (range) of ${options.repeats} repeats. "Alone": before the app is there, nothing else running; "beside": at the same moments as its load.`,
    table(['peer', 'accept p50', 'accept p99', ...acceptHead], accepts),
    table(['peer', ...otherHead, 'presses per request'], others),
  ].join('\n\n');
}

const REFERENCES: readonly (readonly [name: string, column: Column])[] = [
  ['two bare writes alone', 'bareWritesAloneMs'],
  ['beside', 'bareWritesMs'],
  ['four bare steps alone', 'bareStepsAloneMs'],
  ['beside', 'bareStepsMs'],
];

/** What the slowest accepts coincide with. */
export function tail(cells: readonly SteadyCell[]): string {
  const rows = byPeer(cells, (of, peer) => [
    peer,
    medianAndRange(
      of.map(({ timerRuns }) => timerRuns.length),
      0,
    ),
    medianAndRange(
      of.map(({ timerRuns }) => Math.max(0, ...timerRuns.map(({ startedMs, endedMs }) => endedMs - startedMs))),
      0,
    ),
    ...(['p50', 'p99', 'max'] as const).flatMap((key) => [
      medianAndRange(of.map((cell) => cell.acceptDuringTimer[key])),
      medianAndRange(of.map((cell) => cell.acceptOutsideTimer[key])),
    ]),
    ...['azurite', 'host 1', 'simulator', 'callers'].map((name) =>
      medianAndRange(
        of.map(({ processes }) => processes[name]?.loopMaxMs ?? NaN),
        0,
      ),
    ),
  ]);
  const head = [
    'peer',
    'timer runs',
    'longest run',
    'accept p50 during them',
    'outside',
    'accept p99 during them',
    'outside',
    'accept max during them',
    'outside',
    'longest event loop delay: Azurite',
    'host',
    'simulator',
    'callers',
  ];
  const [worst] = cells
    .filter(({ peer }) => peer === 'ours')
    .flatMap(({ seconds }) => seconds.toSorted((one, other) => other.acceptMaxMs - one.acceptMaxMs).slice(0, 1));
  const sentence = worst
    ? `\n\nWorst second of ours in the first repeat: second ${worst.second}, accept ${worst.acceptMaxMs} ms, timer ${worst.timer ? 'running' : 'not running'}; event loop delays ${JSON.stringify(worst.loopMaxMs)}.`
    : '';
  return `The timer closeOverdueOutcomes and the slowest accepts, in ms.\n\n${table(head, rows)}${sentence}`;
}
