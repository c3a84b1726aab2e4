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

test('a failure to remove the open entry is a failure, and no reason to try it in another way', async () => {
  const { asked, index } = makeTable(2);
  await expect(index.close([ENTRY], NOW)).rejects.toThrow('storage is down');
  expect(asked).toEqual(['upsert closed 2026-01-02', 'delete open']);
});

test('what is forgotten is removed from its own day alone', async () => {
  const removed: (readonly [string, string])[] = [];
  const submitTransaction = async (actions: readonly TransactionAction[]) => {
    for (const [, { partitionKey, rowKey }] of actions) removed.push([partitionKey, rowKey]);
  };
  const client = { submitTransaction } as unknown as TableClient;
  const index = makeRequestIndex({ use: (operation) => operation(client, {}), create: () => Promise.resolve() });
  await index.forgetClosed([
    { kind: 'request', clientContext: 'a', since: NOW, closedOn: '2026-01-01' },
    { kind: 'call', callKey: 'k', since: NOW, closedOn: '2026-01-02' },
    { kind: 'request', clientContext: 'b', since: NOW, closedOn: '2026-01-01' },
  ]);
  expect(removed).toEqual([
    ['closed 2026-01-01', 'r a'],
    ['closed 2026-01-01', 'r b'],
    ['closed 2026-01-02', 'c k'],
  ]);
});

describe('the open entries', () => {
  async function listed(error: Error): Promise<unknown[]> {
    const listEntities = () => ({
      byPage: async function* () {
        yield [{ rowKey: 'r a', since: new Date(NOW), etag: 'v1' }];
        throw error;
      },
    });
    const client = { listEntities } as unknown as TableClient;
    const index = makeRequestIndex({ use: (operation) => operation(client, {}), create: () => Promise.resolve() });
    const found: unknown[] = [];
    for await (const page of index.openEntries()) found.push(...page);
    return found;
  }

  test('end where the table is missing', async () => {
    expect(await listed(Object.assign(new Error('gone'), { statusCode: 404, code: 'TableNotFound' }))).toHaveLength(1);
  });

  test('that cannot be read are no end', async () => {
    await expect(listed(Object.assign(new Error('busy'), { statusCode: 503 }))).rejects.toThrow('busy');
  });
});

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
