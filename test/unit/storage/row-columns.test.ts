// Which columns the rows write, and what they read out of columns that another hand wrote.
// The table is a fake that notes what it is given; storage itself is met in test/integration/storage.
import type { TableClient } from '@azure/data-tables';
import { makeCallbackRows } from '../../../shared/storage/callback-rows';
import { makeCallRows } from '../../../shared/storage/call-rows';
import { makeOutcomeRows, OUTCOME_COLUMNS } from '../../../shared/storage/outcome-rows';
import type { Container } from '../../../shared/storage/storage-clients';

const T0 = Date.parse('2026-01-01T00:00:00.123Z');

/** A table that holds one row, whatever is asked for, and notes what is written. */
function tableWith(stored: object = {}) {
  const written: unknown[] = [];
  const note = async (entity: object) => {
    written.push(entity);
    return { etag: 'v2' };
  };
  const client = {
    getEntity: async () => ({ etag: 'v1', ...stored }),
    createEntity: note,
    updateEntity: note,
    upsertEntity: note,
  } as unknown as TableClient;
  const table: Container<TableClient> = { use: (operation) => operation(client, {}), create: () => Promise.resolve() };
  return { table, written };
}

test('the columns of an outcome, by the type that another tool sees', () => {
  const namesOf = (kind: string) =>
    Object.entries(OUTCOME_COLUMNS)
      .filter(([, each]) => each === kind)
      .map(([name]) => name);
  expect(namesOf('boolean')).toEqual(['callbackWanted']);
  expect(namesOf('integer')).toEqual([
    'resultCode',
    'resultSubcode',
    'toneCount',
    'playedToneCount',
    'partCount',
    'part',
    'pauseMs',
    'delayBetweenTonesMs',
  ]);
  expect(namesOf('time')).toEqual([
    'acceptedAt',
    'expiresAt',
    'sentAt',
    'finishedAt',
    'cancelRequestedAt',
    'reportedAt',
    'claimedAt',
    'watchUntil',
    'settledAt',
    'notBefore',
    'latestStart',
  ]);
  expect(namesOf('string')).toEqual([
    'clientContext',
    'callId',
    'status',
    'operationId',
    'completionReason',
    'resultMessage',
    'errorCode',
    'errorMessage',
    'tenantId',
    'fingerprint',
    'traceparent',
    'statusToken',
    'after',
    'turnAfter',
    'cancelId',
    'claimId',
    'partSizes',
    'waitCode',
    'waitDetail',
    'copyId',
  ]);
});

test('a fact that is absent is no column', async () => {
  const { table, written } = tableWith();
  await makeCallRows(table).insert('k', {});
  await makeCallRows(table).merge('k', { endedAt: T0 }, 'v1');
  await makeCallbackRows(table).merge('me', { attempts: 1 }, 'v1');
  await makeOutcomeRows(table).merge('me', { part: 2, sentAt: undefined, errorCode: undefined } as object, 'v1');
  expect(written).toStrictEqual([
    { partitionKey: 'call k', rowKey: 'call' },
    { partitionKey: 'call k', rowKey: 'call', endedAt: new Date(T0) },
    { partitionKey: 'callback me', rowKey: 'callback', attempts: 1 },
    { partitionKey: 'me', rowKey: 'outcome', part: 2 },
  ]);
});

test('a callback is written whole under its own address', async () => {
  const { table, written } = tableWith();
  await makeCallbackRows(table).replace('a/b', { url: 'https://x.example/', subscribedAt: T0, changedAt: T0 + 1 });
  expect(written).toStrictEqual([
    {
      partitionKey: 'callback a／b',
      rowKey: 'callback',
      url: 'https://x.example/',
      subscribedAt: new Date(T0),
      changedAt: new Date(T0 + 1),
    },
  ]);
});

test('columns that are missing are absent facts', async () => {
  const { table } = tableWith();
  expect(await makeCallRows(table).read('k')).toStrictEqual({ etag: 'v1' });
  expect(await makeCallbackRows(table).read('me')).toStrictEqual({
    url: '',
    subscribedAt: 0,
    changedAt: 0,
    etag: 'v1',
  });
  expect(await makeOutcomeRows(table).read('me')).toStrictEqual({ clientContext: 'me', etag: 'v1' });
});

test('columns of another type are absent facts', async () => {
  const call = { tail: 1, state: true, audio: 2, endedAt: 'x', toldAt: 3, notifiedAt: '2026-01-01' };
  expect(await makeCallRows(tableWith(call).table).read('k')).toStrictEqual({ etag: 'v1' });
  const callback = {
    url: 1,
    subscribedAt: 'x',
    told: 1,
    trying: 2,
    attempts: '3',
    ended: 'somehow',
    httpStatus: '200',
    changedAt: 4,
  };
  expect(await makeCallbackRows(tableWith(callback).table).read('me')).toStrictEqual({
    url: '',
    subscribedAt: 0,
    changedAt: 0,
    etag: 'v1',
  });
  const outcome = { toneCount: 3n, resultCode: new Uint8Array(1), part: 2, callbackWanted: true, other: 'x' };
  expect(await makeOutcomeRows(tableWith(outcome).table).read('me')).toStrictEqual({
    part: 2,
    callbackWanted: true,
    clientContext: 'me',
    etag: 'v1',
  });
});

test.each(['delivered', 'refused', 'given-up'])('a callback may have ended as %s', async (ended) => {
  expect(await makeCallbackRows(tableWith({ ended }).table).read('me')).toMatchObject({ ended });
});

test('an outcome that another tool named otherwise keeps the name that was asked for', async () => {
  const row = await makeOutcomeRows(tableWith({ clientContext: 'other', callId: 'c1' }).table).read('me');
  expect(row).toStrictEqual({ clientContext: 'me', callId: 'c1', etag: 'v1' });
});
