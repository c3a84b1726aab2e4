// The rows of calls in the index table: the end of each call's chain of requests, and what its notifications reported.
// Knows columns and addresses, and no rule about them.
import type { TableClient } from '@azure/data-tables';
import type { CallFacts } from '../tones/facts/call-facts';
import type { CallRows } from '../tones/ports/rows';
import { makeRowTable, type ColumnValue, type Columns, type StoredColumns } from './row-table';
import type { Container } from './storage-clients';
import { toPartitionKey } from './table-keys';

export function makeCallRows(indexTable: Container<TableClient>): CallRows {
  const rows = makeRowTable(indexTable);
  const addressOf = (callKey: string) => ({ partitionKey: `call ${toPartitionKey(callKey)}`, rowKey: 'call' });
  return {
    async read(callKey) {
      const columns = await rows.read(addressOf(callKey));
      return columns && { ...fromColumns(columns), etag: columns.etag };
    },
    insert: (callKey, facts) => rows.insert(addressOf(callKey), toColumns(facts)),
    merge: (callKey, facts, etag) => rows.merge(addressOf(callKey), toColumns(facts), etag),
    remove: (callKey, etag) => rows.remove(addressOf(callKey), etag),
  };
}

function toColumns({ tail, state, audio, endedAt, toldAt, notifiedAt }: Partial<CallFacts>): Columns {
  const columns: Record<string, ColumnValue> = {};
  if (tail !== undefined) columns.tail = tail;
  if (state !== undefined) columns.state = state;
  if (audio !== undefined) columns.audio = audio;
  if (endedAt !== undefined) columns.endedAt = new Date(endedAt);
  if (toldAt !== undefined) columns.toldAt = new Date(toldAt);
  if (notifiedAt !== undefined) columns.notifiedAt = new Date(notifiedAt);
  return columns;
}

function fromColumns({ tail, state, audio, endedAt, toldAt, notifiedAt }: StoredColumns): CallFacts {
  return {
    ...(typeof tail === 'string' && { tail }),
    ...(typeof state === 'string' && { state }),
    ...(typeof audio === 'string' && { audio }),
    ...(endedAt instanceof Date && { endedAt: endedAt.getTime() }),
    ...(toldAt instanceof Date && { toldAt: toldAt.getTime() }),
    ...(notifiedAt instanceof Date && { notifiedAt: notifiedAt.getTime() }),
  };
}
