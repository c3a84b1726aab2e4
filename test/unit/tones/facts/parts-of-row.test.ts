// How far a request has come, read from its row.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import {
  currentPart,
  isLastPart,
  isPlayed,
  partOf,
  playedWith,
  pressedAtOf,
} from '../../../../shared/tones/facts/parts/parts-of-row';

const ONE: OutcomeFacts = { clientContext: 'me', callId: 'c', status: 'running', toneCount: 4 };
const THREE: OutcomeFacts = { ...ONE, toneCount: 6, partCount: 3, part: 2, partSizes: '0:1 1000:2 8000:3' };

test('a row without parts is at its first and last', () => {
  expect(partOf(ONE)).toBe(1);
  expect(isLastPart(ONE)).toBe(true);
  expect(currentPart(ONE)).toMatchObject({ toneCount: 4 });
});

test.each([
  [1, false, 1],
  [2, false, 2],
  [3, true, 3],
])('a row at part %i of three: last %p, with %i tones', (part, isLast, toneCount) => {
  const row = { ...THREE, part };
  expect(partOf(row)).toBe(part);
  expect(isLastPart(row)).toBe(isLast);
  expect(currentPart(row)).toMatchObject({ toneCount });
});

test('a row that nobody asked for has a part of unknown size', () => {
  const { toneCount: _, ...made } = ONE;
  expect(currentPart(made).toneCount).toBeUndefined();
  expect(playedWith(made)).toBeUndefined();
});

test('the first part was pressed when the request was sent, any other at its claim', () => {
  const times = { sentAt: 5, claimedAt: 9 };
  expect(pressedAtOf({ ...ONE, ...times })).toBe(5);
  expect(pressedAtOf({ ...THREE, part: 1, ...times })).toBe(5);
  expect(pressedAtOf({ ...THREE, part: 2, ...times })).toBe(9);
  expect(pressedAtOf({ ...ONE, claimedAt: 9 })).toBeUndefined();
});

test('what is played once the part that it is at is played', () => {
  expect(playedWith(ONE)).toBe(4);
  expect(playedWith({ ...THREE, part: 1 })).toBe(1);
  expect(playedWith({ ...THREE, playedToneCount: 1 })).toBe(3);
  expect(playedWith({ ...THREE, part: 3, playedToneCount: 3 })).toBe(6);
});

test.each([
  [{ part: 2, playedToneCount: 3 }, true],
  [{ part: 2, playedToneCount: 1 }, false],
  [{ part: 2 }, false],
  [{ part: 3, playedToneCount: 6 }, true],
  [{ part: 3, playedToneCount: 3 }, false],
  [{ part: 1, playedToneCount: 0 }, false],
])('whether the part that it is at was reported as played: %p is %p', (facts, expected) => {
  expect(isPlayed({ ...THREE, ...facts })).toBe(expected);
});

test('nobody knows that of a row without a request', () => {
  expect(isPlayed({ clientContext: 'me', callId: 'c', status: 'succeeded', playedToneCount: 0 })).toBe(false);
});
