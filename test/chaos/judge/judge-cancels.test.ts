// What a chaos run is judged by where callers cancelled; every broken promise is made by hand, and found.
import type { AskedCancel } from '../callers';
import { tooFewCancels } from './floors';
import { asked, press, promisesBroken, reported, row, START } from './hand-made-evidence';
import { cancelFiguresOf } from './judge-cancels';
import { accountsOf } from './parts-account';

const PARTS = [
  { pauseMs: 0, keys: '1*2#' },
  { pauseMs: 1000, keys: '1*2#' },
];
const CANCELED: AskedCancel = { answeredAt: START + 400, status: 'canceled', code: 'canceled-by-caller' };
const MARKED: AskedCancel = { answeredAt: START + 600, status: 'running', part: 1 };
const BY_CALLER = { errorCode: 'canceled-by-caller' };
const request = (...cancels: AskedCancel[]) => asked('a', 0, { toldAt: START + 100, parts: PARTS, cancels });
const played = { ...BY_CALLER, playedToneCount: 4 };

test('breaks nothing where nothing follows the answer', () => {
  expect(promisesBroken({ asked: [request(CANCELED)], rows: [row('a', 'canceled', BY_CALLER)] })).toEqual([]);
  const one = { presses: [press('a', 500)], notifications: [reported('a')] };
  const between = { ...CANCELED, answeredAt: START + 900 };
  expect(promisesBroken({ ...one, asked: [request(between)], rows: [row('a', 'canceled', played)] })).toEqual([]);
  expect(promisesBroken({ ...one, asked: [request(MARKED)], rows: [row('a', 'canceled', played)] })).toEqual([]);
});

test('finds a press, and a further part, after the answer canceled', () => {
  const one = { presses: [press('a', 500)], notifications: [reported('a')] };
  expect(promisesBroken({ ...one, asked: [request(CANCELED)], rows: [row('a', 'canceled', played)] })).toEqual([
    'pressed after a cancel',
  ]);
  const two = {
    presses: [press('a', 500), press('a;part=2', 1800)],
    notifications: [reported('a'), reported('a;part=2', 2000)],
  };
  const rows = [row('a', 'succeeded', { playedToneCount: 8 })];
  const between = { ...CANCELED, answeredAt: START + 900 };
  expect(promisesBroken({ ...two, asked: [request(between)], rows })).toEqual([
    'pressed after a cancel',
    'false status',
  ]);
  expect(promisesBroken({ ...two, asked: [request(MARKED)], rows })).toEqual(['pressed after a cancel']);
});

test('lets the part that was on its way be pressed, and what was pressed before an answer that says the end', () => {
  const sending = { answeredAt: START + 400, status: 'sending', part: 1 };
  const one = { presses: [press('a', 500)], notifications: [reported('a')] };
  expect(promisesBroken({ ...one, asked: [request(sending)], rows: [row('a', 'canceled', played)] })).toEqual([]);
  const unanswered = promisesBroken({ asked: [request({})], rows: [row('a', 'canceled', BY_CALLER)] });
  expect(unanswered).toEqual([]);
});

test.each([
  ['nobody cancelled', [], {}],
  [
    'every part was pressed',
    [MARKED],
    {
      presses: [press('a', 100), press('a;part=2', 590)],
      notifications: [reported('a', 200), reported('a;part=2', 590)],
    },
  ],
  ['what was pressed failed', [MARKED], { presses: [press('a', 500, { scenario: 'failed' })] }],
] as const)('finds a canceled that is not true: %s', (_what, cancels, evidence) => {
  const broken = promisesBroken({ asked: [request(...cancels)], rows: [row('a', 'canceled', BY_CALLER)], ...evidence });
  expect(broken).toContain('false status');
});

test('counts what cancelling came to, and notices a run in which hardly anybody cancelled in time', () => {
  const requests = [request(CANCELED, {}), { ...request(MARKED), clientContext: 'b' }];
  const accounts = accountsOf({ asked: requests, presses: [press('b', 500)], notifications: [] });
  const figures = { asked: 3, beforePress: 1, betweenParts: 0, marked: 1 };
  expect(cancelFiguresOf(accounts)).toEqual(figures);
  expect(tooFewCancels(figures)).toHaveLength(1);
  expect(tooFewCancels({ asked: 5, beforePress: 1, betweenParts: 1, marked: 0 })).toEqual([]);
  expect(tooFewCancels({ asked: 9, beforePress: 1, betweenParts: 0, marked: 9 })).toHaveLength(1);
});
