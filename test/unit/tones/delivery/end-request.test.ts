// The one writer of final statuses: races, answers that are lost, and what follows an end.
import { makeRequestEnder, type Ending } from '../../../../shared/tones/delivery/end-request';
import type { End, EndStatus, OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { Stored } from '../../../../shared/tones/ports/rows';
import { expired, failed, insteadOfUnknown, reported, unknown } from '../../../../shared/tones/facts/transitions';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const NAMES = { clientContext: 'me', callId: 'call-1' };
const SUCCESS = { ...NAMES, operationId: 'op-1', completionReason: 'completedSuccessfully' };
const FAILED = failed({ code: 'call-ended' }, T0);

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', ...facts });
  return at;
}

const endMe = (at: TonesPorts, ending: Partial<Ending> = {}) =>
  at.ports.endRequest({ clientContext: 'me', by: 'timer', decide: () => FAILED, ...ending });

function rowOf(at: TonesPorts): Stored<OutcomeFacts> {
  const row = at.row('me');
  if (row === undefined) throw new Error('the row of the test is not there');
  return row;
}

describe('a request is ended', () => {
  test('in a read and a conditional write, and is given back as it then stands', async () => {
    const at = withRow({ after: 'before' });
    expect(await endMe(at)).toStrictEqual({
      kind: 'ended',
      row: { ...NAMES, after: 'before', ...FAILED, etag: 'v2' },
    });
    expect(at.journal).toStrictEqual([
      ['outcomes.read', 'me'],
      ['outcomes.merge', 'me', FAILED, 'v1'],
    ]);
  });

  test('without a read where the row is known', async () => {
    const at = withRow();
    expect(await endMe(at, { row: rowOf(at) })).toMatchObject({ kind: 'ended', row: { status: 'failed' } });
    expect(at.operations()).toEqual(['outcomes.merge']);
  });

  test('as every version of its row says that is met: what ends it is asked again each time', async () => {
    const at = withRow();
    at.next(
      'outcomes.merge',
      () => at.change('me', { status: 'sending', claimId: 'rival' }),
      () => at.change('me', { status: 'running' }),
    );
    const asked: string[] = [];
    const ended = await endMe(at, {
      row: rowOf(at),
      decide: ({ status, etag }) => {
        asked.push(`${status} ${etag}`);
        return status === 'running' ? unknown({ code: 'call-ended-meanwhile' }, T0) : FAILED;
      },
    });
    expect(asked).toEqual(['accepted v1', 'sending v2', 'running v3']);
    expect(ended).toMatchObject({ kind: 'ended', row: { status: 'unknown', claimId: 'rival', etag: 'v4' } });
  });

  test('by whoever decides only after it looked elsewhere', async () => {
    const at = withRow();
    expect(await endMe(at, { decide: async () => Promise.resolve(FAILED) })).toMatchObject({ kind: 'ended' });
  });
});

describe('a request is left', () => {
  test('where nothing ends it, at the version that was met', async () => {
    const at = withRow({ status: 'running' });
    expect(await endMe(at, { decide: () => undefined })).toStrictEqual({ kind: 'left', row: at.row('me') });
    expect(at.operations()).toEqual(['outcomes.read']);
    expect(at.logged).toEqual([]);
  });

  test('where a rival was first, and its row is given back', async () => {
    const at = withRow();
    at.next('outcomes.merge', () => at.change('me', { status: 'sending' }));
    const left = await endMe(at, { decide: ({ status }) => (status === 'accepted' ? FAILED : undefined) });
    expect(left).toMatchObject({ kind: 'left', row: { status: 'sending', etag: 'v2' } });
    expect(at.logged).toEqual([]);
  });

  test.each([
    ['there is no row', (at: TonesPorts) => at.stored.outcomes.rows.delete('me')],
    [
      'the row vanished meanwhile',
      (at: TonesPorts) => at.next('outcomes.merge', () => at.stored.outcomes.rows.delete('me')),
    ],
  ])('where %s', async (_what, make) => {
    const at = withRow();
    make(at);
    expect(await endMe(at)).toStrictEqual({ kind: 'left', row: undefined });
  });
});

