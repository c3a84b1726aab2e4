// A dial string whose caller cancels it, at every moment and before every operation of its life: what was answered
// holds, and the outcome is true. Judged by what the test's own Graph was asked to press.
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import { ALL, PLAYED, live, type Wishes } from '../../../support/dial-string-life';

type Life = Awaited<ReturnType<typeof live>>;

/** What no fault excuses; says how it ended. */
function judge({ at, pressed, answers, reportedAt }: Life, isReported: boolean): string {
  expect(pressed.map(({ context, tones }) => ({ context, tones }))).toEqual(ALL.slice(0, pressed.length));
  const row = at.row('me');
  for (const { row: answered, pressedBy } of answers) {
    if (answered === undefined) continue;
    // `canceled`: nothing more. Being pressed: that part may follow. Else it was, and is being played.
    expect(pressed.length).toBeLessThanOrEqual(pressedBy + (answered.status === 'sending' ? 1 : 0));
    if (answered.status === 'canceled') expect(row?.status).toBe('canceled');
  }
  const known = ALL.filter(({ context }) =>
    isReported ? reportedAt.has(context) : pressed.some((one) => one.context === context),
  );
  const tones = known.reduce((sum, part) => sum + part.tones.length, 0);
  if (row?.status !== 'unknown') expect(row?.playedToneCount ?? 0).toBe(tones);
  if (row?.status === 'succeeded') expect(pressed).toHaveLength(3);
  if (row?.status === 'canceled') {
    expect(row.errorCode).toBe('canceled-by-caller');
    expect(pressed.length).toBeLessThan(3);
    expect(row.sentAt).toBe(pressed[0]?.at);
  }
  expect(['canceled', 'succeeded', 'unknown', 'failed', 'expired']).toContain(row?.status);
  return `${pressed.length} ${row?.status}`;
}

/** Without faults it is canceled, or was at its last part. */
function judgeFaultless(life: Life, isReported = true): string {
  const wasAsked = life.answers.some(({ row }) => row !== undefined);
  expect(judge(life, isReported)).toMatch(wasAsked ? /^([012] canceled|3 succeeded)$/ : /^3 succeeded$/);
  return `${life.pressed.length} ${life.at.row('me')?.status}`;
}

const refusing = () => {
  const refused = new Set<string>();
  return (context: string): PressReply => {
    if (refused.has(context)) return { kind: 'running', operationId: `op of ${context}` };
    refused.add(context);
    return { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true };
  };
};
const ended = (context: string): PressReply => ({
  kind: 'ended',
  report: { clientContext: context, callId: 'call-1', operationId: `op of ${context}`, completionReason: PLAYED },
});

const WORLDS: readonly (readonly [string, () => Wishes])[] = [
  ['everything comes once', () => ({})],
  ['everything comes twice', () => ({ times: 2 })],
  ['reports come before the replies are recorded', () => ({ reportMs: () => 0 })],
  ['reports come after seconds', () => ({ reportMs: () => 3300 })],
  ['the process has no room to wait', () => ({ room: false, times: 2 })],
  ['Graph refuses each part once', () => ({ reply: refusing() })],
  ['Graph reports each part in its reply', () => ({ reply: ended })],
];

type Befalls = NonNullable<Wishes['befalls']>;

/** A fate of the operation of that number, which happens once. */
function once(number: number, fate: (...given: Parameters<Befalls>) => ReturnType<Befalls> | false): Befalls {
  let isOver = false;
  return (one, cancel) => {
    if (isOver || one.number !== number) return undefined;
    isOver = true;
    return fate(one, cancel) || undefined;
  };
}

// A POST is never sent again, nor does it fail without an answer of its own.
const isStorage = (name: string) => name !== 'graph.sendDtmfTones';
const isWrite = (name: string) => /^(outcomes|calls)\.(insert|merge)$/.test(name);

/** More operations than a life has. */
const LONGEST = 45;
const EVERY_WAY = ['0 canceled', '1 canceled', '2 canceled', '3 succeeded'];

describe.each(WORLDS)('where %s, a caller cancels', (_what, wishes) => {
  const isReported = wishes().reply !== ended;

  test('at every twentieth of a second', async () => {
    const ways = new Set<string>();
    for (let cancelMs = 0; cancelMs <= 24_000; cancelMs += 50)
      ways.add(judgeFaultless(await live({ ...wishes(), cancelMs }), isReported));
    expect([...ways].sort()).toEqual(EVERY_WAY);
  });

  test.each(['before', 'between the sending and the repetition of'])('%s every operation', async (when) => {
    const ways = new Set<string>();
    let operations = 0;
    for (let number = 1; number === 1 || number <= operations; number += 1) {
      const befalls = once(number, ({ name }, cancel) => {
        if (when === 'before') return cancel;
        return isWrite(name) ? { repeatedAfter: cancel } : undefined;
      });
      const life = await live({ ...wishes(), befalls });
      operations = Math.max(operations, life.at.journal.length);
      ways.add(judgeFaultless(life, isReported));
    }
    expect(operations).toBeGreaterThan(20);
    expect([...ways].sort()).toEqual(EVERY_WAY);
  });
});

test.each(['fails', 'answer lost', 'repeated'] as const)(
  'where an operation %s and a caller cancels up to four before or after it, nothing is pressed after a `canceled`',
  async (fate) => {
    const ways = new Set<string>();
    for (let number = 1; number <= LONGEST; number += 1)
      for (let distance = -4; distance <= 4; distance += 1) {
        const cancels = once(number + distance, (_one, cancel) => cancel);
        const fails = once(number, ({ name }) => (fate === 'repeated' ? isWrite(name) : isStorage(name)) && fate);
        ways.add(judge(await live({ befalls: (one, cancel) => cancels(one, cancel) ?? fails(one, cancel) }), true));
      }
    expect([...ways]).toEqual(expect.arrayContaining(EVERY_WAY));
  },
);

test('where nobody cancels, it succeeds', async () => {
  const life = await live();
  expect(judgeFaultless(life)).toBe('3 succeeded');
  expect(life.at.journal.length).toBeLessThan(LONGEST);
});
