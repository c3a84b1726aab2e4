// The floors of a chaos run: what is counted of requests of several parts, and that too little of it is noticed.
// Made by hand; nothing of the app is imported.
import { belowFloors, partFiguresOf, tooFewCallbacks } from './floors';
import { asked, press, reported, START } from './hand-made-evidence';
import { accountsOf } from './parts-account';

const all = { begun: 10, laterParts: 4, playedWhole: 2, pausesFirst: 1, killsInPauses: 2 };

test('let a run pass that saw enough of later parts', () => {
  expect(belowFloors(all, 20)).toEqual([]);
});

test.each<[string, Partial<typeof all>, string]>([
  ['later parts', { laterParts: 3 }, 'too few parts pressed after the first: 3, the floor is 4'],
  ['whole sequences', { playedWhole: 1 }, 'too few sequences played whole: 1, the floor is 2'],
  ['pauses before a first tone', { pausesFirst: 0 }, 'too few pauses before a first tone: 0, the floor is 1'],
  ['kills in pauses', { killsInPauses: 1 }, 'too few kills in a pause: 1, the floor is 2'],
])('notice too few %s', (_what, changes, detail) => {
  expect(belowFloors({ ...all, ...changes }, 20)).toEqual([detail]);
});

test('notice a run with hardly any sequence', () => {
  const few = { ...all, begun: 4 };
  expect(belowFloors(few, 20)).toEqual(['too few sequences begun: 4, the floor is 5']);
});

test('count what was pressed and reported, not what the rows say', () => {
  const parts = [
    { pauseMs: 0, keys: '1*2#' },
    { pauseMs: 1000, keys: '3*4#' },
  ];
  const lead = asked('b', 0, { parts: [{ pauseMs: 500, keys: '1*2#' }] });
  const first = { asked: [asked('a', 0, { parts }), lead], presses: [press('a', 500)] };
  const notifications = [reported('a', 700)];
  expect(partFiguresOf(accountsOf({ ...first, notifications: [] }), [])).toMatchObject({ begun: 0 });
  expect(partFiguresOf(accountsOf({ ...first, notifications }), [START + 800, START + 1800])).toEqual({
    ...{ begun: 1, laterParts: 0, playedWhole: 0, pausesFirst: 0, killsInPauses: 1 },
  });
  const presses = [...first.presses, press('a;part=2', 1900), press('b', 3000)];
  const all = { ...first, presses, notifications: [...notifications, reported('a;part=2', 2100)] };
  expect(partFiguresOf(accountsOf(all), [])).toEqual({
    ...{ begun: 1, laterParts: 1, playedWhole: 1, pausesFirst: 1, killsInPauses: 0 },
  });
  const cancelled = { ...all, asked: [asked('a', 0, { parts, toldAt: START + 100, cancels: [{}] }), lead] };
  expect(partFiguresOf(accountsOf(cancelled), [])).toMatchObject({ begun: 0, laterParts: 0, playedWhole: 0 });
});

test.each([
  [{ wanted: 5, heard: 5, killsOwed: 0 }, []],
  [{ wanted: 4, heard: 9, killsOwed: 0 }, ['too few callbacks: 4 wanted, 9 heard; the floor is 5']],
  [{ wanted: 9, heard: 4, killsOwed: 0 }, ['too few callbacks: 9 wanted, 4 heard; the floor is 5']],
])('notice too few callbacks: %j', (figures, faults) => {
  expect(tooFewCallbacks(figures)).toEqual(faults);
});