describe('an end of our own whose answer was lost', () => {
  test('is recognised, announced and logged once', async () => {
    const at = withRow({ callbackWanted: true });
    at.next('outcomes.merge', 'repeated');
    expect(await endMe(at)).toMatchObject({ kind: 'ended', row: { status: 'failed', etag: 'v2' } });
    expect(at.asked('outcomes.merge')).toHaveLength(1);
    expect(at.announced).toHaveLength(1);
    expect(at.logged).toHaveLength(1);
  });

  test('is recognised in a later attempt that knows what was tried', async () => {
    const at = withRow();
    at.next('outcomes.merge', 'answer lost');
    await expect(endMe(at)).rejects.toThrow('outcomes.merge');
    const again = await endMe(at, { tried: FAILED, decide: () => undefined });
    expect(again).toMatchObject({ kind: 'ended', row: { status: 'failed', etag: 'v2' } });
    expect(at.logged.map(([, event]) => event)).toEqual(['request-ended']);
  });

  test.each([
    ['that is empty', { errorCode: '' as const }],
    ['that is not there', { operationId: undefined }],
  ])('is recognised where it says something %s, and the row does not have it', async (_what, more) => {
    const at = withRow({ status: 'succeeded', finishedAt: T0 });
    const tried = { status: 'succeeded', finishedAt: T0, ...more } as End;
    expect(await endMe(at, { tried, decide: () => undefined })).toMatchObject({ kind: 'ended' });
  });

  test('is recognised where it took an error back', async () => {
    const at = withRow({ status: 'unknown', errorCode: 'worker-lost', errorMessage: 'm' });
    at.next('outcomes.merge', 'repeated');
    const end = insteadOfUnknown(reported(SUCCESS, T0, T0 - 9));
    expect(await endMe(at, { decide: ({ status }) => (status === 'unknown' ? end : undefined) })).toMatchObject({
      kind: 'ended',
      row: { status: 'succeeded', errorCode: '' },
    });
  });

  test.each([
    ['status', { status: 'canceled' }],
    ['time', { finishedAt: T0 - 1 }],
    ['error', { errorCode: 'delivery-failed' }],
    ['text', { errorMessage: 'another' }],
  ] as const)("is not a rival's of another %s", async (_what, other) => {
    const at = withRow({ ...FAILED, ...other });
    const { kind } = await endMe(at, { tried: FAILED, decide: () => undefined });
    expect(kind).toBe('left');
    expect(at.logged).toEqual([]);
  });
});

test.each([
  [19, 'ended'],
  [20, 'thrown'],
])('after %i races lost it is %s', async (races, ending) => {
  const at = withRow();
  at.next('outcomes.merge', ...Array<() => unknown>(races).fill(() => at.change('me', { notBefore: T0 })));
  expect(
    await endMe(at).then(
      ({ kind }) => kind,
      () => 'thrown',
    ),
  ).toBe(ending);
  expect(at.asked('outcomes.merge')).toHaveLength(20);
});

test.each(['outcomes.read', 'outcomes.merge', 'index.open'] as const)(
  'storage that fails at %s is thrown, and the row is left as it is',
  async (operation) => {
    const at = withRow({ status: 'unknown', callbackWanted: true });
    at.next(operation, 'fails');
    await expect(endMe(at)).rejects.toThrow(operation);
    expect(at.row('me')).toMatchObject({ status: 'unknown', etag: 'v1' });
    expect(at.announced).toEqual([]);
  },
);

describe('before an unknown row is given another end, its entry is opened again', () => {
  test('where a callback is wanted: the timer then makes good an announcement that is missed', async () => {
    const at = withRow({ status: 'unknown', callbackWanted: true });
    at.next('callbackQueue.enqueue', 'fails');
    await endMe(at);
    expect(at.operations()).toEqual(['outcomes.read', 'index.open', 'outcomes.merge', 'callbackQueue.enqueue']);
    expect(at.asked('index.open')).toStrictEqual([
      [{ kind: 'request', clientContext: 'me', since: T0, callback: true }],
    ]);
  });

  test.each([
    ['no callback is wanted', { status: 'unknown' }],
    ['it was not unknown', { status: 'running', callbackWanted: true }],
  ] as const)('and not where %s', async (_what, facts) => {
    const at = withRow(facts);
    await endMe(at);
    expect(at.asked('index.open')).toEqual([]);
  });
});

