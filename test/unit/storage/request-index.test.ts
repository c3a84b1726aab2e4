// In which order the index closes an entry: whatever fails or dies in between, the entry stands in one of its two partitions.
// What Azure Storage makes of each request is in test/integration/storage.
import type { TableClient, TransactionAction } from '@azure/data-tables';
import { makeRequestIndex } from '../../../shared/storage/request-index';
import type { Container } from '../../../shared/storage/storage-clients';
import type { OpenEntry } from '../../../shared/tones/ports/request-index';

const NOW = Date.parse('2026-01-02T23:59:59.999Z');
const ENTRY: OpenEntry = { kind: 'request', clientContext: 'order-42', since: NOW - 1000, etag: 'v1' };

/** A table that notes what it is asked to write, and where; the request of the given number fails. */
function makeTable(failing?: number) {
  const asked: string[] = [];
  const take = (kind: string, partitionKey: string) => {
    asked.push(`${kind} ${partitionKey}`);
    return asked.length === failing ? Promise.reject(new Error('storage is down')) : Promise.resolve();
  };
  const client = {
    submitTransaction: ([first]: [TransactionAction]) => take(first[0], first[1].partitionKey),
    upsertEntity: ({ partitionKey }: { partitionKey: string }) => take('upsert', partitionKey),
    deleteEntity: (partitionKey: string) => take('delete', partitionKey),
  } as unknown as TableClient;
  const table: Container<TableClient> = { use: (operation) => operation(client, {}), create: () => Promise.resolve() };
  return { asked, index: makeRequestIndex(table) };
}

type Index = ReturnType<typeof makeRequestIndex>;

describe.each([
  ['an entry', (index: Index) => index.close([ENTRY], NOW)],
  ['an entry that may be opened again', (index: Index) => index.closeUnlessReopened(ENTRY, NOW)],
])('closing %s', (_what, close) => {
  test('writes the closed entry before it deletes the open one', async () => {
    const { asked, index } = makeTable();
    await close(index);
    expect(asked).toEqual(['upsert closed 2026-01-02', 'delete open']);
  });

  test('leaves the open entry where the closed one cannot be written', async () => {
    const { asked, index } = makeTable(1);
    await expect(close(index)).rejects.toThrow('storage is down');
    expect(asked).toEqual(['upsert closed 2026-01-02']);
  });
});
