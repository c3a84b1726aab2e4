// The timer's first work: ending what has run out of time, at the cost of the open requests.
import { makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const close = (at: TonesPorts) => makeOverdueCloser(at.ports)();

function openEntries(at: TonesPorts, rows: readonly (Partial<OutcomeFacts> & { clientContext: string })[]): void {
  for (const row of rows) {
    at.put(row);
    at.stored.index.add({ kind: 'request', clientContext: row.clientContext, since: T0 });
  }
}

const namesOf = (entries: unknown) =>
  (entries as { clientContext: string }[]).map(({ clientContext }) => clientContext);

describe('the timer', () => {
  test('ends what is overdue and moves what is final out of the open ones; the rest stays', async () => {
    const at = makeTonesPorts();
    openEntries(at, [
      { clientContext: 'expires', expiresAt: T0 },
      { clientContext: 'waits', expiresAt: T0 + 1 },
      { clientContext: 'lost', status: 'sending', watchUntil: T0 },
      { clientContext: 'sends', status: 'sending', watchUntil: T0 + 1 },
      { clientContext: 'runs', status: 'running', watchUntil: T0 + 1 },
      { clientContext: 'done', status: 'succeeded' },
    ]);
    await close(at);
    expect(['expires', 'waits', 'lost', 'sends', 'runs', 'done'].map((name) => at.row(name)?.status)).toEqual([
      'expired',
      'accepted',
      'unknown',
      'sending',
      'running',
      'succeeded',
    ]);
    expect(at.asked('index.close').map(([entries, now]) => [namesOf(entries), now])).toEqual([
      [['expires', 'done'], T0],
    ]);
    expect(at.asked('index.closeUnlessReopened')).toStrictEqual([
      [{ kind: 'request', clientContext: 'lost', since: T0, etag: 'e3' }, T0],
    ]);
    expect(namesOf([...at.stored.index.open.values()])).toEqual(['waits', 'sends', 'runs']);
    expect(at.asked('index.forgetUnlessReopened')).toEqual([]);
  });

  test('asks nothing of storage where nothing is open', async () => {
    const at = makeTonesPorts();
    await close(at);
    expect(at.operations()).toEqual([]);
  });

  test("moves the entry of a call's row without reading anything", async () => {
    const at = makeTonesPorts();
    at.stored.index.add({ kind: 'call', callKey: 'call1', since: T0 });
    await close(at);
    expect(at.journal).toStrictEqual([
      ['index.close', [{ kind: 'call', callKey: 'call1', since: T0, etag: 'e1' }], T0],
    ]);
  });

  test('forgets an entry that never became a row, after ten minutes', async () => {
    const at = makeTonesPorts();
    at.stored.index.add({ kind: 'request', clientContext: 'orphan', since: T0 - 600_001 });
    at.stored.index.add({ kind: 'request', clientContext: 'recent', since: T0 - 600_000 });
    await close(at);
    expect(at.asked('index.forgetUnlessReopened')).toStrictEqual([
      [{ kind: 'request', clientContext: 'orphan', since: T0 - 600_001, etag: 'e1' }],
    ]);
    expect(namesOf([...at.stored.index.open.values()])).toEqual(['recent']);
    expect(at.asked('index.close')).toEqual([]);
  });

  test('moves entries ten at a time, in their order', async () => {
    const at = makeTonesPorts();
    openEntries(
      at,
      Array.from({ length: 21 }, (_, place) => ({ clientContext: `r${place}`, status: 'failed' as const })),
    );
    await close(at);
    const batches = at.asked('index.close').map(([entries]) => entries as { clientContext: string }[]);
    expect(
      batches.map((entries) => [entries.length, entries[0]?.clientContext, entries.at(-1)?.clientContext]),
    ).toEqual([
      [10, 'r0', 'r9'],
      [10, 'r10', 'r19'],
      [1, 'r20', 'r20'],
    ]);
  });

  test('moves exactly ten in one batch', async () => {
    const at = makeTonesPorts();
    openEntries(
      at,
      Array.from({ length: 10 }, (_, place) => ({ clientContext: `r${place}`, status: 'failed' as const })),
    );
    await close(at);
    expect(at.asked('index.close')).toHaveLength(1);
  });

  test('does one page after the other', async () => {
    const at = makeTonesPorts();
    at.world.pageSize = 2;
    openEntries(
      at,
      ['r1', 'r2', 'r3'].map((clientContext) => ({ clientContext, status: 'failed' as const })),
    );
    await close(at);
    expect(at.operations()).toEqual(['outcomes.read', 'outcomes.read', 'index.close', 'outcomes.read', 'index.close']);
  });

  test('reads two rows at a time, and knows whose row is whose whatever comes back first', async () => {
    const at = makeTonesPorts();
    const rows = Array.from({ length: 30 }, (_, place) => ({
      clientContext: `r${place}`,
      status: place % 3 === 0 ? ('failed' as const) : ('running' as const),
    }));
    openEntries(at, rows);
    let reading = 0;
    const most: number[] = [];
    at.next(
      'outcomes.read',
      ...rows.map((_, place) => async () => {
        most.push((reading += 1));
        for (let turn = 0; turn <= (place * 7) % 11; turn += 1) await Promise.resolve();
        reading -= 1;
      }),
    );
    await close(at);
    expect(Math.max(...most)).toBe(2);
    const [closed] = at.asked('index.close')[0] as [{ clientContext: string }[]];
    expect(closed.map(({ clientContext }) => clientContext)).toEqual([
      'r0',
      'r3',
      'r6',
      'r9',
      'r12',
      'r15',
      'r18',
      'r21',
      'r24',
      'r27',
    ]);
  });

  test('reads more rows at a time while storage answers as soon, and begins with two after a failure', async () => {
    const at = makeTonesPorts();
    openEntries(
      at,
      Array.from({ length: 700 }, (_, place) => ({ clientContext: `r${place}`, status: 'failed' as const })),
    );
    let reading = 0;
    const most: number[] = [];
    at.next(
      'outcomes.read',
      ...Array.from({ length: 700 }, (_, place) => async () => {
        most.push((reading += 1));
        const startedAt = at.world.time;
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
        // Each takes 8 ms, however many are under way.
        at.world.time = Math.max(at.world.time, startedAt + 8);
        reading -= 1;
        if (place === 500) throw new Error('storage is in trouble');
      }),
    );
    await expect(close(at)).rejects.toThrow('storage is in trouble');
    expect(Math.max(...most.slice(0, 500))).toBeGreaterThan(8);
    expect(Math.max(...most.slice(530))).toBeLessThan(8);
    const batches = at.asked('index.close').map(([entries]) => (entries as unknown[]).length);
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(699);
  });

  test('moves up to three batches at a time once storage has shown that it answers as soon', async () => {
    const at = makeTonesPorts();
    openEntries(
      at,
      Array.from({ length: 900 }, (_, place) => ({ clientContext: `r${place}`, status: 'failed' as const })),
    );
    const slowly = async () => {
      const startedAt = at.world.time;
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      at.world.time = Math.max(at.world.time, startedAt + 8);
    };
    at.next('outcomes.read', ...Array.from({ length: 900 }, () => slowly));
    let moving = 0;
    const most: number[] = [];
    at.next(
      'index.close',
      ...Array.from({ length: 9 }, () => async () => {
        most.push((moving += 1));
        await slowly();
        moving -= 1;
      }),
    );
    await close(at);
    expect([most.length, Math.max(...most)]).toEqual([9, 3]);
    expect(at.stored.index.open.size).toBe(0);
  });

  test('is not kept by one failure from ending the others, and tells the first at its end', async () => {
    const at = makeTonesPorts();
    openEntries(at, [
      { clientContext: 'a', expiresAt: T0 },
      { clientContext: 'b', expiresAt: T0 },
      { clientContext: 'c', expiresAt: T0 },
    ]);
    at.next('outcomes.read', { throws: new Error('the first') }, { throws: new Error('the second') });
    await expect(close(at)).rejects.toThrow('the first');
    expect(['a', 'b', 'c'].map((name) => at.row(name)?.status)).toEqual(['accepted', 'accepted', 'expired']);
    expect(namesOf([...at.stored.index.open.values()])).toEqual(['a', 'b']);
    await close(at);
    expect(['a', 'b', 'c'].map((name) => at.row(name)?.status)).toEqual(['expired', 'expired', 'expired']);
  });
});

describe('an entry that is opened again while the timer looks at it stays open', () => {
  test('where its row is unknown, and a report comes meanwhile', async () => {
    const at = makeTonesPorts();
    openEntries(at, [{ clientContext: 'late', status: 'unknown' }]);
    at.next('index.closeUnlessReopened', () =>
      at.ports.index.open({ kind: 'request', clientContext: 'late', since: T0, callback: true }),
    );
    await close(at);
    expect(namesOf([...at.stored.index.open.values()])).toEqual(['late']);
    expect(at.asked('index.close')).toEqual([]);
  });

  test.each([
    ['that was opened after the row ended', T0 - 29_999, ['late']],
    ['that was opened by a clock that is a little behind', T0 - 30_200, ['late']],
    ['that was opened as long before as two clocks disagree', T0 - 30_250, []],
    ['that was opened before the row ended', T0 - 31_000, []],
  ])('where a report is about to be written to an unknown row: an entry %s', async (_name, since, open) => {
    const at = makeTonesPorts();
    at.put({ clientContext: 'late', status: 'unknown', finishedAt: T0 - 30_000, callbackWanted: true });
    at.stored.index.add({ kind: 'request', clientContext: 'late', since, callback: true });
    await close(at);
    expect(namesOf([...at.stored.index.open.values()])).toEqual(open);
  });

  test('but not for good, where its reporter died', async () => {
    const at = makeTonesPorts();
    at.put({ clientContext: 'late', status: 'unknown', finishedAt: T0 - 700_000, callbackWanted: true });
    at.stored.index.add({ kind: 'request', clientContext: 'late', since: T0 - 600_000, callback: true });
    await close(at);
    expect(at.stored.index.open.size).toBe(0);
  });

  test('where it had no row, and its request is accepted meanwhile', async () => {
    const at = makeTonesPorts();
    at.stored.index.add({ kind: 'request', clientContext: 'again', since: T0 - 600_001 });
    at.next('index.forgetUnlessReopened', () =>
      at.ports.index.open({ kind: 'request', clientContext: 'again', since: T0 }),
    );
    await close(at);
    expect(namesOf([...at.stored.index.open.values()])).toEqual(['again']);
  });
});

test('a callback that was asked for after the entry was read is announced before the entry is closed', async () => {
  const at = makeTonesPorts();
  openEntries(at, [{ clientContext: 'asked', expiresAt: T0 }]);
  at.next('outcomes.read', async () => {
    await at.ports.callbacks.replace('asked', { url: 'https://x.test/', subscribedAt: T0, changedAt: T0 });
    at.change('asked', { callbackWanted: true });
  });
  await close(at);
  expect(at.announced).toEqual([{ message: { clientContext: 'asked', attempts: 0 }, delayMs: 0 }]);
  expect(at.stored.index.open.size).toBe(0);
});
