// Names that host, storage and operators see, spelt once. Contract tests compare
// them with host.json, the sample settings and the docs.
// Names only: which of them a setting may change is decided in shared/settings.

/** Functions; the default route of an HTTP function is its name, so that the Logic Apps Function action can list it. */
export const FUNCTION_NAMES = {
  enqueueTones: 'enqueueTones',
  toneOutcome: 'toneOutcome',
  toneStatus: 'toneStatus',
  callNotifications: 'callNotifications',
  health: 'health',
  sendTones: 'sendTones',
  buryTones: 'buryTones',
  closeOverdueOutcomes: 'closeOverdueOutcomes',
  cancelTones: 'cancelTones',
  callTones: 'callTones',
  console: 'console',
  forgetCallback: 'forgetCallback',
  sendCallbacks: 'sendCallbacks',
  buryCallbacks: 'buryCallbacks',
} as const;

/** App setting prefix of the storage account (the Functions host's own). */
export const STORAGE_CONNECTION = 'AzureWebJobsStorage';

/** RowKey of an outcome. */
export const OUTCOME_ROW_KEY = 'outcome';

/**
 * How often overdue requests are looked for (NCRONTAB): with the contract's 90 seconds, two failed runs are survived.
 */
export const CLOSE_OVERDUE_SCHEDULE = '*/30 * * * * *';
