// The outcome table: one row a clientContext, with the contract's column names, times as Edm.DateTime.
// The only place that knows how these facts are written as columns; knows no rule about them.
import type { TableClient } from '@azure/data-tables';
import { OUTCOME_ROW_KEY } from '../resource-names';
import type { OutcomeFacts } from '../tones/facts/outcome-facts';
import type { OutcomeEnds, OutcomeRows, Stored } from '../tones/ports/rows';
import { makeRowTable, type ColumnValue, type Columns, type RowAddress, type StoredColumns } from './row-table';
import type { Container } from './storage-clients';
import { toPartitionKey } from './table-keys';

type FactName = keyof OutcomeFacts;
type ColumnKind = 'string' | 'integer' | 'time' | 'boolean';

/** Every column; its name is the fact's. A test checks that every fact is here. */
export const OUTCOME_COLUMNS: Readonly<Record<FactName, ColumnKind>> = {
  clientContext: 'string',
  callId: 'string',
  status: 'string',
  operationId: 'string',
  completionReason: 'string',
  resultCode: 'integer',
  resultSubcode: 'integer',
  resultMessage: 'string',
  errorCode: 'string',
  errorMessage: 'string',
  toneCount: 'integer',
  playedToneCount: 'integer',
  partCount: 'integer',
  part: 'integer',
  pauseMs: 'integer',
  acceptedAt: 'time',
  expiresAt: 'time',
  sentAt: 'time',
  finishedAt: 'time',
  tenantId: 'string',
  fingerprint: 'string',
  callbackWanted: 'boolean',
  traceparent: 'string',
  statusToken: 'string',
  delayBetweenTonesMs: 'integer',
  after: 'string',
  turnAfter: 'string',
  cancelRequestedAt: 'time',
  cancelId: 'string',
  reportedAt: 'time',
  claimId: 'string',
  claimedAt: 'time',
  watchUntil: 'time',
  settledAt: 'time',
  notBefore: 'time',
  latestStart: 'time',
  partSizes: 'string',
  waitCode: 'string',
  waitDetail: 'string',
  copyId: 'string',
};

function addressOf(clientContext: string): RowAddress {
  return { partitionKey: toPartitionKey(clientContext), rowKey: OUTCOME_ROW_KEY };
}

/** The same rows, for the one rule that ends requests. */
export function makeOutcomeEnds(table: Container<TableClient>): OutcomeEnds {
  const rows = makeRowTable(table);
  return {
    insert: (facts, end) => rows.insert(addressOf(facts.clientContext), toColumns({ ...facts, ...end })),
    end: (clientContext, end, etag) => rows.merge(addressOf(clientContext), toColumns(end), etag),
  };
}

export function makeOutcomeRows(table: Container<TableClient>): OutcomeRows {
  const rows = makeRowTable(table);
  return {
    async read(clientContext) {
      const columns = await rows.read(addressOf(clientContext));
      return columns && fromColumns(columns, clientContext);
    },
    insert: (facts) => rows.insert(addressOf(facts.clientContext), toColumns(facts)),
    merge: (clientContext, facts, etag) => rows.merge(addressOf(clientContext), toColumns(facts), etag),
    remove: (clientContext, etag) => rows.remove(addressOf(clientContext), etag),
  };
}

function toColumns(facts: Partial<OutcomeFacts>): Columns {
  const columns: Record<string, ColumnValue> = {};
  for (const [name, value] of Object.entries(facts) as [FactName, string | number | boolean | undefined][]) {
    if (value !== undefined) columns[name] = OUTCOME_COLUMNS[name] === 'time' ? new Date(Number(value)) : value;
  }
  return columns;
}

function fromColumns(columns: StoredColumns, clientContext: string): Stored<OutcomeFacts> {
  const facts: Record<string, string | number | boolean> = {};
  for (const name of Object.keys(OUTCOME_COLUMNS)) {
    const value = columns[name];
    if (value instanceof Date) facts[name] = value.getTime();
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') facts[name] = value;
  }
  return { ...facts, clientContext, etag: columns.etag } as Stored<OutcomeFacts>;
}
