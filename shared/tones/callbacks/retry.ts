// How often a callback is tried, and how long the wait between two attempts is.
// Pure: knows neither rows nor queues, nor what a callback answered in HTTP.

/**
 * Attempts to deliver one end: with the waits below, over about a quarter of
 * an hour, unless the callback asks for more time.
 */
export const MOST_ATTEMPTS = 10;

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 300_000;
/**
 * Twelve times our longest wait. Ten attempts an hour apart end within the
 * shortest retention (a day), so the outcome is still there.
 */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * The wait after so many failed attempts: doubles from 2 seconds to 5 minutes.
 *
 * @param retryAfterMs what the callback asked for: obeyed where it is longer, up to an hour.
 */
export function callbackWaitMs(attempts: number, retryAfterMs = 0): number {
  const ours = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  return Math.max(ours, Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS));
}
