// Retry-After as its senders write it: seconds, dates in the three forms of HTTP, and nonsense.
import { retryAfterMsOf } from '../../shared/retry-after';

const NOW = Date.parse('1994-11-06T08:49:00Z');

test.each([
  ['0', 0],
  ['7', 7000],
  ['  120 ', 120_000],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
  ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
])('%j is %i ms', (header, milliseconds) => {
  expect(retryAfterMsOf(header, NOW)).toBe(milliseconds);
});

test.each([undefined, '', 'soon', '1.5 hours', '-'])('%j says nothing', (header) => {
  expect(retryAfterMsOf(header, NOW)).toBeUndefined();
});

test('a number of any size stays a number: its reader bounds it', () => {
  expect(retryAfterMsOf('9'.repeat(400), NOW)).toBe(Infinity);
});
