// The rows of callbacks in the index table, which readers of the outcomes need no access to: the URL is a secret.
// Knows columns and addresses, and nothing of the POST.
import type { TableClient } from '@azure/data-tables';
import type { CallbackFacts, CallbackRows } from '../tones/ports/callbacks';
import { makeRowTable, type ColumnValue, type Columns, type StoredColumns } from './row-table';
import type { Container } from './storage-clients';
import { unlessMissing } from './storage-errors';
import { toPartitionKey } from './table-keys';

export function makeCallbackRows(indexTable: Container<TableClient>): CallbackRows {
  const rows = makeRowTable(indexTable);
  const addressOf = (clientContext: string) => ({
    partitionKey: `callback ${toPartitionKey(clientContext)}`,
    rowKey: 'callback',
  });
  return {
    async read(clientContext) {
      const columns = await rows.read(addressOf(clientContext));
      return columns && { ...fromColumns(columns), etag: columns.etag };
    },
    async replace(clientContext, facts) {
      await indexTable.use((client) =>
        client.upsertEntity({ ...addressOf(clientContext), ...toColumns(facts) }, 'Replace'),
      );
    },
    merge: (clientContext, facts, etag) => rows.merge(addressOf(clientContext), toColumns(facts), etag),
    async remove(clientContext) {
      const { partitionKey, rowKey } = addressOf(clientContext);
      await indexTable.use((client) => client.deleteEntity(partitionKey, rowKey)).catch(unlessMissing);
    },
  };
}

function toColumns({ subscribedAt, changedAt, ...facts }: Partial<CallbackFacts>): Columns {
  const columns: Record<string, ColumnValue> = { ...facts };
  if (subscribedAt !== undefined) columns.subscribedAt = new Date(subscribedAt);
  if (changedAt !== undefined) columns.changedAt = new Date(changedAt);
  return columns;
}

function fromColumns({
  url,
  subscribedAt,
  told,
  trying,
  attempts,
  ended,
  httpStatus,
  changedAt,
}: StoredColumns): CallbackFacts {
  return {
    url: typeof url === 'string' ? url : '',
    subscribedAt: subscribedAt instanceof Date ? subscribedAt.getTime() : 0,
    ...(typeof told === 'string' && { told }),
    ...(typeof trying === 'string' && { trying }),
    ...(typeof attempts === 'number' && { attempts }),
    ...((ended === 'delivered' || ended === 'refused' || ended === 'given-up') && { ended }),
    ...(typeof httpStatus === 'number' && { httpStatus }),
    changedAt: changedAt instanceof Date ? changedAt.getTime() : 0,
  };
}
