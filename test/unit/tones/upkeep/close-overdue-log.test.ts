// What the timer's first work says of itself: to the log, how much is still open; to its pace, how long each row took.
// What becomes of the rows is in close-overdue.test.ts.
import { makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import { makePace, type PacedWork } from '../../../../shared/tones/upkeep/pace';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

/** Rows with a callback that nobody announced, and their open entries. */
async function owed(at: TonesPorts, names: readonly string[], facts: Partial<OutcomeFacts> = {}): Promise<void> {
  for (const clientContext of names) {
    at.put({ clientContext, status: 'failed', finishedAt: T0, callbackWanted: true, ...facts });
    at.stored.index.add({ kind: 'request', clientContext, since: T0 - 4000, callback: true });
    await at.ports.callbacks.replace(clientContext, { url: 'https://x.test/', subscribedAt: T0, changedAt: T0 });
  }
}

describe('counted as open', () => {
  const stillOpen = (count: number) => [['info', 'requests-open', { count, durationMs: 4000 }]];

  test('is a request that could not be looked at', async () => {
    const at = makeTonesPorts();
    at.put({ clientContext: 'me', expiresAt: T0 });
    at.stored.index.add({ kind: 'request', clientContext: 'me', since: T0 - 4000 });
    at.next('outcomes.read', 'fails');
    await expect(makeOverdueCloser(at.ports)()).rejects.toThrow();
    expect(at.logged).toStrictEqual(stillOpen(1));
  });

  test('is each whose callback could not be announced, asked for or not', async () => {
    const at = makeTonesPorts();
    await owed(at, ['a', 'b', 'c', 'd']);
    at.next('callbackQueue.enqueue', 'fails', 'fails');
    await expect(makeOverdueCloser(at.ports)()).rejects.toThrow();
    expect(at.asked('callbackQueue.enqueue')).toHaveLength(2);
    expect(at.logged).toStrictEqual(stillOpen(4));
  });

  test('is one whose row moved on while its callback was looked at', async () => {
    const at = makeTonesPorts();
    await owed(at, ['me'], { status: 'unknown', callbackWanted: false });
    at.next('outcomes.merge', () => at.change('me', { status: 'succeeded' }));
    await makeOverdueCloser(at.ports)();
    expect(at.logged).toStrictEqual(stillOpen(1));
  });

  test('is one that is being reported', async () => {
    const at = makeTonesPorts();
    await owed(at, ['me'], { status: 'unknown', finishedAt: T0 - 5000 });
    await makeOverdueCloser(at.ports)();
    expect(at.logged).toStrictEqual(stillOpen(1));
  });
});

test('the pace is set by what was done with each row, and how long that took', async () => {
  const at = makeTonesPorts();
  for (const [clientContext, expiresAt] of [
    ['expires', T0],
    ['waits', T0 + 60_000],
  ] as const) {
    at.put({ clientContext, expiresAt });
    at.stored.index.add({ kind: 'request', clientContext, since: T0 });
  }
  at.next(
    'outcomes.read',
    () => (at.world.time += 7),
    () => (at.world.time += 3),
  );
  const noted: [PacedWork, number][] = [];
  const pace = () => ({
    ...makePace(),
    rowsAtATime: () => 1,
    took: (work: PacedWork, durationMs: number) => void noted.push([work, durationMs]),
  });
  await makeOverdueCloser(at.ports, pace)();
  expect([at.row('expires')?.status, at.row('waits')?.status]).toEqual(['expired', 'accepted']);
  expect(noted).toEqual([
    ['ended', 7],
    ['looked at', 3],
  ]);
});
