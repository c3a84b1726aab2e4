// Reads what the gauges of a stage have written, process by process.
// Knows no scenario and no app.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GaugeLine } from '../processes/process-gauge.mjs';
import { quantile, rounded } from './samples';

/** One process over a measurement. */
export interface ProcessFigures {
  readonly loopMaxMs: number;
  /** Of the seconds' own p99. */
  readonly loopP99Ms: number;
  /** Share of one core that it took. */
  readonly cores: number;
  readonly rssMb: number;
  readonly heapMb: number;
}

/** Between two moments, in epoch milliseconds. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export class Gauges {
  readonly #names: string[] = [];

  constructor(private readonly directory: string) {}

  /** Where the gauge of that process writes. */
  fileOf(name: string): string {
    if (!this.#names.includes(name)) this.#names.push(name);
    return join(this.directory, `${name.replaceAll(' ', '-')}.jsonl`);
  }

  /** The lines of one process between two moments, oldest first. */
  lines(name: string, fromMs = 0, toMs = Infinity): GaugeLine[] {
    const file = this.fileOf(name);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'));
    return lines.map((line) => JSON.parse(line) as GaugeLine).filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  }

  /** Every process during these times. */
  figures(times: readonly TimeSpan[]): Record<string, ProcessFigures> {
    const durationMs = times.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    return Object.fromEntries(
      this.#names.map((name) => [
        name,
        figuresOf(
          times.flatMap(({ fromMs, toMs }) => this.lines(name, fromMs, toMs)),
          durationMs,
        ),
      ]),
    );
  }

  /** The longest delay of each process's event loop by second (epoch), as columns of numbers. */
  loopMaxBySecond(fromMs: number, toMs: number): Record<string, number[]> {
    return Object.fromEntries(
      this.#names.map((name) => [name, this.lines(name, fromMs, toMs).map(({ loopMaxMs }) => loopMaxMs)]),
    );
  }
}

function figuresOf(lines: readonly GaugeLine[], durationMs: number): ProcessFigures {
  const last = lines.at(-1);
  return {
    loopMaxMs: Math.max(0, ...lines.map(({ loopMaxMs }) => loopMaxMs)),
    loopP99Ms: rounded(
      quantile(
        lines.map(({ loopP99Ms }) => loopP99Ms),
        0.5,
      ),
    ),
    cores: rounded(lines.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / durationMs),
    rssMb: last?.rssMb ?? NaN,
    heapMb: last?.heapMb ?? NaN,
  };
}
