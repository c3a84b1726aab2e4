// The SDK clients of the tables and of the queue, made on first use from the settings: the SDKs are loaded only then.
// The only file that loads the storage SDKs; knows no row and no message.
import type { TableClient, TableServiceClientOptions } from '@azure/data-tables';
import type { QueueClient, StoragePipelineOptions } from '@azure/storage-queue';
import type { TokenCredential } from '@azure/identity';
import { onceLoaded } from '../once';
import type { StorageSettings } from '../settings/storage-settings';
import { withinTimeLimit } from '../time-limit';
import { isContainerMissing } from './storage-errors';

/**
 * Short: a caller waits, and asks again after a 503. A conditional write that
 * is repeated by the SDK is read back by the rules.
 */
const TABLE_RETRIES = { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1000 };
const QUEUE_RETRIES = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 1000 };
/** One request to a table; the table SDK itself would wait for ever, and holds a timed-out request for failed. */
const TABLE_TIMEOUT_MS = 4000;

/**
 * One use of a queue, all tries together: the queue SDK's own limit of a
 * try is only a wish that is sent to the service.
 */
const QUEUE_LIMIT_MS = 8000;

/** As both SDKs take them. */
export interface OperationOptions {
  readonly abortSignal?: AbortSignal;
}

/** A container (table or queue) that is created when an operation finds it missing. */
export interface Container<Client> {
  /**
   * Runs the operation; if the container is missing, creates it and runs it again. Whoever uses a queue hands `options`
   * to the SDK: they end what takes too long. They are empty for a table, whose client limits each request.
   */
  use<T>(operation: (client: Client, options: OperationOptions) => Promise<T>): Promise<T>;
  /** Creates the container if it is missing. */
  create(): Promise<void>;
}

interface QueueOptions {
  readonly retryOptions?: NonNullable<StoragePipelineOptions['retryOptions']>;
  /** Of one use, with the creation that it may need. Default 8 seconds. */
  readonly limitMs?: number;
  /** Of a creation by itself. Default 8 seconds. */
  readonly creationLimitMs?: number;
}

export function makeTableContainer(
  settings: StorageSettings,
  tableName: string,
  requestLimitMs = TABLE_TIMEOUT_MS,
): Container<TableClient> {
  return makeContainer(
    () => makeTableClient(settings, tableName, requestLimitMs),
    (client) => client.createTable(),
  );
}

/** An enqueue that must not be repeated where its answer is lost. */
export const ONE_TRY: QueueOptions = { retryOptions: { maxTries: 1 } };

/** What is announced stands behind a press or an answer to Graph, and the timer makes good what is missed. */
export const ONE_SHORT_TRY: QueueOptions = { retryOptions: { maxTries: 1 }, limitMs: 2000 };

export function makeQueueContainer(
  settings: StorageSettings,
  queueName: string,
  { retryOptions = QUEUE_RETRIES, limitMs = QUEUE_LIMIT_MS, creationLimitMs = QUEUE_LIMIT_MS }: QueueOptions = {},
): Container<QueueClient> {
  return makeContainer(
    () => makeQueueClient(settings, queueName, { ...retryOptions }),
    (client, options) => client.createIfNotExists(options),
    { use: limitMs, create: creationLimitMs },
  );
}

function makeContainer<Client>(
  makeClient: () => Promise<Client>,
  createIn: (client: Client, options: OperationOptions) => Promise<unknown>,
  limitsMs: { readonly use?: number; readonly create?: number } = {},
): Container<Client> {
  const client = onceLoaded(makeClient);
  return {
    async create() {
      const current = await client();
      await withinLimit(limitsMs.create, (options) => createIn(current, options));
    },
    async use(operation) {
      const current = await client();
      return withinLimit(limitsMs.use, async (options) => {
        try {
          return await operation(current, options);
        } catch (error) {
          if (!isContainerMissing(error)) throw error;
          await createIn(current, options);
          return operation(current, options);
        }
      });
    },
  };
}

function withinLimit<T>(limitMs: number | undefined, work: (options: OperationOptions) => Promise<T>): Promise<T> {
  return limitMs === undefined ? work({}) : withinTimeLimit(limitMs, (abortSignal) => work({ abortSignal }));
}

async function makeTableClient(
  settings: StorageSettings,
  tableName: string,
  requestLimitMs: number,
): Promise<TableClient> {
  const { TableClient } = await import('@azure/data-tables');
  const options: TableServiceClientOptions = { retryOptions: TABLE_RETRIES };
  const client =
    settings.kind === 'connection-string'
      ? TableClient.fromConnectionString(settings.connectionString, tableName, {
          ...options,
          allowInsecureConnection: true,
        })
      : new TableClient(settings.tableServiceUri, tableName, await makeStorageCredential(settings), options);
  client.pipeline.addPolicy({
    name: 'timeLimit',
    sendRequest(request, next) {
      request.timeout = requestLimitMs;
      return next(request);
    },
  });
  return client;
}

async function makeQueueClient(
  settings: StorageSettings,
  queueName: string,
  retryOptions: NonNullable<QueueOptions['retryOptions']>,
): Promise<QueueClient> {
  const { QueueClient } = await import('@azure/storage-queue');
  const options: StoragePipelineOptions = { retryOptions };
  if (settings.kind === 'connection-string') return new QueueClient(settings.connectionString, queueName, options);
  const uri = `${settings.queueServiceUri.replace(/\/+$/, '')}/${queueName}`;
  return new QueueClient(uri, await makeStorageCredential(settings), options);
}

/**
 * The identity that the Functions host uses for the same connection: the managed
 * identity, or what the environment offers on a laptop.
 */
async function makeStorageCredential({
  usesManagedIdentity,
  managedIdentityClientId,
}: StorageSettings & { kind: 'identity' }): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  if (managedIdentityClientId !== undefined)
    return new ManagedIdentityCredential({ clientId: managedIdentityClientId });
  return usesManagedIdentity ? new ManagedIdentityCredential() : new DefaultAzureCredential();
}
