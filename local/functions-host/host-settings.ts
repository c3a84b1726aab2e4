// Reads host.json and local.settings.json of the app's directory, and resolves the app settings that bindings name.
// The only file that writes to the environment; knows no function.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod';

import { messageOf } from './host-log';

export interface QueueSettings {
  /** Messages taken in one go, 1 to 32. */
  batchSize: number;
  /** The next batch is fetched when no more than so many messages are being processed. */
  newBatchThreshold: number;
  /** A message that failed so often goes to the poison queue. */
  maxDequeueCount: number;
  /** At least 100. */
  maxPollingIntervalMs: number;
  /** How long a message whose function failed stays hidden. */
  visibilityTimeoutSeconds: number;
  messageEncoding: 'base64' | 'none';
}

export interface HostSettings {
  /** Without slashes at the ends; may be empty. */
  routePrefix: string;
  queues: QueueSettings;
}

/** .NET's TimeSpan as host.json writes it: `[d.]hh:mm[:ss[.fffffff]]`. */
const timeSpanMs = z.string().transform((text, context) => {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,7})?))?$/.exec(text);
  if (match === null) {
    context.addIssue({ code: 'custom', message: `"${text}" is not a time span such as 00:00:02` });
    return z.NEVER;
  }
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return Math.round(((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1_000);
});

const hostFile = z.looseObject({
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().default('api') }).prefault({}),
      queues: z
        .looseObject({
          batchSize: z.int().min(1).max(32).default(16),
          newBatchThreshold: z.int().min(0).optional(),
          maxDequeueCount: z.int().min(1).default(5),
          maxPollingInterval: timeSpanMs.pipe(z.number().min(100)).prefault('00:01:00'),
          visibilityTimeout: timeSpanMs.prefault('00:00:00'),
          messageEncoding: z
            .string()
            .toLowerCase()
            .pipe(z.enum(['base64', 'none']))
            .prefault('base64'),
        })
        .prefault({}),
    })
    .prefault({}),
});

const localSettingsFile = z.looseObject({
  IsEncrypted: z.literal(false, 'encrypted settings are not supported').optional(),
  Values: z.record(z.string(), z.string()).optional(),
});

/** Defaults are the real host's. Throws with the file's name and each fault in it. */
export function readHostSettings(appDirectory: string): HostSettings {
  const { http, queues } = parseFile(appDirectory, 'host.json', hostFile).extensions;
  return {
    routePrefix: http.routePrefix.replace(/^\/+|\/+$/g, ''),
    queues: {
      batchSize: queues.batchSize,
      newBatchThreshold: queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2) * availableParallelism(),
      maxDequeueCount: queues.maxDequeueCount,
      maxPollingIntervalMs: queues.maxPollingInterval,
      visibilityTimeoutSeconds: Math.floor(queues.visibilityTimeout / 1_000),
      messageEncoding: queues.messageEncoding,
    },
  };
}

/** Adds the `Values` of local.settings.json to the environment; what is already in the environment wins. */
export function applyLocalSettings(appDirectory: string): void {
  const values = parseFile(appDirectory, 'local.settings.json', localSettingsFile).Values ?? {};
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
  process.env.AZURE_FUNCTIONS_ENVIRONMENT ??= 'Development';
}

/**
 * Whether the app setting `AzureWebJobs.<name>.Disabled` keeps the function from being triggered; with underscores for
 * shells that take no dots (https://learn.microsoft.com/azure/azure-functions/disable-function).
 */
export function isFunctionDisabled(name: string): boolean {
  return [`AzureWebJobs.${name}.Disabled`, `AzureWebJobs_${name}_Disabled`].some((setting) =>
    /^(?:true|1)$/i.test(process.env[setting] ?? ''),
  );
}

/** Replaces each `%NAME%` by the app setting of that name. */
export function resolveSettingsIn(text: string): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined || value === '') throw new Error(`'%${name}%' does not resolve to a value.`);
    return value;
  });
}

/** The connection string behind a binding's `connection`, which may leave out the prefix AzureWebJobs. */
export function resolveConnectionString(connection: string): string {
  const name = connection === '' ? 'AzureWebJobsStorage' : connection;
  const value = process.env[`AzureWebJobs${name}`] || process.env[name];
  if (value !== undefined && value !== '') return value;
  const identityBased = Object.keys(process.env).some((key) => key.startsWith(`${name}__`));
  throw new Error(
    identityBased
      ? `the connection '${name}' is identity-based, which the local host does not support: set '${name}' to a connection string.`
      : `the app setting '${name}' with the storage connection string is missing.`,
  );
}

function parseFile<Schema extends z.ZodType>(directory: string, name: string, schema: Schema): z.output<Schema> {
  let text: string;
  try {
    text = readFileSync(join(directory, name), 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    text = '{}';
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${messageOf(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new Error(`${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
