// How many rows the timer handles at a time: by hand-made durations of storage's answers.
import { makePace, type Pace, type PacedWork } from '../../../../shared/tones/upkeep/pace';

/** As many answers as one decision takes. */
const WINDOW = 60;

/** One decision, by answers of so many milliseconds each. */
function decide(pace: Pace, durationMs: number, work: PacedWork = 'looked at'): number {
  for (let answer = 0; answer < WINDOW; answer += 1) pace.took(work, durationMs);
  return pace.rowsAtATime();
}

test('begins with two rows at a time, ten entries a transaction, and one transaction at a time', () => {
  const pace = makePace();
  expect([pace.rowsAtATime(), pace.entriesAtATime(), pace.transactionsAtATime()]).toEqual([2, 10, 1]);
});

test('doubles while the answers come as soon, up to 24 rows, 100 entries and three transactions', () => {
  const pace = makePace();
  expect([1, 2, 3, 4, 5].map(() => [decide(pace, 8), pace.entriesAtATime(), pace.transactionsAtATime()])).toEqual([
    [4, 20, 1],
    [8, 40, 1],
    [16, 80, 2],
    [24, 100, 3],
    [24, 100, 3],
  ]);
});

test('stays at three where every row more makes all of them slower, as in the emulator', () => {
  const pace = makePace();
  // Answered one after the other: each waits for all that are under way.
  const seen = Array.from({ length: 12 }, () => decide(pace, 3 * pace.rowsAtATime()));
  expect(seen).toEqual([4, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
});

test('halves where the answers become much slower, and goes on one by one', () => {
  const pace = makePace();
  for (const _window of [1, 2, 3]) decide(pace, 8);
  expect(pace.rowsAtATime()).toBe(16);
  expect([decide(pace, 15), decide(pace, 8), decide(pace, 8)]).toEqual([8, 9, 10]);
});

test.each([
  ['doubles below seven fifths of the fastest answers', 11.19, 8],
  ['stays above seven fifths', 11.21, 4],
  ['stays below seven quarters', 13.99, 4],
  ['stays at seven quarters', 14, 4],
  ['halves above seven quarters', 14.01, 2],
])('%s', (_name, thenMs, rows) => {
  const pace = makePace();
  decide(pace, 8);
  expect(decide(pace, thenMs)).toBe(rows);
});

test('begins again with two after a failure, and goes on one by one', () => {
  const pace = makePace();
  for (const _window of [1, 2, 3]) decide(pace, 8);
  pace.failed();
  expect(pace.rowsAtATime()).toBe(2);
  expect(decide(pace, 8)).toBe(3);
});

test('a few slow answers among many say nothing', () => {
  const pace = makePace();
  decide(pace, 8);
  for (let answer = 0; answer < WINDOW; answer += 1) pace.took('looked at', answer % 4 === 0 ? 900 : 8);
  expect(pace.rowsAtATime()).toBe(8);
});

test('rows that are ended take longer than those that are looked at: each is compared with its own', () => {
  const pace = makePace();
  decide(pace, 8);
  decide(pace, 40, 'ended');
  decide(pace, 8);
  expect(decide(pace, 40, 'ended')).toBe(24);
});

test('answers of no measurable time say nothing', () => {
  const pace = makePace();
  expect(decide(pace, 0)).toBe(2);
});

test('fewer answers than a window say nothing', () => {
  const pace = makePace();
  for (let answer = 1; answer < WINDOW; answer += 1) pace.took('looked at', 8);
  expect(pace.rowsAtATime()).toBe(2);
  pace.took('looked at', 8);
  expect(pace.rowsAtATime()).toBe(4);
});
