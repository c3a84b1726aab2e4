// The timer's second work: rows that ended longer ago than they are kept are deleted, and found again while they are not.
import type { CallFacts } from '../../../../shared/tones/facts/call-facts';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeRetention } from '../../../../shared/tones/upkeep/delete-old';
import { makePace } from '../../../../shared/tones/upkeep/pace';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const DAY_MS = 86_400_000;
/** The retention of the tests is 30 days. */
const CUTOFF = T0 - 30 * DAY_MS;
/** The cutoff is midnight: entries of the days before it are old. */
const CLOSED_AT = CUTOFF - 1;

const deleteOld = (at: TonesPorts) => makeRetention(at.ports)();
const entriesOf = (at: TonesPorts) => [...at.stored.index.closed.keys()];

function closedRow(facts: Partial<OutcomeFacts> = {}, call?: CallFacts): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', status: 'succeeded', finishedAt: CLOSED_AT, ...facts });
  at.stored.index.close([{ kind: 'request', clientContext: 'me', since: CLOSED_AT }], CLOSED_AT);
  if (call) at.putCall(call);
  return at;
}

function closedCall(call: CallFacts | undefined): TonesPorts {
  const at = makeTonesPorts();
  if (call) at.putCall(call);
  at.stored.index.close([{ kind: 'call', callKey: 'call1', since: CLOSED_AT }], CLOSED_AT);
  return at;
}

test('asks for the entries of whole days before the cutoff, five hundred a run', async () => {
  const at = makeTonesPorts();
  await deleteOld(at);
  expect(at.journal).toStrictEqual([['index.closedBefore', CUTOFF, 500]]);
  expect(at.logged).toEqual([]);
});

test('the pace is set by how long each deletion took', async () => {
  const at = closedRow();
  at.next('outcomes.read', () => (at.world.time += 5));
  const noted: unknown[] = [];
  const pace = () => ({ ...makePace(), took: (...work: unknown[]) => void noted.push(work) });
  await makeRetention(at.ports, pace)();
  expect(noted).toEqual([['deleted', 5]]);
});

describe('an old outcome', () => {
  test('is deleted under the version that was read, and its entry after it', async () => {
    const at = closedRow();
    await deleteOld(at);
    expect(at.operations()).toEqual([
      'index.closedBefore',
      'outcomes.read',
      'calls.read',
      'outcomes.remove',
      'index.forgetClosed',
    ]);
    expect(at.asked('outcomes.remove')).toEqual([['me', 'v1']]);
    expect(at.asked('calls.read')).toEqual([['call1']]);
    expect(at.row('me')).toBeUndefined();
    expect(entriesOf(at)).toEqual([]);
    expect(at.logged).toStrictEqual([['info', 'rows-deleted', { count: 1 }]]);
  });

  test('takes the row of its call with it where it was the last request of that call', async () => {
    const at = closedRow({}, { tail: 'me' });
    await deleteOld(at);
    expect(at.asked('calls.remove')).toEqual([['call1', 'v1']]);
    expect(at.call()).toBeUndefined();
  });

  test('leaves the row of its call to a newer request', async () => {
    const at = closedRow({}, { tail: 'newer' });
    await deleteOld(at);
    expect(at.call()?.tail).toBe('newer');
    expect(at.row('me')).toBeUndefined();
  });

  test('leaves the row of its call to a request that is accepted meanwhile', async () => {
    const at = closedRow({}, { tail: 'me' });
    at.next('calls.remove', () => at.changeCall({ tail: 'newer' }));
    await deleteOld(at);
    expect(at.call()?.tail).toBe('newer');
  });

  test.each([
    ['exactly at the cutoff', { finishedAt: CUTOFF }],
    ['at no known time', { finishedAt: undefined }],
  ])('that ended %s is deleted', async (_what, facts) => {
    const at = closedRow(facts as Partial<OutcomeFacts>);
    await deleteOld(at);
    expect(at.row('me')).toBeUndefined();
  });

  test('that was reported again after it was closed stays until it is old itself, and is then found', async () => {
    const at = closedRow({ finishedAt: CUTOFF + 1 });
    await deleteOld(at);
    expect(at.operations()).toEqual(['index.closedBefore', 'outcomes.read']);
    expect(at.row('me')).toBeDefined();
    expect(at.logged).toEqual([]);
    at.world.time = T0 + 1;
    await deleteOld(at);
    expect(at.row('me')).toBeUndefined();
    expect(entriesOf(at)).toEqual([]);
  });

  test('that is changed while it is deleted stays, and is found again', async () => {
    const at = closedRow({ status: 'unknown' });
    at.next('outcomes.remove', () => at.change('me', { status: 'succeeded', finishedAt: T0 }));
    await deleteOld(at);
    expect(at.row('me')?.status).toBe('succeeded');
    expect(entriesOf(at)).toEqual(['r me']);
    expect(at.logged).toEqual([]);
  });

  test('that is gone already is forgotten', async () => {
    const at = closedRow();
    at.stored.outcomes.rows.delete('me');
    await deleteOld(at);
    expect(at.operations()).toEqual(['index.closedBefore', 'outcomes.read', 'index.forgetClosed']);
    expect(entriesOf(at)).toEqual([]);
  });

  test.each(['accepted', 'sending', 'running'] as const)(
    'that has given its name to a request that is %s leaves it alone',
    async (status) => {
      const at = closedRow({ status });
      await deleteOld(at);
      expect(at.row('me')?.status).toBe(status);
      expect(at.asked('outcomes.remove')).toEqual([]);
      expect(entriesOf(at)).toEqual([]);
    },
  );
});

