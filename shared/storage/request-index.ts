// The index of open and closed requests: partitions of the index table
// that the timer reads instead of the outcome table.
// Knows no request but its name. `open` holds what is not final; `closed yyyy-mm-dd` what became final on that day.
import type { TableClient, TableEntityResult, TransactionAction } from '@azure/data-tables';
import type { ClosedEntry, IndexEntry, OpenEntry, RequestIndex } from '../tones/ports/request-index';
import type { Container } from './storage-clients';
import { isContainerMissing, isStale, statusOf, unlessMissing } from './storage-errors';
import { fromPartitionKey, toPartitionKey } from './table-keys';

const OPEN = 'open';
const CLOSED = 'closed ';
/** RowKeys open with what the entry stands for: a request, or the row of a call. */
const REQUEST = 'r ';
const CALL = 'c ';

interface IndexColumns {
  readonly since: Date;
  /** A callback was asked for. */
  readonly callback?: boolean;
}

type IndexTable = Container<TableClient>;

export function makeRequestIndex(table: IndexTable): RequestIndex {
  return {
    async open(entry) {
      // Merged: that a callback was asked for stays, when the entry is opened again without one.
      await upsert(table, OPEN, entry, 'Merge');
    },
    openEntries: () => openEntries(table),
    async close(entries, now) {
      const partitionKey = closedOn(now);
      await submit(
        table,
        entries.map((entry) => ['upsert', { partitionKey, rowKey: rowKeyOf(entry), ...columnsOf(entry) }, 'Replace']),
      );
      await removeAll(table, OPEN, entries.map(rowKeyOf));
    },
    async closeUnlessReopened(entry, now) {
      await upsert(table, closedOn(now), entry, 'Replace');
      await removeUnlessReopened(table, entry);
    },
    forgetUnlessReopened: (entry) => removeUnlessReopened(table, entry),
    closedBefore: (before, limit) => closedBefore(table, before, limit),
    async forgetClosed(entries) {
      for (const day of new Set(entries.map((entry) => entry.closedOn))) {
        const rowKeys = entries.filter((entry) => entry.closedOn === day).map(rowKeyOf);
        await removeAll(table, `${CLOSED}${day}`, rowKeys);
      }
    },
  };
}

async function* openEntries(table: IndexTable): AsyncGenerator<readonly OpenEntry[]> {
  const client = await table.use((current) => Promise.resolve(current));
  try {
    for await (const page of client
      .listEntities<IndexColumns>({ queryOptions: { filter: `PartitionKey eq '${OPEN}'` } })
      .byPage()) {
      yield page.map((row) => ({ ...entryOf(row), etag: row.etag }));
    }
  } catch (error) {
    if (!isContainerMissing(error)) throw error;
  }
}

function closedBefore(table: IndexTable, before: number, limit: number): Promise<ClosedEntry[]> {
  const filter = `PartitionKey ge '${CLOSED}' and PartitionKey lt '${closedOn(before)}'`;
  return table.use(async (client) => {
    const found: ClosedEntry[] = [];
    // A query over partitions may be answered by a page without rows that has a next one.
    for await (const page of client
      .listEntities<IndexColumns>({ queryOptions: { filter } })
      .byPage({ maxPageSize: limit })) {
      for (const row of page) found.push({ ...entryOf(row), closedOn: (row.partitionKey ?? '').slice(CLOSED.length) });
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  });
}

async function upsert(
  table: IndexTable,
  partitionKey: string,
  entry: IndexEntry,
  mode: 'Merge' | 'Replace',
): Promise<void> {
  const row = { partitionKey, rowKey: rowKeyOf(entry), ...columnsOf(entry) };
  await table.use((client) => client.upsertEntity(row, mode));
}

async function submit(table: IndexTable, actions: TransactionAction[]): Promise<void> {
  if (actions.length > 0) await table.use((client) => client.submitTransaction(actions));
}

/**
 * One transaction for all; if one entry is gone already the whole transaction fails, and they are removed one by one.
 */
async function removeAll(table: IndexTable, partitionKey: string, rowKeys: readonly string[]): Promise<void> {
  try {
    await submit(
      table,
      rowKeys.map((rowKey) => ['delete', { partitionKey, rowKey }]),
    );
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    for (const rowKey of rowKeys)
      await table.use((client) => client.deleteEntity(partitionKey, rowKey)).catch(unlessMissing);
  }
}

/** Opening an entry again gives it another version; a batch of the SDK knows no versions. */
async function removeUnlessReopened(table: IndexTable, { etag, ...entry }: OpenEntry): Promise<void> {
  await table
    .use((client) => client.deleteEntity(OPEN, rowKeyOf(entry), { etag }))
    .catch((error: unknown) => {
      if (!isStale(error)) throw error;
    });
}

function rowKeyOf(entry: IndexEntry): string {
  return entry.kind === 'request'
    ? REQUEST + toPartitionKey(entry.clientContext)
    : CALL + toPartitionKey(entry.callKey);
}

function columnsOf(entry: IndexEntry): IndexColumns {
  return { since: new Date(entry.since), ...(entry.kind === 'request' && entry.callback && { callback: true }) };
}

function entryOf({ rowKey = '', since, callback }: TableEntityResult<IndexColumns>): IndexEntry {
  const name = fromPartitionKey(rowKey.slice(REQUEST.length));
  return rowKey.startsWith(CALL)
    ? { kind: 'call', callKey: name, since: since.getTime() }
    : { kind: 'request', clientContext: name, since: since.getTime(), ...(callback && { callback }) };
}

/** The partition of what is closed at that time. */
function closedOn(epochMs: number): string {
  return `${CLOSED}${dayOf(epochMs)}`;
}

/** `yyyy-mm-dd` in UTC: sorts as time does. */
function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
