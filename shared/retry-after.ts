// Retry-After as HTTP has it: whole seconds or a date (RFC 9110 section 10.2.3).
// Knows no bound and no caller: how long a service is believed is decided where the wait is chosen.

/**
 * Milliseconds from `now` (epoch milliseconds), never negative, maybe
 * Infinity; undefined where the header says nothing.
 */
export function retryAfterMsOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(delayMs) ? undefined : Math.max(delayMs, 0);
}