describe('the old row of a call that had no requests', () => {
  test.each([
    ['at the cutoff', { toldAt: CUTOFF }],
    ['at no known time', { state: 'established' }],
  ])('last told of %s is deleted under the version that was read', async (_what, call) => {
    const at = closedCall(call);
    await deleteOld(at);
    expect(at.operations()).toEqual(['index.closedBefore', 'calls.read', 'calls.remove', 'index.forgetClosed']);
    expect(at.asked('calls.remove')).toEqual([['call1', 'v1']]);
    expect(at.call()).toBeUndefined();
    expect(entriesOf(at)).toEqual([]);
    expect(at.logged).toStrictEqual([['info', 'rows-deleted', { count: 1 }]]);
  });

  test('that was told of since stays until it is old itself, and is then found', async () => {
    const at = closedCall({ toldAt: CUTOFF + 1 });
    await deleteOld(at);
    expect(at.call()).toBeDefined();
    expect(entriesOf(at)).toEqual(['c call1']);
    expect(at.asked('calls.remove')).toEqual([]);
    at.world.time = T0 + 1;
    await deleteOld(at);
    expect(at.call()).toBeUndefined();
    expect(entriesOf(at)).toEqual([]);
  });

  test('that is told of meanwhile stays, and is found again', async () => {
    const at = closedCall({ toldAt: CLOSED_AT });
    at.next('calls.remove', () => at.changeCall({ toldAt: T0 }));
    await deleteOld(at);
    expect(at.call()?.toldAt).toBe(T0);
    expect(entriesOf(at)).toEqual(['c call1']);
  });

  test('but has some now goes with the last of them', async () => {
    const at = closedCall({ toldAt: CLOSED_AT, tail: 'me' });
    await deleteOld(at);
    expect(at.call()?.tail).toBe('me');
    expect(entriesOf(at)).toEqual([]);
  });

  test('that is gone already is forgotten', async () => {
    const at = closedCall(undefined);
    await deleteOld(at);
    expect(at.operations()).toEqual(['index.closedBefore', 'calls.read', 'index.forgetClosed']);
  });
});

describe('many old rows', () => {
  /** So many, all old. */
  function closedRows(count: number): TonesPorts {
    const at = makeTonesPorts();
    const names = Array.from({ length: count }, (_, place) => `r${place}`);
    for (const clientContext of names) at.put({ clientContext, status: 'failed', finishedAt: CLOSED_AT });
    at.stored.index.close(
      names.map((clientContext) => ({ kind: 'request', clientContext, since: CLOSED_AT })),
      CLOSED_AT,
    );
    return at;
  }
  const forgottenAtATime = (at: TonesPorts) =>
    at.asked('index.forgetClosed').map(([entries]) => (entries as unknown[]).length);

  test('are looked up five hundred at a time and forgotten ten at a time, until none is left', async () => {
    const at = closedRows(1001);
    await deleteOld(at);
    expect(at.asked('index.closedBefore')).toHaveLength(3);
    expect(forgottenAtATime(at)).toEqual([...Array.from({ length: 100 }, () => 10), 1]);
    expect(at.logged).toStrictEqual([['info', 'rows-deleted', { count: 1001 }]]);
    expect(at.stored.outcomes.rows.size).toBe(0);
    expect(entriesOf(at)).toEqual([]);
  });

  test('are left to the next run after ten seconds', async () => {
    const at = closedRows(1000);
    at.next('index.forgetClosed', () => (at.world.time += 9999));
    at.next('index.closedBefore', 'executed', () => (at.world.time += 1));
    await deleteOld(at);
    expect(at.logged).toStrictEqual([['info', 'rows-deleted', { count: 1000 }]]);
    const slower = closedRows(1000);
    slower.next('index.forgetClosed', () => (slower.world.time += 10_000));
    await deleteOld(slower);
    expect(slower.logged).toStrictEqual([['info', 'rows-deleted', { count: 500 }]]);
    await deleteOld(slower);
    expect(entriesOf(slower)).toEqual([]);
  });

  test('that may not go yet are not looked at for ever', async () => {
    const at = closedRows(500);
    for (const name of at.stored.outcomes.rows.keys()) at.change(name, { finishedAt: CUTOFF + 1 });
    await deleteOld(at);
    expect(at.asked('index.closedBefore')).toHaveLength(1);
    expect(entriesOf(at)).toHaveLength(500);
  });

  test('are deleted more at a time while storage answers as soon, and in larger batches', async () => {
    const at = closedRows(500);
    at.next('outcomes.remove', ...Array.from({ length: 500 }, () => () => void (at.world.time += 1)));
    await deleteOld(at);
    expect(Math.max(...forgottenAtATime(at))).toBeGreaterThan(10);
    expect(entriesOf(at)).toEqual([]);
  });

  test('are left alone after a failure, which is thrown', async () => {
    const at = closedRows(40);
    at.next('outcomes.read', 'executed', 'fails');
    await expect(deleteOld(at)).rejects.toThrow('outcomes.read');
    expect(at.asked('outcomes.read').length).toBeLessThan(6);
    expect(at.asked('index.forgetClosed')).toEqual([]);
    await deleteOld(at);
    expect(entriesOf(at)).toEqual([]);
  });
});
