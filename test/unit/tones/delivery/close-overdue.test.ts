// The timer's first work: ending what has run out of time, at the cost of the open requests; and a reader's own ending.
import { makeOutcomeReader, makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const read = (at: TonesPorts) => makeOutcomeReader(at.ports)('me');
const close = (at: TonesPorts) => makeOverdueCloser(at.ports)();

function withRow(facts: Partial<OutcomeFacts>): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', ...facts });
  return at;
}

function openEntries(at: TonesPorts, rows: readonly (Partial<OutcomeFacts> & { clientContext: string })[]): void {
  for (const row of rows) {
    at.put(row);
    at.stored.index.add({ kind: 'request', clientContext: row.clientContext, since: T0 });
  }
}

describe('a reader', () => {
  test('is told that there is no row', async () => {
    expect(await read(makeTonesPorts())).toBeUndefined();
  });

  test('gets a row as it stands while it has time', async () => {
    const at = withRow({ expiresAt: T0 + 1 });
    expect(await read(at)).toBe(at.row('me'));
    expect(at.operations()).toEqual(['outcomes.read']);
  });

  test('ends a row whose time has passed, under the version it read', async () => {
    const at = withRow({ status: 'running', watchUntil: T0 });
    const facts = {
      status: 'unknown',
      finishedAt: T0,
      errorCode: 'notification-missing',
      errorMessage:
        'Graph accepted the tones but did not tell how they ended: check that the callback URL of the call reaches callNotifications.',
    };
    expect(await read(at)).toStrictEqual({
      clientContext: 'me',
      callId: 'call-1',
      watchUntil: T0,
      ...facts,
      etag: 'v2',
    });
    expect(at.journal).toStrictEqual([
      ['outcomes.read', 'me'],
      ['outcomes.merge', 'me', facts, 'v1'],
    ]);
    expect(at.row('me')).toMatchObject(facts);
    expect(at.logged).toStrictEqual([
      [
        'warn',
        'overdue-closed',
        { clientContext: 'me', callId: 'call-1', status: 'unknown', code: 'notification-missing' },
      ],
    ]);
  });

  test('gets the row of another writer who was first', async () => {
    const at = withRow({ status: 'running', watchUntil: T0 });
    at.next('outcomes.merge', () => at.change('me', { status: 'succeeded' }));
    expect(await read(at)).toMatchObject({ status: 'succeeded', etag: 'v2' });
    expect(at.logged).toEqual([]);
  });

  test('whose write the SDK repeated gets its own ending', async () => {
    const at = withRow({ expiresAt: T0 });
    at.next('outcomes.merge', 'repeated');
    expect(await read(at)).toMatchObject({ status: 'expired', etag: 'v2' });
  });
});

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
    expect(at.asked('index.close')).toStrictEqual([
      [
        [
          { clientContext: 'expires', since: T0 },
          { clientContext: 'lost', since: T0 },
          { clientContext: 'done', since: T0 },
        ],
        T0,
      ],
    ]);
    expect([...at.stored.index.open.values()].map(({ clientContext }) => clientContext)).toEqual([
      'waits',
      'sends',
      'runs',
    ]);
    expect(at.asked('index.forget')).toEqual([]);
  });

  test('asks nothing of storage where nothing is open', async () => {
    const at = makeTonesPorts();
    await close(at);
    expect(at.operations()).toEqual([]);
  });

  test("moves the entry of a call's row without reading anything", async () => {
    const at = makeTonesPorts();
    const entry = { kind: 'call', callKey: 'call1', since: T0 };
    at.stored.index.add(entry);
    await close(at);
    expect(at.journal).toStrictEqual([['index.close', [entry], T0]]);
  });

  test('forgets an entry that never became a row, after ten minutes', async () => {
    const at = makeTonesPorts();
    const orphan = { clientContext: 'orphan', since: T0 - 600_001 };
    at.stored.index.add(orphan);
    at.stored.index.add({ kind: 'request', clientContext: 'recent', since: T0 - 600_000 });
    await close(at);
    expect(at.asked('index.forget')).toStrictEqual([[[orphan]]]);
    expect([...at.stored.index.open.values()].map(({ clientContext }) => clientContext)).toEqual(['recent']);
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
    expect([...at.stored.index.open.values()].map(({ clientContext }) => clientContext)).toEqual(['a', 'b']);
    await close(at);
    expect(['a', 'b', 'c'].map((name) => at.row(name)?.status)).toEqual(['expired', 'expired', 'expired']);
  });
});
