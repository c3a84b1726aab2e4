// The judgement itself: every promise, broken by hand, is found; a run in which all is well has no violation.
import type { SentNotification } from '../../../local/graph-simulator/calls/notifications';
import type { Press } from '../../../local/graph-simulator/calls/presses';
import type { Row } from '../../support/services/stored-rows';
import { asked, press, promisesBroken, reported, row } from './hand-made-evidence';
import { faultOfChange } from './judgement';

test('a run in which every request was pressed once, in order and in time, breaks no promise', () => {
  const rows = [
    row('a', 'succeeded', { operationId: 'of a', playedToneCount: 4 }),
    row('b', 'expired', { errorCode: 'expired' }),
    row('c', 'unknown', { errorCode: 'worker-lost' }),
  ];
  const presses = [press('a', 500), press('c', 900)];
  expect(
    promisesBroken({
      asked: [asked('a', 0), asked('b', 200), asked('c', 400)],
      rows,
      presses,
      notifications: [reported('a')],
      lines: ['tones-accepted {"toneCount":3}'],
    }),
  ).toEqual([]);
});

test('two presses under one clientContext, also by a request that nobody made, are double presses', () => {
  expect(
    promisesBroken({
      asked: [asked('a', 0)],
      rows: [row('a', 'succeeded')],
      presses: [press('a', 500), press('a', 900)],
    }),
  ).toEqual(['double press']);
  expect(promisesBroken({ presses: [press('stranger', 500)] })).toEqual(['double press']);
});

test('a request that was told 202, or pressed, and has no row is lost; one that was never told 202 is not', () => {
  expect(promisesBroken({ asked: [asked('a', 0)] })).toEqual(['lost request']);
  expect(promisesBroken({ asked: [asked('a', 0, {})], presses: [press('a', 500)] })).toEqual(['lost request']);
  expect(promisesBroken({ asked: [asked('a', 0, {})] })).toEqual([]);
});

test.each(['accepted', 'sending', 'running'])('a row that stays %s has no final status', (status) => {
  expect(
    promisesBroken({
      asked: [asked('a', 0)],
      rows: [row('a', status)],
      presses: status === 'accepted' ? [] : [press('a', 500)],
    }),
  ).toContain('no final status');
});

test.each<[string, Row, Press[], SentNotification[]]>([
  ['succeeded, not pressed', row('a', 'succeeded'), [], []],
  ['succeeded, in truth canceled', row('a', 'succeeded'), [press('a', 500, { scenario: 'canceled' })], []],
  ['canceled, in truth succeeded', row('a', 'canceled'), [press('a', 500)], []],
  [
    'reported as failed, in truth succeeded',
    row('a', 'failed', { errorCode: 'operation-failed' }),
    [press('a', 500)],
    [],
  ],
  ['failed before the press, but pressed', row('a', 'failed', { errorCode: 'graph-forbidden' }), [press('a', 500)], []],
  ['expired, but pressed', row('a', 'expired', { errorCode: 'expired' }), [press('a', 500)], []],
  ['of another operation', row('a', 'succeeded', { operationId: 'other' }), [press('a', 500)], []],
  [
    'unknown, although the report was taken',
    row('a', 'unknown', { playedToneCount: 4 }),
    [press('a', 500)],
    [reported('a')],
  ],
])('a false status is found: %s', (_what, outcome, presses, notifications) => {
  expect(promisesBroken({ asked: [asked('a', 0)], rows: [outcome], presses, notifications })).toEqual(['false status']);
});

test('a press one millisecond after the deadline is found, one at the deadline is not', () => {
  const ofPress = (atMs: number) =>
    promisesBroken({ asked: [asked('a', 0)], rows: [row('a', 'unknown')], presses: [press('a', atMs)] });
  expect(ofPress(10_001)).toEqual(['press after the deadline']);
  expect(ofPress(10_000)).toEqual([]);
});

test('a request accepted before the other was asked for, and pressed after it, is an inversion; of two asked at once it is none', () => {
  const rows = [row('a', 'succeeded'), row('b', 'succeeded')];
  const presses = [press('b', 500), press('a', 900)];
  expect(promisesBroken({ asked: [asked('a', 0), asked('b', 200)], rows, presses })).toEqual(['order inversion']);
  expect(promisesBroken({ asked: [asked('a', 0), asked('b', 50)], rows, presses })).toEqual([]);
  expect(
    promisesBroken({
      asked: [asked('a', 0), asked('b', 200)],
      rows,
      presses: [presses[0] as Press, press('a', 900, { callId: 'another' })],
    }),
  ).toEqual([]);
});

test('presses that sounded together on a call are an overlap', () => {
  expect(
    promisesBroken({
      asked: [asked('a', 0)],
      rows: [row('a', 'succeeded')],
      presses: [press('a', 500, { overlapsWith: ['of b'] })],
    }),
  ).toEqual(['overlap']);
});

test.each([
  'pressed tone7',
  '["star"]',
  Buffer.from('{"version":1,"clientContext":"a"}').toString('base64'),
  'digits 7*A1#',
  'Bearer eyJhbGci.eyJhdWQi.x',
])('tones and tokens in a line or a row are found: %s', (text) => {
  expect(promisesBroken({ lines: [text] })).toEqual(['tones told']);
  expect(promisesBroken({ rows: [{ ...row('a', 'expired'), errorMessage: text }] })).toEqual(['tones told']);
});

test('a final status may only turn from unknown to what Graph reported', () => {
  expect(faultOfChange('accepted', 'sending')).toBeUndefined();
  expect(faultOfChange('sending', 'accepted')).toBeUndefined();
  expect(faultOfChange('unknown', 'succeeded')).toBeUndefined();
  expect(faultOfChange('unknown', 'expired')).toBe('unknown became expired');
  expect(faultOfChange('expired', 'sending')).toBe('expired became sending');
  expect(faultOfChange('succeeded', 'failed')).toBe('succeeded became failed');
});
