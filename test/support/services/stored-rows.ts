// What a person with Storage Explorer sees: the rows of both tables, and the queues.
// Stands under app-under-test; knows no code of the app, only the contract's names.
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';

/** The columns of a row. Dates are Edm.DateTime. */
export type Row = Readonly<Record<string, unknown>>;

export class StoredRows {
  readonly outcomeTable: TableClient;
  readonly indexTable: TableClient;
  readonly requestQueue: QueueClient;
  readonly poisonQueue: QueueClient;

  constructor(
    connectionString: string,
    {
      TONE_OUTCOMES_TABLE: table = 'ToneOutcomes',
      TONE_REQUESTS_QUEUE: queue = 'tone-requests',
    }: Readonly<Record<string, string>>,
  ) {
    const tableOf = (name: string) =>
      TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
    this.outcomeTable = tableOf(table);
    this.indexTable = tableOf(`${table}Index`);
    this.requestQueue = new QueueClient(connectionString, queue);
    this.poisonQueue = new QueueClient(connectionString, `${queue}-poison`);
  }

  /** The row whose PartitionKey is the clientContext itself, or the key given. */
  async outcome(partitionKey: string): Promise<Row> {
    return this.outcomeTable.getEntity<Record<string, unknown>>(partitionKey, 'outcome');
  }

  /** Every row of both tables; none where a table is missing. */
  async all(): Promise<Row[]> {
    return [...(await rowsOf(this.outcomeTable)), ...(await rowsOf(this.indexTable))];
  }

  /** Messages on a queue, hidden ones too; none where it is missing. */
  async count(queue: QueueClient): Promise<number> {
    return (await queue.exists()) ? ((await queue.getProperties()).approximateMessagesCount ?? 0) : 0;
  }
}

async function rowsOf(table: TableClient): Promise<Row[]> {
  const rows: Row[] = [];
  try {
    for await (const row of table.listEntities<Record<string, unknown>>()) rows.push(row);
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
  return rows;
}
