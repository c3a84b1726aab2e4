// Looks at the tables and queues from outside, past every fault: sees each change of a status, and when all is at rest.
// Stands under chaos-run.
import { setTimeout as pause } from 'node:timers/promises';
import { StoredRows, type Row } from '../support/stored-rows';
import { FINAL, faultOfChange } from './judgement';

const EVERY_MS = 1000;

export class StorageWatch {
  /** Statuses that left a final state in a way that is not allowed. */
  readonly faults: string[] = [];
  readonly #rows: StoredRows;
  readonly #seen = new Map<string, string>();
  readonly #stopping = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(connectionString: string) {
    this.#rows = new StoredRows(connectionString, {});
  }

  start(): void {
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  /** Every outcome by its clientContext. */
  async outcomes(): Promise<Map<string, Row>> {
    const rows = await this.#outcomeRows();
    return new Map(rows.map((row) => [String(row.clientContext), row]));
  }

  /** Every row of both tables. */
  allRows(): Promise<Row[]> {
    return this.#rows.all();
  }

  /** What is not at rest: rows that are not final, and messages on the two queues. */
  async unrest(): Promise<string[]> {
    const open = (await this.#outcomeRows()).filter((row) => !FINAL.has(String(row.status)));
    const queues = await Promise.all([this.#rows.requestQueue, this.#rows.poisonQueue].map(async (queue) => ({ name: queue.name, count: await this.#rows.count(queue) })));
    return [
      ...(open.length > 0 ? [`${open.length} rows are not final`] : []),
      ...queues.filter(({ count }) => count > 0).map(({ name, count }) => `${count} messages on ${name}`),
    ];
  }

  async #outcomeRows(): Promise<Row[]> {
    const rows = (await this.#rows.all()).filter((row) => row.rowKey === 'outcome');
    for (const row of rows) {
      const clientContext = String(row.clientContext);
      const status = String(row.status);
      const fault = faultOfChange(this.#seen.get(clientContext) ?? status, status);
      if (fault) this.faults.push(`${clientContext}: ${fault}`);
      this.#seen.set(clientContext, status);
    }
    return rows;
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#outcomeRows();
      await pause(EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }
}
