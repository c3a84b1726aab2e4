// The settings of Azure Storage: AzureWebJobsStorage in the forms that the Functions host knows.
// Knows no SDK: the clients are made in shared/storage.
import type { SettingReader } from './setting-reader';

/** How queue and table are reached. */
export type StorageSettings =
  /** Holds the account's key, or stands for the emulator (`UseDevelopmentStorage=true`). Secret. */
  | { readonly kind: 'connection-string'; readonly connectionString: string }
  /** By the app's identity; URIs without trailing slash. */
  | {
      readonly kind: 'identity';
      readonly queueServiceUri: string;
      readonly tableServiceUri: string;
      /** `AzureWebJobsStorage__credential` is `managedidentity`: nothing else is tried. */
      readonly usesManagedIdentity: boolean;
      /** User-assigned managed identity; absent: the system-assigned one, or whoever runs the app. */
      readonly managedIdentityClientId?: string;
    };

const ACCOUNT_NAME = 'AzureWebJobsStorage__accountName';
const SERVICE_URIS = [
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
  'AzureWebJobsStorage__blobServiceUri',
] as const;
const IDENTITY_SETTINGS = [
  ACCOUNT_NAME,
  ...SERVICE_URIS,
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
] as const;

export function readStorageSettings(reader: SettingReader): StorageSettings | undefined {
  const identitySettings = IDENTITY_SETTINGS.filter((name) => reader.isSet(name));
  if (!reader.isSet('AzureWebJobsStorage')) return readIdentityForm(reader);
  for (const name of identitySettings)
    reader.fault(name, 'must not stand beside the connection string in AzureWebJobsStorage: remove one of them');
  return readConnectionString(reader);
}

function readConnectionString(reader: SettingReader): StorageSettings | undefined {
  const connectionString = reader.text('AzureWebJobsStorage');
  if (connectionString === undefined) return undefined;
  const parts = new Map(
    connectionString.split(';').map((part) => [keyOf(part), part.slice(part.indexOf('=') + 1).trim()]),
  );
  const isEmulator = parts.get('usedevelopmentstorage')?.toLowerCase() === 'true';
  const isKeyForm = Boolean(parts.get('accountname')) && Boolean(parts.get('accountkey'));
  // As the portal shows it: the endpoints and the signature, no account name.
  const isSasForm =
    Boolean(parts.get('sharedaccesssignature')) &&
    Boolean(parts.get('queueendpoint')) &&
    Boolean(parts.get('tableendpoint'));
  if (isEmulator || isKeyForm || isSasForm) return { kind: 'connection-string', connectionString };
  return reader.fault(
    'AzureWebJobsStorage',
    'must be a connection string with AccountName and AccountKey, or with QueueEndpoint, TableEndpoint and SharedAccessSignature, or UseDevelopmentStorage=true',
  );
}

function keyOf(part: string): string {
  return part
    .slice(0, Math.max(part.indexOf('='), 0))
    .trim()
    .toLowerCase();
}

function readIdentityForm(reader: SettingReader): StorageSettings | undefined {
  const accountName = reader.ruledText(ACCOUNT_NAME);
  const [queueServiceUri, tableServiceUri] = SERVICE_URIS.map((name) => reader.url(name, { httpsOnly: true }));
  const usesManagedIdentity = reader.oneOf('AzureWebJobsStorage__credential') !== undefined;
  const managedIdentityClientId = reader.guid('AzureWebJobsStorage__clientId');
  if (!reader.isSet(ACCOUNT_NAME)) {
    const missing = SERVICE_URIS.filter((name) => !reader.isSet(name));
    if (missing.length === SERVICE_URIS.length) {
      return reader.fault(
        'AzureWebJobsStorage',
        `is required: a connection string, or ${ACCOUNT_NAME}, or all of ${SERVICE_URIS.join(', ')}`,
      );
    }
    for (const name of missing)
      reader.fault(name, `is required beside the other service URIs, where ${ACCOUNT_NAME} is not set`);
  }
  // Like the Functions host: a service URI wins, and an account name alone means global Azure.
  const uriOf = (service: 'queue' | 'table', given: string | undefined) =>
    given ?? (accountName && `https://${accountName}.${service}.core.windows.net`);
  const queue = uriOf('queue', queueServiceUri);
  const table = uriOf('table', tableServiceUri);
  if (queue === undefined || table === undefined) return undefined;
  return {
    kind: 'identity',
    queueServiceUri: queue,
    tableServiceUri: table,
    usesManagedIdentity,
    ...(managedIdentityClientId !== undefined && { managedIdentityClientId }),
  };
}
