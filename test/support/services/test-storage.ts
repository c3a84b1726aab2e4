// The app's own storage room on a real Azurite, with tables and queues of its own for every use.
// Used by the integration tests of shared/storage.
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import type { Azurite } from '../../../local/azurite';
import { readSettings, type Settings } from '../../../shared/settings/settings';
import { makeStorage, type Storage } from '../../../shared/storage/storage';

export interface TestStorage extends Storage {
  readonly settings: Settings;
  /** Plain SDK clients, to look at what was written. */
  readonly outcomeTable: TableClient;
  readonly indexTable: TableClient;
  readonly requestQueue: QueueClient;
}

let made = 0;

/** Nothing is created yet. `again`: the same names as an earlier one, as a second instance of the app has them. */
export function makeTestStorage(
  { connectionString }: Pick<Azurite, 'connectionString'>,
  clock = { now: () => Date.now() },
  again?: TestStorage,
): TestStorage {
  made += 1;
  const settings =
    again?.settings ??
    readSettings({
      AzureWebJobsStorage: connectionString,
      GRAPH_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
      TONE_REQUESTS_QUEUE: `requests-${made}`,
      TONE_OUTCOMES_TABLE: `Outcomes${made}`,
    });
  const tableOf = (name: string) =>
    TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
  return {
    ...makeStorage(settings, clock),
    settings,
    outcomeTable: tableOf(settings.toneOutcomesTable),
    indexTable: tableOf(settings.indexTable),
    requestQueue: new QueueClient(connectionString, settings.toneRequestsQueue),
  };
}
