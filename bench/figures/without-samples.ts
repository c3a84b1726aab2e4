// What of a result is kept: of every column of samples how many there
// were and where they lie, and all that was counted.
// Knows no scenario: a list of numbers is a column of samples, wherever it stands.
import { percentilesOf } from './samples';

/** The same result with percentiles in the place of its samples. */
export function withoutSamples(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  if (Array.isArray(raw)) return isColumn(raw) ? percentilesOf(raw.filter(Number.isFinite)) : raw.map(withoutSamples);
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, withoutSamples(value)]));
}

/** A sample that is missing is NaN, in JSON null. */
function isColumn(list: readonly unknown[]): list is number[] {
  return list.length > 0 && list.every((item) => typeof item === 'number' || item === null);
}
