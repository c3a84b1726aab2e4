// What each status of a callback's answer means, also at the borders of its class; over real connections: post-callback.test.ts.
import { fromCallbackAnswer } from '../../../shared/outbound/callback-answer';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const meaningOf = (httpStatus: number, retryAfter?: string) => fromCallbackAnswer({ httpStatus, retryAfter }, NOW);

test.each([200, 204, 299])('%i is taken', (httpStatus) => {
  expect(meaningOf(httpStatus, '7')).toStrictEqual({ kind: 'taken', httpStatus });
});

test.each([
  [300, 'redirects are not followed'],
  [307, 'redirects are not followed'],
  [399, 'redirects are not followed'],
  [400, 'the callback refused'],
  [404, 'the callback refused'],
  [499, 'the callback refused'],
  [410, 'the callback is gone'],
])('%i is refused: %s', (httpStatus, reason) => {
  expect(meaningOf(httpStatus, '7')).toStrictEqual({ kind: 'refused', reason, httpStatus });
});

test.each([
  [0, 'the callback wants it later'],
  [199, 'the callback wants it later'],
  [408, 'the callback wants it later'],
  [425, 'the callback wants it later'],
  [429, 'the callback wants it later'],
  [500, 'the callback had a fault'],
  [599, 'the callback had a fault'],
])('%i may be tried again: %s', (httpStatus, reason) => {
  expect(meaningOf(httpStatus)).toStrictEqual({ kind: 'failed', reason, httpStatus });
  expect(meaningOf(httpStatus, '7')).toStrictEqual({ kind: 'failed', reason, httpStatus, retryAfterMs: 7000 });
});
