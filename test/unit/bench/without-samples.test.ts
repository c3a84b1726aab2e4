// What a result of the benchmark keeps of its samples.
// Percentiles by hand: the smallest sample that at least that share of all is not above.
import { withoutSamples } from '../../../bench/figures/without-samples';

const ONE_TO_HUNDRED = Array.from({ length: 100 }, (_, position) => position + 1);

test('a column of samples becomes its count and percentiles, wherever it stands; counts and names stay', () => {
  const cells = [{ peer: 'ours', requests: 100, statuses: { 202: 100 }, acceptMs: ONE_TO_HUNDRED, packages: ['zod'] }];
  expect(withoutSamples({ cells, allStored: true })).toEqual({
    cells: [
      {
        peer: 'ours',
        requests: 100,
        statuses: { 202: 100 },
        acceptMs: { count: 100, p50: 50, p90: 90, p95: 95, p99: 99, max: 100 },
        packages: ['zod'],
      },
    ],
    allStored: true,
  });
});

test('a sample that is missing is not counted, and a list without one stays a list', () => {
  expect(withoutSamples({ a: [3, NaN, 1], b: [] })).toEqual({
    a: { count: 2, p50: 1, p90: 3, p95: 3, p99: 3, max: 3 },
    b: [],
  });
});
