// Looks at the tables and queues from outside, past every fault: sees each change of a status, and when all is at rest.
// Stands under chaos-run.
import { setTimeout as pause } from 'node:timers/promises';
import { odata } from '@azure/data-tables';
import { waitFor } from '../../../local/wait-for';
import { withinLimit } from '../../../local/within-limit';
import { StoredRows, type Row } from '../../support/services/stored-rows';
import { faultOfChange } from '../judge/judgement';
import { FINAL } from '../judge/promises';

const EVERY_MS = 1000;
/** Rows written so long before a look are read again with the next one: a write takes its time from arrival to being seen. */
const MARGIN_MS = 5000;
/** One look, or one reading of all rows: the table SDK by itself would wait for an answer without end. */
const LOOK_LIMIT_MS = 30_000;

export class StorageWatch {
  /** Statuses that left a final state in a way that is not allowed. */
  readonly faults: string[] = [];
  /** When a request was first seen to have ended, up to a second after it had; epoch milliseconds. */
  readonly endedAt = new Map<string, number>();
  readonly #rows: StoredRows;
  readonly #seen = new Map<string, string>();
  readonly #stopping = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #lookedAt = 0;

  constructor(connectionString: string) {
    this.#rows = new StoredRows(connectionString, {});
  }

  /** `onFailure`: nothing is watched any more. */
  start(onFailure: (error: unknown) => void): void {
    this.#watching = this.#watch().catch(onFailure);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await withinLimit('the last look at storage', 2 * LOOK_LIMIT_MS, this.#watching);
  }

  /** Every outcome by its clientContext. Throws if there is one that the watch has not seen. */
  async outcomes(): Promise<Map<string, Row>> {
    const rows = (await this.allRows()).filter((row) => row.rowKey === 'outcome');
    const unseen = rows.filter((row) => !this.#seen.has(String(row.clientContext)));
    if (unseen.length > 0) throw new Error(`the watch has not seen ${unseen.length} rows`);
    return new Map(rows.map((row) => [String(row.clientContext), row]));
  }

  /** As it was last seen. */
  statusOf(clientContext: string): string | undefined {
    return this.#seen.get(clientContext);
  }

  /** Entries of requests that the timer has not closed. */
  openEntries(): Promise<number> {
    return withinLimit('the open entries', LOOK_LIMIT_MS, this.#countOpen());
  }

  /** Every row of both tables. */
  allRows(): Promise<Row[]> {
    return withinLimit('every row of both tables', LOOK_LIMIT_MS, this.#rows.all());
  }

  /** What is not at rest: rows that are not final, and messages on the two queues. */
  async unrest(): Promise<string[]> {
    await this.#look();
    const open = [...this.#seen].filter(([, status]) => !FINAL.has(status));
    const queues = await Promise.all(
      [this.#rows.requestQueue, this.#rows.poisonQueue].map(async (queue) => ({
        name: queue.name,
        count: await withinLimit(`the count of ${queue.name}`, LOOK_LIMIT_MS, this.#rows.count(queue)),
      })),
    );
    return [
      ...open.map(([clientContext, status]) => `${clientContext} is ${status}`),
      ...queues.filter(({ count }) => count > 0).map(({ name, count }) => `${count} messages on ${name}`),
    ];
  }

  #look(): Promise<void> {
    return withinLimit('a look at the outcomes', LOOK_LIMIT_MS, this.#readNewest());
  }

  /** Reads the rows that were written since the last look: reading them all would keep this process from its other work. */
  async #readNewest(): Promise<void> {
    const since = new Date(this.#lookedAt - MARGIN_MS);
    this.#lookedAt = Date.now();
    const options = { queryOptions: { filter: odata`Timestamp ge ${since}`, select: ['clientContext', 'status'] } };
    for await (const { clientContext, status } of this.#rows.outcomeTable.listEntities<
      Record<'clientContext' | 'status', string>
    >(options)) {
      const fault = faultOfChange(this.#seen.get(clientContext) ?? status, status);
      if (fault) this.faults.push(`${clientContext}: ${fault}`);
      this.#seen.set(clientContext, status);
      if (FINAL.has(status) && !this.endedAt.has(clientContext)) this.endedAt.set(clientContext, Date.now());
    }
  }

  async #countOpen(): Promise<number> {
    let count = 0;
    const options = { queryOptions: { filter: odata`PartitionKey eq ${'open'}`, select: ['rowKey'] } };
    for await (const _entry of this.#rows.indexTable.listEntities(options)) count += 1;
    return count;
  }

  async #watch(): Promise<void> {
    // The app creates the table when it starts.
    await waitFor('the table', () =>
      this.#look().then(
        () => true,
        (error: unknown) => isTableMissing(error),
      ),
    );
    while (!this.#stopping.signal.aborted) {
      await this.#look();
      await pause(EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }
}

function isTableMissing(error: unknown): false {
  if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  return false;
}
