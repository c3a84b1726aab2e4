// The outcomes of the peers: the same table, keys and columns as the app's, written by upsert as the tutorials do.
// Knows nothing of the app but names; one transaction a write.
import { TableClient } from '@azure/data-tables';

export interface OutcomeTable {
  create(): Promise<void>;
  upsert(clientContext: string, columns: Readonly<Record<string, string | Date>>): Promise<void>;
}

export function makeOutcomeTable(): OutcomeTable {
  const table = TableClient.fromConnectionString(
    process.env['AzureWebJobsStorage'] ?? '',
    process.env['TONE_OUTCOMES_TABLE'] ?? '',
    { allowInsecureConnection: true },
  );
  return {
    create: () => table.createTable(),
    async upsert(clientContext, columns) {
      await table.upsertEntity({ partitionKey: clientContext, rowKey: 'outcome', clientContext, ...columns }, 'Merge');
    },
  };
}
