// When the app's timer ran, from the lines that the local host prints when
// it is verbose; and what callers felt meanwhile.
// Measures nothing: the slowest accepts coincide with the timer's work on storage, or they do not.
import type { LoadResult } from '../processes/load-generator';
import type { Gauges } from './gauges';
import { bySecond, rounded } from './samples';

export interface TimerRun {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

const EXECUTED =
  /^\[([^\]]+)\] \[\w+\] \[host\] Executed 'Functions\.closeOverdueOutcomes' \(\w+, Id=\S+, Duration=(\d+)ms\)/;

export function timerRunsIn(lines: readonly string[]): TimerRun[] {
  return lines.flatMap((line) => {
    const [, at, durationMs] = EXECUTED.exec(line) ?? [];
    if (at === undefined) return [];
    const endedAtMs = Date.parse(at);
    return [{ startedAtMs: endedAtMs - Number(durationMs), endedAtMs }];
  });
}

/** One second of a run, as those who took part in it saw it. */
export interface Second {
  /** Since the start of the run. */
  readonly second: number;
  readonly acceptMaxMs: number;
  /** Whether the timer ran at some time of it. */
  readonly timer: boolean;
  /** The longest delay of each process's event loop around it. */
  readonly loopMaxMs: Readonly<Record<string, number>>;
}

export function secondsOf(
  { askedAtMs, tookMs }: Pick<LoadResult, 'askedAtMs' | 'tookMs'>,
  runs: readonly TimerRun[],
  gauges: Gauges,
): Second[] {
  const groups = bySecond([...askedAtMs.keys()], (position) => askedAtMs[position] ?? 0);
  const first = Math.min(...groups.keys());
  return [...groups].map(([second, positions]) => {
    const [fromMs, toMs] = [second * 1000, second * 1000 + 1000];
    const acceptMaxMs = rounded(Math.max(...positions.map((position) => tookMs[position] ?? 0)));
    const timer = runs.some((run) => run.startedAtMs < toMs + acceptMaxMs && run.endedAtMs > fromMs);
    // A line is written at the end of its second; a second of the clock lies in two of them.
    const loopMaxMs = Object.fromEntries(
      Object.entries(gauges.loopMaxBySecond(fromMs, toMs + 1000)).map(([name, maxima]) => [
        name,
        Math.max(0, ...maxima),
      ]),
    );
    return { second: second - first, acceptMaxMs, timer, loopMaxMs };
  });
}

/** The samples whose time overlaps a run of the timer, and the others. */
export function duringTimer(
  { askedAtMs, tookMs }: Pick<LoadResult, 'askedAtMs' | 'tookMs'>,
  runs: readonly TimerRun[],
): { readonly during: number[]; readonly outside: number[] } {
  const [during, outside]: [number[], number[]] = [[], []];
  for (const [position, took] of tookMs.entries()) {
    const askedAt = askedAtMs[position] ?? 0;
    (runs.some((run) => run.startedAtMs < askedAt + took && run.endedAtMs > askedAt) ? during : outside).push(took);
  }
  return { during, outside };
}
