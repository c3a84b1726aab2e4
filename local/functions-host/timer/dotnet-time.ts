// Writes times as the real host's .NET serializer writes them, which the app gets to see as strings.
// Knows no trigger.

/** .NET's latest time, which stands for "never". */
export const latestTime = '9999-12-31T23:59:59.9999999+00:00';
/** .NET's earliest time, which stands for "not yet". */
export const earliestTime = '0001-01-01T00:00:00+00:00';

/** In UTC with an offset instead of Z, and without zeros at the end of the fraction: `2026-01-01T00:05:00+00:00`. */
export function toDotnetTime(time: Date): string {
  return time.toISOString().replace(/\.?0*Z$/, '+00:00');
}
