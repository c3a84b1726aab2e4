// The smaller run of the fuzzer inside `npm test`.
import { fuzz } from './fuzz';

jest.setTimeout(120_000);

test('no hostile notification or header is thrown at, is slow, or is answered with anything but 2xx and 4xx', async () => {
  const result = await fuzz(20_000, 20_260_104);
  expect(result.faults).toEqual([]);
  // All kinds of answers are met: accepted, malformed, too large, and a refused header.
  for (const answer of ['202', '400', '401', '413']) expect(result.answers[answer]).toBeGreaterThan(0);
});
