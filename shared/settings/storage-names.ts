// The names of the app's queues and tables, with those that follow from them.
// Knows no account: how storage is reached is in storage-settings.
import { allRead, type SettingReader } from './setting-reader';

export interface StorageNames {
  readonly toneRequestsQueue: string;
  /** Where the host moves messages that failed too often. */
  readonly poisonQueue: string;
  readonly toneOutcomesTable: string;
  /** The second table, for bookkeeping rows. */
  readonly indexTable: string;
  /** Queue of outcomes to be announced to callbacks, and where the host moves messages of it that failed too often. */
  readonly toneCallbacksQueue: string;
  readonly callbacksPoisonQueue: string;
}

export function readStorageNames(reader: SettingReader): StorageNames | undefined {
  const names = allRead({
    toneRequestsQueue: reader.ruledText('TONE_REQUESTS_QUEUE'),
    toneCallbacksQueue: reader.ruledText('TONE_CALLBACKS_QUEUE'),
    toneOutcomesTable: reader.ruledText('TONE_OUTCOMES_TABLE'),
  });
  if (reader.text('TONE_REQUESTS_QUEUE') === reader.text('TONE_CALLBACKS_QUEUE'))
    reader.fault('TONE_CALLBACKS_QUEUE', 'must differ from TONE_REQUESTS_QUEUE');
  if (names === undefined) return undefined;
  return {
    ...names,
    poisonQueue: `${names.toneRequestsQueue}-poison`,
    callbacksPoisonQueue: `${names.toneCallbacksQueue}-poison`,
    indexTable: `${names.toneOutcomesTable}Index`,
  };
}