describe('what follows an end', () => {
  test('is its announcement, which throws nothing: the end is stored', async () => {
    const at = withRow({ callbackWanted: true });
    at.next('callbackQueue.enqueue', 'fails');
    expect(await endMe(at)).toMatchObject({ kind: 'ended' });
    expect(at.row('me')?.status).toBe('failed');
    expect(at.logged.map(([level, event]) => [level, event])).toEqual([
      ['info', 'request-ended'],
      ['error', 'storage-failed'],
    ]);
  });

  test('knows a callback that was asked for while the row was raced for', async () => {
    const at = withRow();
    at.next('outcomes.merge', () => at.change('me', { callbackWanted: true }));
    await endMe(at);
    expect(at.announced).toStrictEqual([{ message: { clientContext: 'me', attempts: 0 }, delayMs: 0 }]);
  });

  test('is left to whoever asks for that', async () => {
    const at = withRow({ callbackWanted: true });
    expect(await endMe(at, { followsLater: true })).toMatchObject({ kind: 'ended' });
    expect(at.announced).toEqual([]);
    expect(at.logged.map(([, event]) => event)).toEqual(['request-ended']);
  });
});

describe('the event of an end', () => {
  test.each([
    ['a failure', FAILED, 'info', { status: 'failed', code: 'call-ended' }],
    ['an expiry', expired({}, T0), 'warn', { status: 'expired', code: 'expired' }],
    ['an ambiguity', unknown({ code: 'worker-lost' }, T0), 'warn', { status: 'unknown', code: 'worker-lost' }],
    [
      'a request that the queue gave up',
      failed({ code: 'delivery-failed' }, T0),
      'error',
      { status: 'failed', code: 'delivery-failed' },
    ],
    ['a success', reported(SUCCESS, T0), 'info', { status: 'succeeded', operationId: 'op-1' }],
    [
      'a success after an ambiguity, whose error it takes back',
      insteadOfUnknown(reported(SUCCESS, T0)),
      'info',
      { status: 'succeeded', operationId: 'op-1' },
    ],
  ] as const)('of %s', async (_what, end, level, fields) => {
    const at = withRow();
    await endMe(at, { decide: () => end, by: 'reader', fields: { waits: 3 } });
    expect(at.logged).toStrictEqual([[level, 'request-ended', { ...NAMES, ...fields, by: 'reader', waits: 3 }]]);
  });
});

describe('a row that has ended already', () => {
  const insert = (at: TonesPorts) => at.ports.endRequest.insert({ ...NAMES, callbackWanted: true }, FAILED, 'accept');

  test('is inserted with its end, announced and logged', async () => {
    const at = makeTonesPorts();
    expect(await insert(at)).toStrictEqual({ ...NAMES, callbackWanted: true, ...FAILED });
    expect(at.row('me')).toStrictEqual({ ...NAMES, callbackWanted: true, ...FAILED, etag: 'v1' });
    expect(at.announced).toHaveLength(1);
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'failed', code: 'call-ended', by: 'accept' }],
    ]);
  });

  test('is not inserted over another: nothing follows', async () => {
    const at = withRow({ status: 'running' });
    expect(await insert(at)).toBeUndefined();
    expect(at.row('me')?.status).toBe('running');
    expect([at.announced, at.logged]).toEqual([[], []]);
  });
});

test('makeRequestEnder is given the ends alone to write with: no other port of it writes outcomes', async () => {
  const at = withRow();
  const written: EndStatus[] = [];
  const endRequest = makeRequestEnder({
    ...at.ports,
    ends: {
      insert: () => Promise.resolve({ kind: 'stale' }),
      end: (_clientContext, { status }) => (written.push(status), Promise.resolve({ kind: 'written', etag: 'v9' })),
    },
  });
  expect(await endRequest({ clientContext: 'me', by: 'timer', decide: () => FAILED })).toMatchObject({
    row: { etag: 'v9' },
  });
  expect(written).toEqual(['failed']);
  expect(at.operations()).toEqual(['outcomes.read']);
});
