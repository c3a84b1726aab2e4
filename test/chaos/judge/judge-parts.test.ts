// The judgement of requests of several parts: histories that keep every promise, and histories that break one each.
// Made by hand: two parts with a second between them, reported 700 ms and 2,100 ms after the request was asked for.
import type { Row } from '../../support/services/stored-rows';
import { asked, LATENESS_MS, notReady, press, promisesBroken, reported, row, START } from './hand-made-evidence';
import { accountsOf, isInPause } from './parts-account';
import type { Evidence } from './promises';

const PAUSE_MS = 1000;
const PARTS = [
  { pauseMs: 0, keys: '1*2#' },
  { pauseMs: PAUSE_MS, keys: '3*4#' },
];
const SECOND_TONES = ['tone3', 'star', 'tone4', 'pound'];
const FIRST_REPORT = 700;
const SECOND = 1900;
const SECOND_REPORT = 2100;
const told = (askedAtMs = 0) => ({ toldAt: START + askedAtMs + 100 });

const askedForTwo = asked('a', 0, { ...told(), digits: '1*2#W3*4#', parts: PARTS });
const first = press('a', 500);
const second = (atMs = SECOND, changes = {}) => press('a;part=2', atMs, { tones: SECOND_TONES, ...changes });
const rowOfTwo = (status: string, changes: Row = {}) => row('a', status, { partCount: 2, part: 2, ...changes });

const PLAYED: Evidence = {
  asked: [askedForTwo],
  rows: [rowOfTwo('succeeded', { playedToneCount: 8, operationId: 'of a;part=2' })],
  outcomes: new Map(),
  presses: [first, second()],
  requests: [],
  arrivals: [],
  notifications: [reported('a', FIRST_REPORT), reported('a;part=2', SECOND_REPORT)],
  callbacks: new Map(),
  lines: [],
  partLatenessMs: LATENESS_MS,
};
const INTERRUPTED = { ...PLAYED, presses: [first], notifications: [reported('a', FIRST_REPORT)] };
const failed = (changes: Row = {}) => [
  rowOfTwo('failed', { errorCode: 'sequence-interrupted', playedToneCount: 4, ...changes }),
];

const KEPT: Readonly<Record<string, Evidence>> = {
  'two parts, the second 200 ms after its pause': PLAYED,
  'a second part at the very end of its pause': { ...PLAYED, presses: [first, second(FIRST_REPORT + PAUSE_MS)] },
  'a second part at its latest, counted from the answer to the report': {
    ...PLAYED,
    presses: [first, second(FIRST_REPORT + 20 + PAUSE_MS + LATENESS_MS)],
  },
  'a report that had to be sent again: the pause may count from either': {
    ...PLAYED,
    presses: [first, second(FIRST_REPORT + PAUSE_MS)],
    notifications: [reported('a', FIRST_REPORT, 503), reported('a', 900), reported('a;part=2', SECOND_REPORT)],
  },
  'a sequence that came too late for its second part': { ...INTERRUPTED, rows: failed() },
  'a second part that was canceled': {
    ...PLAYED,
    presses: [first, second(SECOND, { scenario: 'canceled' })],
    rows: [rowOfTwo('canceled', { playedToneCount: 4 })],
  },
  'a second part that was claimed, and perhaps pressed': {
    ...INTERRUPTED,
    rows: [rowOfTwo('unknown', { errorCode: 'worker-lost', playedToneCount: 4 })],
  },
  'a first part of which nothing was reported': {
    ...INTERRUPTED,
    notifications: [],
    rows: [rowOfTwo('unknown', { errorCode: 'notification-missing', part: 1 })],
  },
  'a first part that Graph ended in its reply': {
    ...PLAYED,
    presses: [press('a', 500, { scenario: 'terminal-reply' }), second()],
    notifications: [reported('a;part=2', SECOND_REPORT)],
  },
};

test.each(Object.entries(KEPT))('breaks no promise: %s', (_what, evidence) => {
  expect(promisesBroken(evidence)).toEqual([]);
});

