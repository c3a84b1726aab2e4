// List prices of storage transactions in USD (general-purpose v2 account, locally redundant), and what counts cost.
// Tables: "$0.00036 per 10,000 transactions for tables. Any type of operation against the storage is counted as a
// transaction" (quoted from https://azure.microsoft.com/pricing/details/storage/tables/). Queues:
// class 1 and class 2 operations $0.004 per 10,000
// (https://azure.microsoft.com/pricing/details/storage/queues/; the figure as in infracost's
// sample for StorageV2.Standard.LRS).
// Read from stored copies of public sources, not from the live pages: look
// there before you rely on a cent. The one place to change.

const PER = 10_000;
const TABLE_USD = 0.00036;
const QUEUE_USD = 0.004;

/** When they were looked up. */
export const PRICES_AS_OF = '2026-11-22';

/** A batch of a table is one transaction. */
export function priceUsd(operation: string): number {
  return (operation.startsWith('queue') ? QUEUE_USD : TABLE_USD) / PER;
}

/** What a million requests cost, if each takes these counts of operations. */
export function perMillionUsd(perRequest: Readonly<Record<string, number>>): number {
  return (
    Object.entries(perRequest).reduce((sum, [operation, count]) => sum + count * priceUsd(operation), 0) * 1_000_000
  );
}

const SECONDS_OF_MONTH = 30 * 24 * 3600;

/** What looking at empty queues costs an instance in a month. */
export function idlePollingUsdPerMonth(looksPerSecond: number): number {
  return looksPerSecond * SECONDS_OF_MONTH * priceUsd('queue get');
}
