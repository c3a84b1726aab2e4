// Numbers of many samples: quantiles, the median and range of repeats, a least-squares slope, counts by name.
// Knows nothing of what is measured.

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The smallest sample that at least this share of all is not above; NaN of none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

export function quantilesOf(samples: readonly number[]): Quantiles {
  return {
    count: samples.length,
    p50: rounded(quantile(samples, 0.5)),
    p99: rounded(quantile(samples, 0.99)),
    max: rounded(quantile(samples, 1)),
  };
}

/** What is kept of samples in a result. */
export interface Percentiles extends Quantiles {
  readonly p90: number;
  readonly p95: number;
}

export function percentilesOf(samples: readonly number[]): Percentiles {
  const { count, p50, p99, max } = quantilesOf(samples);
  return { count, p50, p90: rounded(quantile(samples, 0.9)), p95: rounded(quantile(samples, 0.95)), p99, max };
}

/** `median (smallest–largest)` of the repeats, as a cell of a table. */
export function medianAndRange(values: readonly number[], digits = 1): string {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return '–';
  const text = (value: number) => value.toFixed(digits);
  const median = text(medianOf(known));
  return known.length === 1 ? median : `${median} (${text(Math.min(...known))}–${text(Math.max(...known))})`;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Of the line that fits the points best, in units of y for one of x. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return above / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

export function countBy(names: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** To hundredths: finer than anything here is measured, and short in the JSON. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Groups values by the whole second that they belong to. */
export function bySecond<T>(values: readonly T[], atMs: (value: T) => number): Map<number, T[]> {
  const seconds = new Map<number, T[]>();
  for (const value of values) {
    const second = Math.floor(atMs(value) / 1000);
    const group = seconds.get(second);
    if (group) group.push(value);
    else seconds.set(second, [value]);
  }
  return seconds;
}
