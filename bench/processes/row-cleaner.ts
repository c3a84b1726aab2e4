// Deletes what the soak has finished with from the emulator's tables. Azurite looks through a
// whole table for each row, so that after some ten thousand requests it is the bottleneck; a
// real table does not mind. A process of its own, with the plain SDK.
import { setTimeout as pause } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { answerMessages } from './child-script';

export type CleanerQuestion = { readonly kind: 'start'; readonly connectionString: string } | { readonly kind: 'stop' };

/** Older than that a request is final, and the app's timer, which runs every 30 s, has closed its entry. */
const FINISHED_AFTER_MS = 75_000;
const EVERY_MS = 5000;
/** What the app still looks at: open requests and its key. */
const KEPT = /^(?:open$|fingerprint key$)/;

let isRunning = false;
let deleted = 0;
let round: Promise<void> = Promise.resolve();

async function clean(table: TableClient): Promise<void> {
  const before = Date.now() - FINISHED_AFTER_MS;
  for await (const { partitionKey = '', rowKey = '', timestamp } of table.listEntities({
    queryOptions: { select: ['PartitionKey', 'RowKey', 'Timestamp'] },
  })) {
    if (!isRunning) return;
    if (KEPT.test(partitionKey) || timestamp === undefined || Date.parse(timestamp) > before) continue;
    await table.deleteEntity(partitionKey, rowKey);
    deleted += 1;
  }
}

async function start(connectionString: string): Promise<number> {
  const tables = ['ToneOutcomes', 'ToneOutcomesIndex'].map((name) =>
    TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true }),
  );
  isRunning = true;
  const goOn = async () => {
    while (isRunning) {
      for (const table of tables) {
        await clean(table).catch((error: unknown) => {
          // A row, or at the start the table, is not there.
          if ((error as { statusCode?: number }).statusCode !== 404) throw error;
        });
      }
      await pause(EVERY_MS);
    }
  };
  round = goOn();
  return 0;
}

/** How many rows were deleted. */
async function stop(): Promise<number> {
  isRunning = false;
  await round;
  return deleted;
}

answerMessages((question: CleanerQuestion): Promise<number> =>
  question.kind === 'start' ? start(question.connectionString) : stop(),
);
