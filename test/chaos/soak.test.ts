// What a soak makes of its readings: slopes with their errors, by numbers worked out by hand.
import { growthIn, slopeOfReadings, type SoakFigures } from './soak';

const FLAT = { perHour: 0, error: 0.1, first: 40, last: 40, readings: 100 };
const figures = (changes: Partial<SoakFigures>): SoakFigures => ({
  ...{ minutes: 120, heapMb: FLAT, residentMb: FLAT, openEntries: FLAT, openAtEnd: 0, ...changes },
});

test('the slope of readings on a line has no error', () => {
  expect(slopeOfReadings([0, 1, 2, 3].map((hours) => [hours, 5 + 2 * hours]))).toEqual({
    perHour: 2,
    error: 0,
    first: 5,
    last: 11,
    readings: 4,
  });
});

test('readings beside the line give the slope an error', () => {
  // Mean 1 and 2; sums of squares 2 and 8; the rest is 2 * 0.5 ** 2 + 1 ** 2 = 1.5 with one degree of freedom.
  const { perHour, error } = slopeOfReadings([
    [0, 0.5],
    [1, 3],
    [2, 2.5],
  ]);
  expect(perHour).toBeCloseTo(1, 10);
  expect(error).toBeCloseTo(Math.sqrt(1.5 / 2), 10);
});

test.each([
  ['nothing', {}, []],
  ['a heap that grows within twice its error', { heapMb: { ...FLAT, perHour: 3, error: 1 } }, []],
  [
    'a heap that grows',
    { heapMb: { ...FLAT, perHour: 3.3, error: 1 } },
    ['the heap grew by 3.30 ± 1.00 (40 → 40 in 100 readings) MB an hour'],
  ],
  [
    'open entries that grow',
    { openEntries: { ...FLAT, perHour: 6, error: 0.4 } },
    ['open entries grew by 6.00 ± 0.40 (40 → 40 in 100 readings) an hour'],
  ],
  ['entries that stay open', { openAtEnd: 2 }, ['2 entries are open at the end']],
  [
    'a slope of too few readings',
    { heapMb: slopeOfReadings([[0, 1]]) },
    ['the heap grew by NaN ± NaN (1 → 1 in 1 readings) MB an hour'],
  ],
])('finds %s', (_name, changes, growth) => {
  expect(growthIn(figures(changes))).toEqual(growth);
});
