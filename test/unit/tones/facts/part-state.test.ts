// What a row says of one of its parts: not yet, now, pressed already, or never.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { isAhead, partState } from '../../../../shared/tones/facts/parts/part-state';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'c',
  status: 'pausing',
  toneCount: 6,
  delayBetweenTonesMs: 300,
  partCount: 3,
  part: 2,
  partSizes: '0:1 1000:2 8000:3',
  notBefore: T0,
};
const FINAL = ['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const;
const at = (facts: Partial<OutcomeFacts>): OutcomeFacts => ({ ...ROW, ...facts });

describe('part 2 of three', () => {
  test('is due from the end of its pause on, not a millisecond before', () => {
    expect(partState(ROW, 2, T0)).toStrictEqual({ kind: 'due' });
    expect(partState(ROW, 2, T0 + 9_999_999)).toStrictEqual({ kind: 'due' });
    expect(partState(ROW, 2, T0 - 1)).toStrictEqual({ kind: 'pausing', until: T0 });
  });

  test('is early while the one before it plays, until that has sounded at least', () => {
    const running = at({ status: 'running', part: 1, sentAt: T0 - 100, claimedAt: T0 - 900 });
    expect(partState(running, 2, T0)).toStrictEqual({ kind: 'early', until: T0 + 200 });
    const { sentAt: _, ...unsent } = running;
    expect(partState(unsent, 2, T0)).toStrictEqual({ kind: 'early', until: T0 + 300 });
  });

  test.each(['accepted', 'sending'] as const)('is early, nobody knows until when, while the first is %s', (status) => {
    expect(partState(at({ status, part: 1 }), 2, T0)).toStrictEqual({ kind: 'early', until: undefined });
  });

  test.each(['sending', 'running'] as const)('is pressed where the row is %s at it', (status) => {
    expect(partState(at({ status }), 2, T0)).toStrictEqual({ kind: 'pressed' });
  });

  test.each(['pausing', 'sending', 'running'] as const)('is pressed where the row is %s at part 3', (status) => {
    expect(partState(at({ status, part: 3, notBefore: T0 + 5 }), 2, T0)).toStrictEqual({ kind: 'pressed' });
  });

  test.each(FINAL)('is over where the row is %s, whatever part it is at', (status) => {
    for (const part of [1, 2, 3]) expect(partState(at({ status, part }), 2, T0)).toStrictEqual({ kind: 'over' });
  });
});

test('part 3 is early while part 2 plays: its claim says since when', () => {
  const row = at({ status: 'running', claimedAt: T0 - 100, sentAt: T0 - 9000 });
  expect(partState(row, 3, T0)).toStrictEqual({ kind: 'early', until: T0 + 500 });
});

test.each(['pausing', 'sending', 'running'] as const)('part 3 is early while part 2 is %s', (status) => {
  expect(partState(at({ status }), 3, T0).kind).toBe('early');
});

describe('a part is ahead', () => {
  test('the first: while the row is accepted', () => {
    expect(isAhead(at({ status: 'accepted', part: 1 }), 1)).toBe(true);
    for (const status of ['sending', 'running', 'pausing', ...FINAL] as const)
      expect(isAhead(at({ status, part: 1 }), 1)).toBe(false);
  });

  test.each([
    ['sending', 1, true],
    ['running', 1, true],
    ['pausing', 2, true],
    ['sending', 2, false],
    ['running', 2, false],
    ['pausing', 3, false],
    ['sending', 3, false],
  ] as const)('the second: on a row that is %s at part %i: %p', (status, part, expected) => {
    expect(isAhead(at({ status, part }), 2)).toBe(expected);
  });

  test.each(FINAL)('never on a row that is %s', (status) => {
    expect(isAhead(at({ status, part: 1 }), 2)).toBe(false);
    expect(isAhead(at({ status, part: 2 }), 2)).toBe(false);
  });
});
