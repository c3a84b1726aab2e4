// The settings of storage by name: the account, the queues, the tables; and the callbacks: where they may go, and what
// signs them.
// Rows only: what a row may say is in setting-row, how a value is read in setting-reader.
import type { SettingEntry, TextRule } from './setting-row';

/** Azure allows 63 characters; the poison queue needs seven. */
const QUEUE_NAME = {
  least: 3,
  most: 56,
  pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  made: 'lower-case letters, digits and single dashes',
} as const satisfies TextRule;

/** Azure allows 63 characters; the table of bookkeeping rows needs five. */
const TABLE_NAME = {
  least: 3,
  most: 58,
  pattern: /^(?!tables$)[a-z][a-z0-9]*$/i,
  made: 'letters and digits, starting with a letter, and not "tables"',
} as const satisfies TextRule;

export const STORAGE_ROWS = [
  {
    name: 'AzureWebJobsStorage',
    otherwise: 'required, or one of the identity forms',
    meaning: 'Storage of queue and table: a connection string, or UseDevelopmentStorage=true.',
  },
  {
    name: 'AzureWebJobsStorage__accountName',
    text: { least: 3, most: 24, pattern: /^[a-z0-9]+$/, made: 'lower-case letters and digits' },
    otherwise: 'not used',
    meaning: 'Storage by identity: the name of the account (global Azure only, like the Functions host).',
  },
  {
    name: 'AzureWebJobsStorage__credential',
    oneOf: ['managedidentity'],
    otherwise: 'the default identity',
    meaning: '{oneOf}, for storage by identity.',
  },
  {
    name: 'AzureWebJobsStorage__clientId',
    otherwise: 'the system-assigned identity',
    meaning: 'Client id of the user-assigned identity for storage.',
  },
  {
    name: 'AzureWebJobsStorage__queueServiceUri',
    otherwise: 'from the account name',
    meaning: 'Storage by identity: the queue service; needed with the other two where no account name is given.',
  },
  {
    name: 'AzureWebJobsStorage__tableServiceUri',
    otherwise: 'from the account name',
    meaning: 'Storage by identity: the table service.',
  },
  {
    name: 'AzureWebJobsStorage__blobServiceUri',
    otherwise: 'from the account name',
    meaning: 'Storage by identity: the blob service, which the Functions host needs.',
  },
  {
    name: 'TONE_REQUESTS_QUEUE',
    default: 'tone-requests',
    text: QUEUE_NAME,
    meaning: 'Queue of tone requests; its poison queue is the same name with `-poison`. {range} characters.',
  },
  {
    name: 'TONE_OUTCOMES_TABLE',
    default: 'ToneOutcomes',
    text: TABLE_NAME,
    meaning: 'Table of outcomes; bookkeeping rows live in the same name with `Index`. {range} characters.',
  },
  {
    name: 'TONE_CALLBACKS_QUEUE',
    default: 'tone-callbacks',
    text: QUEUE_NAME,
    meaning:
      'Queue of outcomes to be POSTed to a `callbackUrl`; its poison queue is the same name with `-poison`. {range} characters.',
  },
  {
    name: 'CALLBACK_HOSTS',
    default: '*.logic.azure.com,*.logic.azure.us,*.logic.azure.cn,*.environment.api.powerplatform.com',
    meaning:
      'Hosts that a `callbackUrl` may name: exact names, or `*.` and a domain for every host below it; `none`: no callbacks. For development one of them may be an exact origin, `http://localhost:<port>` or `http://127.0.0.1:<port>`; not on Azure.',
  },
  {
    name: 'CALLBACK_SIGNING_SECRET',
    otherwise: 'callbacks are not signed',
    meaning:
      'Secret that callbacks are signed with, as Standard Webhooks have it: `whsec_` and the base64 of 24 to 64 random bytes. Two, separated by a space, while one replaces the other: both sign.',
  },
] as const satisfies readonly SettingEntry[];
