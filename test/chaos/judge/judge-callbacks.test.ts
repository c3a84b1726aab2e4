// The chaos judge's account of callbacks, on evidence made by hand.
import type { HeardCallback } from '../callback-receiver';
import { asked, press, promisesBroken, reported, row, START } from './hand-made-evidence';
import { callbackFiguresOf, owedCallbacks } from './judge-callbacks';

const URL = 'http://127.0.0.1:1/a';
const wanted = (toldAt?: number) => asked('a', 0, { callbackUrl: URL, ...(toldAt !== undefined && { toldAt }) });
const heard = (...statuses: readonly string[]): ReadonlyMap<string, readonly HeardCallback[]> =>
  new Map([['a', statuses.map((status, place) => ({ at: START + 1000 + place, status, playedToneCount: 4 }))]]);
const PLAYED = {
  presses: [press('a', 500)],
  notifications: [reported('a')],
  rows: [row('a', 'succeeded', { playedToneCount: 4 })],
};

test.each([
  ['heard once', heard('succeeded')],
  ['heard twice, as the first answer was lost', heard('succeeded', 'succeeded')],
  ['heard after unknown', heard('unknown', 'succeeded')],
])('keeps every promise: %s', (_name, callbacks) => {
  expect(promisesBroken({ asked: [wanted(START + 100)], callbacks, ...PLAYED })).toEqual([]);
});

test('a caller who was never answered may hear nothing', () => {
  expect(promisesBroken({ asked: [wanted()], ...PLAYED })).toEqual([]);
});

test.each([
  ['nothing was heard', new Map<string, HeardCallback[]>(), ['callback lost']],
  ['only unknown was heard', heard('unknown'), ['callback lost']],
  ['another end was heard', heard('succeeded', 'failed'), ['false status']],
  [
    'another number of tones was heard',
    new Map([['a', [{ at: START, status: 'succeeded', playedToneCount: 3 }]]]),
    ['false playedToneCount'],
  ],
])('notices that %s', (_name, callbacks, promises) => {
  expect(promisesBroken({ asked: [wanted(START + 100)], callbacks, ...PLAYED })).toEqual(promises);
});

test('the URL of a callback in the log is told', () => {
  const lines = ['POST http://127.0.0.1:1/a?sig=s3cret-of-a-callback'];
  expect(promisesBroken({ asked: [wanted(START + 100)], callbacks: heard('succeeded'), lines, ...PLAYED })).toEqual([
    'tones told',
  ]);
});

test('a callback is owed until the status that the row has was heard', () => {
  const all = [wanted(START + 100), { ...asked('b', 0), callbackUrl: URL }, asked('c', 0)];
  const statusOf = () => 'succeeded';
  expect(owedCallbacks({ asked: all, callbacks: heard('unknown') }, statusOf)).toEqual(['a', 'b']);
  expect(owedCallbacks({ asked: all, callbacks: heard('succeeded') }, statusOf)).toEqual(['b']);
});

test('counts the kills between an end and its callback', () => {
  const evidence = { asked: [wanted(START + 100)], callbacks: heard('succeeded', 'succeeded') };
  const killedAt = [START + 799, START + 800, START + 1000, START + 1001];
  expect(callbackFiguresOf(evidence, new Map([['a', START + 800]]), killedAt)).toEqual({
    wanted: 1,
    heard: 2,
    killsOwed: 2,
  });
});
