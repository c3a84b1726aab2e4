// Rows of one table under conditional writes: read, insert, merge and remove, one storage transaction each.
// Knows no row's columns, and no rule.
import type { TableClient, TableEntityResult } from '@azure/data-tables';
import type { WriteResult } from '../tones/ports/rows';
import type { Container } from './storage-clients';
import { isContainerMissing, isStale, statusOf } from './storage-errors';

/** A column's value. Dates are stored as Edm.DateTime. */
export type ColumnValue = string | number | boolean | Date;
export type Columns = Readonly<Record<string, ColumnValue>>;

export interface RowAddress {
  readonly partitionKey: string;
  readonly rowKey: string;
}

export type StoredColumns = TableEntityResult<Record<string, unknown>>;

/** Expected endings (missing row, lost condition) are values; everything else of the SDK is thrown. */
export function makeRowTable(table: Container<TableClient>) {
  return {
    read(address: RowAddress): Promise<StoredColumns | undefined> {
      return table
        .use((client) => client.getEntity<Record<string, unknown>>(address.partitionKey, address.rowKey))
        .catch((error: unknown) => {
          if (statusOf(error) === 404 && !isContainerMissing(error)) return undefined;
          throw error;
        });
    },
    insert: (address: RowAddress, columns: Columns): Promise<WriteResult> =>
      conditional(table.use((client) => client.createEntity({ ...address, ...columns }))),
    merge: (address: RowAddress, columns: Columns, etag: string): Promise<WriteResult> =>
      conditional(table.use((client) => client.updateEntity({ ...address, ...columns }, 'Merge', { etag }))),
    remove: (address: RowAddress, etag: string): Promise<WriteResult> =>
      conditional(
        table.use(async (client) => (await client.deleteEntity(address.partitionKey, address.rowKey, { etag }), {})),
      ),
  };
}

async function conditional(write: Promise<{ etag?: string }>): Promise<WriteResult> {
  try {
    const { etag } = await write;
    return { kind: 'written', etag: etag ?? '' };
  } catch (error) {
    if (isStale(error)) return { kind: 'stale' };
    throw error;
  }
}
