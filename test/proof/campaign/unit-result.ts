// What one unit of a campaign came to, as it stands in the journal; and the sum of many.
// Every number is a sum of the unit's worlds.
import type { SimulationResult } from '../simulation/simulate';
import type { Unit } from './units';

export interface UnitResult extends Unit {
  readonly result: SimulationResult;
  readonly cpuSeconds: number;
}

export interface Sum {
  readonly result: SimulationResult;
  readonly cpuSeconds: number;
  readonly units: number;
}

export function sumOf(results: readonly UnitResult[]): Sum | undefined {
  const [first, ...rest] = results;
  if (first === undefined) return undefined;
  return {
    result: rest.reduce((sum, { result }) => added(sum, result), first.result),
    cpuSeconds: results.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    units: results.length,
  };
}

/** Adds numbers by their name, in objects of objects too; a first failure is kept as it is. */
function added<T extends object>(one: T, other: T): T {
  const sum = { ...one } as Record<string, unknown>;
  for (const [name, value] of Object.entries(other)) {
    const before = sum[name];
    if (name === 'firstFailure') sum[name] = before ?? value;
    else if (typeof value === 'number') sum[name] = (typeof before === 'number' ? before : 0) + value;
    else sum[name] = added(before ?? {}, value as object);
  }
  return sum as T;
}
