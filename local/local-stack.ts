// The whole stack on this machine: Azurite, the Graph simulator, and the built app on the local Functions host.
// Used by the demo, `npm start`, the tests and the benchmarks; ends everything it started.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAzurite, type Azurite } from './azurite';
import { Closing } from './closing';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from './functions-host/spawn-functions-host';
import { startGraphSimulator, type GraphSimulator } from './graph-simulator/server';

export interface LocalStack {
  readonly azurite: Azurite;
  readonly simulator: GraphSimulator;
  readonly host: SpawnedFunctionsHost;
  /** Where Graph's notifications are to be sent; the callbackUrl of a call. */
  readonly callbackUrl: string;
  close(): Promise<void>;
}

export interface LocalStackOptions {
  /** Port of the functions; default: a free one. */
  readonly hostPort?: number;
  /** Port of the Graph simulator; default: a free one. */
  readonly simulatorPort?: number;
  /** Settings that differ from local.settings.sample.json. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told what is being started, and what is ready. */
  readonly onProgress?: (line: string) => void;
  /** Every line that the host prints. */
  readonly onHostLine?: (line: string) => void;
}

export const APP_DIRECTORY = join(__dirname, '..');

export async function startLocalStack({
  hostPort = 0,
  simulatorPort = 0,
  settings = {},
  onProgress = () => {},
  onHostLine,
}: LocalStackOptions = {}): Promise<LocalStack> {
  const closing = new Closing();
  const close = () => closing.all();
  try {
    onProgress('starting Azurite (Azure Storage emulator) ...');
    const azurite = await startAzurite();
    closing.add('Azurite', () => azurite.close());
    onProgress('starting the Graph simulator ...');
    const simulator = await startGraphSimulator({ port: simulatorPort });
    closing.add('the Graph simulator', () => simulator.close());
    onProgress('starting the functions ...');
    const host = await spawnFunctionsHost({
      appDirectory: APP_DIRECTORY,
      env: { ...inherited(), ...sampleSettings(), ...settingsFor(azurite, simulator), ...settings },
      port: hostPort,
      ...(onHostLine && { onLine: onHostLine }),
    });
    closing.add('the functions', () => host.close());
    return { azurite, simulator, host, callbackUrl: `${host.url}/api/callNotifications`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Every setting of local.settings.sample.json. Those without a value are empty, so that no local.settings.json shines through. */
export function sampleSettings(): Record<string, string> {
  const sample = JSON.parse(readFileSync(join(APP_DIRECTORY, 'local.settings.sample.json'), 'utf8')) as {
    Values: Record<string, string>;
  };
  return sample.Values;
}

/** What depends on the ports of this run. */
export function settingsFor(
  azurite: Pick<Azurite, 'connectionString'>,
  simulator: GraphSimulator,
): Record<string, string> {
  return {
    AzureWebJobsStorage: azurite.connectionString,
    GRAPH_CLIENT_ID: simulator.appId,
    GRAPH_BASE_URL: simulator.url,
    NOTIFICATION_METADATA_URL: simulator.callingServiceMetadataUrl,
    NOTIFICATION_ENTRA_METADATA_URL: simulator.entraMetadataUrl,
    IDENTITY_ENDPOINT: simulator.identityEndpoint,
    IDENTITY_HEADER: simulator.identityHeader,
  };
}

/** Of this process's environment, only what Node itself needs. */
export function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP', 'LOCAL_FUNCTION_KEY'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
