// What a write to a table came to: written, lost to another, or trouble, which is thrown.
// The table is a fake of one answer; storage itself is met in test/integration/storage.
import type { TableClient } from '@azure/data-tables';
import { makeRowTable } from '../../../shared/storage/row-table';
import type { Container } from '../../../shared/storage/storage-clients';

const ADDRESS = { partitionKey: 'p', rowKey: 'r' };

/** The rows of a table that answers everything in the same way. */
function rowsThat(answer: () => Promise<object>) {
  const client = { getEntity: answer, createEntity: answer, updateEntity: answer, deleteEntity: answer };
  const table = { use: (work: (client: TableClient) => unknown) => work(client as unknown as TableClient) };
  return makeRowTable(table as unknown as Container<TableClient>);
}

const failing = (statusCode: number, code: string) =>
  rowsThat(() => Promise.reject(Object.assign(new Error(code), { statusCode, details: { odataError: { code } } })));

test('a write gives the version that storage names; a removal leaves none', async () => {
  const rows = rowsThat(async () => ({ etag: 'v2' }));
  expect(await rows.insert(ADDRESS, {})).toEqual({ kind: 'written', etag: 'v2' });
  expect(await rows.merge(ADDRESS, {}, 'v1')).toEqual({ kind: 'written', etag: 'v2' });
  expect(await rows.remove(ADDRESS, 'v2')).toEqual({ kind: 'written', etag: '' });
});

test('a write that storage cannot take is trouble, and never passes for a lost race', async () => {
  const rows = failing(503, 'ServerBusy');
  await expect(rows.insert(ADDRESS, {})).rejects.toThrow('ServerBusy');
  await expect(rows.merge(ADDRESS, {}, 'v1')).rejects.toThrow('ServerBusy');
  await expect(rows.remove(ADDRESS, 'v1')).rejects.toThrow('ServerBusy');
  await expect(rows.read(ADDRESS)).rejects.toThrow('ServerBusy');
});

test('a row that is missing is none; a table that is missing is trouble', async () => {
  expect(await failing(404, 'ResourceNotFound').read(ADDRESS)).toBeUndefined();
  await expect(failing(404, 'TableNotFound').read(ADDRESS)).rejects.toThrow('TableNotFound');
});
