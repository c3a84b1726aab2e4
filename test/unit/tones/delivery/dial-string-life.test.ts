// A dial string from its acceptance to its end, through all rules at once: each part is pressed once, in order and in
// time.
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import { ALL, PLAYED, live, type Wishes } from '../../../support/dial-string-life';
import { T0 } from '../../../support/tones-ports';

describe('every part is pressed once, in order, after its pause and not too late', () => {
  test.each([
    ['as everything comes once', {}],
    ['as everything comes twice', { times: 2 }],
    ['as reports come before the replies are recorded', { reportMs: () => 0 }],
    ['as reports come early and twice', { reportMs: () => 0, times: 2 }],
    ['as reports come after seconds', { reportMs: () => 7300 }],
    ['as the process has no room to wait', { room: false }],
    ['as the process has no room to wait, and everything comes twice', { room: false, times: 2 }],
  ] as [string, Wishes][])('%s', async (_what, wishes) => {
    const { at, pressed, reportedAt } = await live(wishes);
    expect(pressed.map(({ context, tones }) => ({ context, tones }))).toEqual(ALL);
    const [first, second, third] = pressed.map((one) => one.at) as [number, number, number];
    expect(first).toBeGreaterThanOrEqual(T0 + 2500);
    for (const [start, before, pauseMs] of [
      [second, 'me', 500],
      [third, 'me;part=2', 8000],
    ] as const) {
      const pauseEnds = (reportedAt.get(before) ?? Infinity) + pauseMs;
      expect(start).toBeGreaterThanOrEqual(pauseEnds);
      expect(start).toBeLessThanOrEqual(pauseEnds + 4000);
    }
    expect(at.row('me')).toMatchObject({
      status: 'succeeded',
      playedToneCount: 4,
      part: 3,
      sentAt: first,
      operationId: 'op of me;part=3',
    });
  });
});

describe('nothing is pressed after a part that', () => {
  test.each([
    ['was canceled', 'mediaOperationCanceled', 'canceled'],
    ['failed', 'unknown', 'failed'],
  ] as const)('%s', async (_what, reason, status) => {
    for (const times of [1, 2]) {
      const completionReason = (context: string) => (context === 'me;part=2' ? reason : PLAYED);
      const { at, pressed } = await live({ completionReason, times });
      expect(pressed.map(({ context }) => context)).toEqual(['me', 'me;part=2']);
      expect(at.row('me')).toMatchObject({ status, playedToneCount: 1, part: 2 });
    }
  });

  test('nobody reported', async () => {
    const { at, pressed } = await live({ reportMs: (context) => (context === 'me;part=2' ? undefined : 200) });
    expect(pressed.map(({ context }) => context)).toEqual(['me', 'me;part=2']);
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'notification-missing', playedToneCount: 1 });
  });

  test('was reported when the request had been given up', async () => {
    const { at, pressed } = await live({ reportMs: (context) => (context === 'me;part=2' ? 90_000 : 200) });
    expect(pressed.map(({ context }) => context)).toEqual(['me', 'me;part=2']);
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'sequence-interrupted', playedToneCount: 3 });
  });

  test('may have been pressed', async () => {
    const { at, pressed } = await live({
      reply: (context) =>
        context === 'me;part=2' ? { kind: 'uncertain', fault: { code: 'graph-timeout' } } : { kind: 'running' },
    });
    expect(pressed.map(({ context }) => context)).toEqual(['me']);
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'graph-timeout', playedToneCount: 1 });
  });
});

describe('a later part that Graph refuses for the moment', () => {
  const refusing = (refusals: number) => {
    let left = refusals;
    return (context: string): PressReply => {
      if (context !== 'me;part=2' || left === 0) return { kind: 'running', operationId: `op of ${context}` };
      left -= 1;
      return { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true };
    };
  };

  test('is pressed once it is taken, within its lateness', async () => {
    const { at, pressed } = await live({ reply: refusing(1) });
    expect(pressed.map(({ context, tones }) => ({ context, tones }))).toEqual(ALL);
    // What held up the second part is no matter of the third.
    expect(at.row('me')).toMatchObject({ status: 'succeeded', waitCode: '' });
  });

  test('is not pressed any more after that, and the request says why', async () => {
    const { at, pressed } = await live({ reply: refusing(9) });
    expect(pressed.map(({ context }) => context)).toEqual(['me']);
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'media-busy', playedToneCount: 1 });
  });

  test('does not lend its reason to the next one', async () => {
    const { at } = await live({
      reply: refusing(1),
      reportMs: (context) => (context === 'me;part=3' ? undefined : 200),
    });
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'notification-missing', playedToneCount: 3 });
  });
});
