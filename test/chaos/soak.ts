// What a soak looks at while it lasts: the memory of an instance that is never killed, just after its garbage was collected, and the open
// entries of the index. Neither may grow: each has a slope over time, and the slope an error.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../local/wait-for';
import { Gauges } from '../../bench/figures/gauges';
import { slopeOf } from '../../bench/figures/samples';
import type { GaugeLine } from '../../bench/processes/process-gauge.mjs';

/** The instance that is never killed. */
const SPARED = 'spared';
const EVERY_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Share of the time that counts as warm-up: caches fill, code is compiled. */
const WARM_UP_SHARE = 1 / 3;
/** The timer closes what has ended twice a minute; an entry whose request was lost before it had a row is forgotten after ten. */
const CLOSING_LIMIT_MS = 700_000;
/** A slope counts where it is above zero by so many of its errors. */
const ERRORS = 2;
/** What may grow in an hour before it is a finding. */
const MOST_HEAP_MB = 1;
const MOST_OPEN = 5;

export interface Slope {
  readonly perHour: number;
  /** Standard error of the slope. */
  readonly error: number;
  readonly first: number;
  readonly last: number;
  readonly readings: number;
}

export interface SoakFigures {
  readonly minutes: number;
  readonly heapMb: Slope;
  readonly residentMb: Slope;
  readonly openEntries: Slope;
  readonly openAtEnd: number;
}

interface Watched {
  /** Collects the garbage of the instance that is never killed. */
  readonly collectGarbage: () => void;
  readonly openEntries: () => Promise<number>;
}

export class Soak {
  readonly #directory = mkdtempSync(join(tmpdir(), 'soak-'));
  readonly #gauges = new Gauges(this.#directory);
  readonly #open: [at: number, count: number][] = [];
  readonly #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #fault: unknown;

  constructor(readonly minutes: number) {}

  get isOver(): boolean {
    return Date.now() - this.#startedAt >= this.minutes * 60_000;
  }

  /** For the environment of the instance that is never killed. */
  get gaugeSettings(): Record<string, string> {
    const gauge = join(__dirname, '../../bench/processes/process-gauge.mts');
    return { NODE_OPTIONS: `--import ${gauge}`, BENCH_GAUGE_FILE: this.#gauges.fileOf(SPARED) };
  }

  start({ collectGarbage, openEntries }: Watched): void {
    this.#timer = setInterval(() => {
      collectGarbage();
      openEntries().then(
        (count) => this.#open.push([Date.now(), count]),
        (error: unknown) => (this.#fault ??= error),
      );
    }, EVERY_MS);
  }

  /** Ends the readings, and says what they show. */
  async figures(openEntries: Watched['openEntries']): Promise<SoakFigures> {
    clearInterval(this.#timer);
    if (this.#fault !== undefined) throw new Error('open entries could not be read', { cause: this.#fault });
    const collected = this.#gauges.lines(SPARED, this.#startedAt).filter(({ kind }) => kind === 'collected');
    const memory = (of: (line: GaugeLine) => number) => collected.map((line) => [line.atMs, of(line)] as const);
    return {
      minutes: this.minutes,
      heapMb: this.#slope(memory(({ heapMb }) => heapMb)),
      residentMb: this.#slope(memory(({ rssMb }) => rssMb)),
      openEntries: this.#slope(this.#open),
      openAtEnd: await lastOf(openEntries),
    };
  }

  close(): void {
    clearInterval(this.#timer);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #slope(readings: readonly (readonly [at: number, value: number])[]): Slope {
    const warmFrom = this.#startedAt + this.minutes * 60_000 * WARM_UP_SHARE;
    return slopeOfReadings(readings.filter(([at]) => at >= warmFrom).map(([at, value]) => [at / HOUR_MS, value]));
  }
}

/** The open entries once there are none, or when the timer has had its time. */
async function lastOf(openEntries: () => Promise<number>): Promise<number> {
  const giveUpAt = Date.now() + CLOSING_LIMIT_MS;
  const look = async () => {
    const count = await openEntries();
    return (count === 0 || Date.now() > giveUpAt) && { count };
  };
  return (await waitFor('the last open entries', look, { limitMs: 2 * CLOSING_LIMIT_MS, everyMs: 1000 })).count;
}

/** The least squares' slope, and its standard error. */
export function slopeOfReadings(points: readonly (readonly [hours: number, value: number])[]): Slope {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const squares = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const perHour = slopeOf(points);
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - perHour * (x - meanX)) ** 2, 0);
  const error = Math.sqrt(rest / (points.length - 2) / squares);
  return { perHour, error, first: points[0]?.[1] ?? NaN, last: points.at(-1)?.[1] ?? NaN, readings: points.length };
}

/** What grew, in words; none when all is flat. */
export function growthIn({ heapMb, openEntries, openAtEnd }: SoakFigures): string[] {
  const grows = ({ perHour, error }: Slope, most: number) => !(perHour - ERRORS * error <= most);
  return [
    ...(grows(heapMb, MOST_HEAP_MB) ? [`the heap grew by ${describeSlope(heapMb)} MB an hour`] : []),
    ...(grows(openEntries, MOST_OPEN) ? [`open entries grew by ${describeSlope(openEntries)} an hour`] : []),
    ...(openAtEnd > 0 ? [`${openAtEnd} entries are open at the end`] : []),
  ];
}

export function describeSlope({ perHour, error, first, last, readings }: Slope): string {
  return `${perHour.toFixed(2)} ± ${error.toFixed(2)} (${first} → ${last} in ${readings} readings)`;
}