const BROKEN: Readonly<Record<string, readonly [promise: string, evidence: Evidence]>> = {
  'a second part pressed twice': [
    'part pressed twice',
    { ...PLAYED, presses: [first, second(), second(SECOND + 500)] },
  ],
  'a second part one millisecond before its pause was over': [
    'part before its pause',
    { ...PLAYED, presses: [first, second(FIRST_REPORT + PAUSE_MS - 1)] },
  ],
  'a second part one millisecond after its lateness': [
    'part after its lateness',
    { ...PLAYED, presses: [first, second(FIRST_REPORT + 20 + PAUSE_MS + LATENESS_MS + 1)] },
  ],
  'a second part while the first still sounds': [
    'part after none played',
    { ...PLAYED, presses: [first, second(699)] },
  ],
  'a second part after a first that was never reported, of a row that is unknown': [
    'part after none played',
    {
      ...PLAYED,
      notifications: [],
      rows: [rowOfTwo('unknown')],
    },
  ],
  'a second part after a first that was canceled': [
    'part after none played',
    {
      ...PLAYED,
      presses: [press('a', 500, { scenario: 'canceled' }), second()],
      rows: [rowOfTwo('unknown', { playedToneCount: 4, part: 3 })],
    },
  ],
  'the keys of a part in another order': [
    'wrong tones',
    { ...PLAYED, presses: [first, second(SECOND, { tones: SECOND_TONES.toReversed() })] },
  ],
  'a third part that nobody asked for': [
    'double press',
    { ...PLAYED, presses: [first, second(), press('a;part=3', 5000)] },
  ],
  'another request pressed between two parts': [
    'pressed between parts',
    {
      ...PLAYED,
      asked: [askedForTwo, asked('b', 50)],
      presses: [first, press('b', 1500), second()],
      rows: [...PLAYED.rows, row('b', 'succeeded')],
    },
  ],
  'fewer tones than were reported': ['false playedToneCount', { ...INTERRUPTED, rows: failed({ playedToneCount: 0 }) }],
  'more tones than were reported': ['false playedToneCount', { ...INTERRUPTED, rows: failed({ playedToneCount: 8 }) }],
  'no count of tones, though a report was taken': [
    'false playedToneCount',
    { ...INTERRUPTED, rows: failed({ playedToneCount: undefined }) },
  ],
  'a count of tones, though nothing was reported': [
    'false playedToneCount',
    { ...INTERRUPTED, notifications: [], rows: [rowOfTwo('unknown', { playedToneCount: 0, part: 1 })] },
  ],
  'interrupted, though both parts were pressed': ['false status', { ...PLAYED, rows: failed({ playedToneCount: 8 }) }],
  'interrupted, though nothing was reported of the first part': [
    'false status',
    { ...INTERRUPTED, notifications: [], rows: failed({ playedToneCount: undefined }) },
  ],
  'unknown at the first part, though its report was taken': [
    'false status',
    { ...INTERRUPTED, rows: [rowOfTwo('unknown', { playedToneCount: 4, part: 1 })] },
  ],
  'expired after a press': [
    'false status',
    { ...INTERRUPTED, rows: [rowOfTwo('expired', { errorCode: 'expired', playedToneCount: 4 })] },
  ],
};

test.each(Object.entries(BROKEN))('is noticed: %s', (_what, [promise, evidence]) => {
  expect([...new Set(promisesBroken(evidence))]).toEqual([promise]);
});

test('is noticed: succeeded after the first part, also where the count of tones says no more', () => {
  const rows = [rowOfTwo('succeeded', { playedToneCount: 4, operationId: 'of a', part: 1 })];
  expect(promisesBroken({ ...INTERRUPTED, rows })).toEqual(['false status', 'false playedToneCount']);
});

describe('a pause before the first tone', () => {
  const parts = [{ pauseMs: PAUSE_MS, keys: '1*2#' }];
  const lead = (pressedAtMs: number, changes: Partial<Evidence> = {}) =>
    promisesBroken({
      ...{ asked: [asked('b', 400, { ...told(400), digits: 'W1*2#', parts })], rows: [row('b', 'succeeded')] },
      ...changes,
      presses: [...(changes.presses ?? []), press('b', pressedAtMs)],
    });

  test('counts from when it was asked for', () => {
    expect(lead(1400)).toEqual([]);
    expect(lead(1399)).toEqual(['part before its pause']);
  });

  test('counts from the end of the tones that were pressed before it on the call', () => {
    const before = {
      asked: [asked('a', 0), asked('b', 400, { ...told(400), digits: 'W1*2#', parts })],
      rows: [row('a', 'succeeded'), row('b', 'succeeded')],
      presses: [press('a', 600)],
    };
    expect(lead(1700, before)).toEqual([]);
    expect(lead(1699, before)).toEqual(['part before its pause']);
  });

  test('counts again from the refusal of a call that was not ready', () => {
    const refused = { requests: [notReady('b', 1450)] };
    expect(lead(2450, refused)).toEqual([]);
    expect(lead(2449, refused)).toEqual(['part before its pause']);
  });
});

test('a time is in a pause from the answer to the report until the pause is over, or the next part is pressed', () => {
  const accounts = accountsOf(PLAYED);
  const inPause = (atMs: number) => isInPause(accounts, START + atMs);
  expect([719, 720, 1719, 1720].map(inPause)).toEqual([false, true, true, false]);
  expect(isInPause(accountsOf({ ...PLAYED, presses: [first, second(1000)] }), START + 1000)).toBe(false);
});
