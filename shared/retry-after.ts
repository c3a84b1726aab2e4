// The header Retry-After, as another service gives it. Knows neither which service that is nor what it is asked.

/**
 * Seconds or an HTTP date, in milliseconds from now: 0 for a time that has passed, at most `mostMs`; undefined where it is absent or
 * neither. RFC 9110 section 10.2.3.
 */
export function retryAfterMsOf(header: string | undefined, now: number, mostMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(delayMs, 0), mostMs);
}
