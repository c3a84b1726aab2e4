// The times that bind the rules: from the settings, and for one request. All expectations in milliseconds, by hand.
import {
  LEAST_LEAD_MS,
  ORPHAN_ENTRY_MS,
  READINESS_PATIENCE_MS,
  backOffMs,
  halfOfGraceMs,
  isTooLate,
  latestPostStart,
  makeDeliveryPolicy,
  runningWatchUntil,
  settledAtOf,
} from '../../../../shared/tones/facts/delivery-policy';
import { POLICY, T0 } from '../../../support/tones-ports';

test('the settings become milliseconds, each its own', () => {
  const settings = {
    sendGraceSeconds: 31,
    notificationGraceSeconds: 62,
    waitMinSeconds: 2,
    waitMaxSeconds: 7,
    outcomeRetentionDays: 3,
  };
  expect(makeDeliveryPolicy(settings)).toStrictEqual({
    sendGraceMs: 31_000,
    notificationGraceMs: 62_000,
    minWaitMs: 2000,
    maxWaitMs: 7000,
    retentionMs: 259_200_000,
  });
});

test('the fixed times are those of the documentation', () => {
  expect([LEAST_LEAD_MS, READINESS_PATIENCE_MS, ORPHAN_ENTRY_MS]).toEqual([250, 3000, 600_000]);
});

test.each([
  ['long before the deadline', 0, false],
  ['with 251 ms left', 59_749, false],
  ['with exactly 250 ms left', 59_750, false],
  ['with 249 ms left', 59_751, true],
  ['at the deadline', 60_000, true],
  ['after it', 60_001, true],
])('a press %s', (_when, sinceMs, tooLate) => {
  expect(isTooLate(T0 + 60_000, T0 + sinceMs)).toBe(tooLate);
});

test('half of the grace bounds the POST, and its latest start after the claim', () => {
  expect(halfOfGraceMs(POLICY)).toBe(15_000);
  expect(latestPostStart(T0, POLICY)).toBe(T0 + 15_000);
});

test('a running press is watched for the pauses of its tones and the grace of the notification', () => {
  expect(runningWatchUntil({ toneCount: 4, delayBetweenTonesMs: 300 }, T0, POLICY)).toBe(T0 + 1200 + 60_000);
  expect(runningWatchUntil({ toneCount: 4 }, T0, POLICY)).toBe(T0 + 60_000);
  expect(runningWatchUntil({ delayBetweenTonesMs: 300 }, T0, POLICY)).toBe(T0 + 60_000);
});

test('a claimed press has settled after the grace, the HTTP timeout and the sound of its tones', () => {
  expect(settledAtOf({ toneCount: 4, delayBetweenTonesMs: 300 }, T0, POLICY)).toBe(T0 + 30_000 + 15_000 + 2200);
});

test.each([
  [0, 1000],
  [1, 2000],
  [2, 4000],
  [3, 5000],
  [19, 5000],
  [1_000_000, 5000],
])('after %i waits the next takes %i ms', (waits, ms) => {
  expect(backOffMs(waits, POLICY)).toBe(ms);
});

test('the doubling ends at the twentieth wait, whatever the longest is', () => {
  const patient = { ...POLICY, maxWaitMs: Number.MAX_VALUE };
  expect([19, 20, 21, 5000].map((waits) => backOffMs(waits, patient))).toEqual([
    524_288_000, 1_048_576_000, 1_048_576_000, 1_048_576_000,
  ]);
});
