// The whole stack on this machine: its surroundings (Azurite, the Graph
// simulator) and the built app on the local Functions host.
// Knows no test and prints nothing; ends everything it started. The
// surroundings alone serve an app that something else runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WELL_KNOWN_PORTS, startAzurite, type Azurite } from './azurite';
import { Closing } from './closing';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from './functions-host/spawn-functions-host';
import { startGraphSimulator, type GraphSimulator } from './graph-simulator/server';
import { takenPorts } from './taken-ports';

export interface Surroundings {
  readonly azurite: Azurite;
  readonly simulator: GraphSimulator;
  close(): Promise<void>;
}

export interface SurroundingsOptions {
  /** `well-known`: the ports of `UseDevelopmentStorage=true` where all are free. Default: free ones. */
  readonly storagePorts?: 'well-known' | 'free';
  /** Port of the Graph simulator; default: a free one. */
  readonly simulatorPort?: number;
  /** Given a line for each thing that is being started. */
  readonly onProgress?: (line: string) => void;
}

export interface LocalStack {
  readonly azurite: Azurite;
  readonly simulator: GraphSimulator;
  readonly host: SpawnedFunctionsHost;
  /** Where Graph's notifications are to be sent; the callbackUrl of a call. */
  readonly callbackUrl: string;
  close(): Promise<void>;
}

export interface LocalStackOptions extends SurroundingsOptions {
  /** Port of the functions; default: a free one. */
  readonly hostPort?: number;
  /** Settings that differ from local.settings.sample.json. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Every line that the host prints. */
  readonly onHostLine?: (line: string) => void;
}

export const APP_DIRECTORY = join(__dirname, '..');

export async function startLocalStack({
  hostPort = 0,
  settings = {},
  onHostLine,
  ...options
}: LocalStackOptions = {}): Promise<LocalStack> {
  const closing = new Closing();
  const close = () => closing.all();
  const surroundings = await startSurroundings(options);
  const { azurite, simulator } = surroundings;
  closing.add('storage and simulator', () => surroundings.close());
  try {
    options.onProgress?.('starting the functions ...');
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

export async function startSurroundings({
  storagePorts = 'free',
  simulatorPort = 0,
  onProgress = () => {},
}: SurroundingsOptions = {}): Promise<Surroundings> {
  onProgress('starting Azurite (Azure Storage emulator) ...');
  const azurite = storagePorts === 'free' ? await startAzurite() : await startAzuriteWhereExpected(onProgress);
  try {
    onProgress('starting the Graph simulator ...');
    const simulator = await startGraphSimulator({ port: simulatorPort, toneTime: 'real' });
    const closing = new Closing();
    closing.add('Azurite', () => azurite.close());
    closing.add('the Graph simulator', () => simulator.close());
    return { azurite, simulator, close: () => closing.all() };
  } catch (error) {
    await azurite.close();
    throw error;
  }
}

/** All three on their well-known ports, or none: `UseDevelopmentStorage=true` means all three. */
async function startAzuriteWhereExpected(onProgress: (line: string) => void): Promise<Azurite> {
  const ports = Object.values(WELL_KNOWN_PORTS);
  let taken = await takenPorts(ports);
  if (taken.length === 0) {
    try {
      return await startAzurite(WELL_KNOWN_PORTS);
    } catch (error) {
      // Somebody may have been faster.
      taken = await takenPorts(ports);
      if (taken.length === 0) throw error;
    }
  }
  onProgress(`  the ports ${taken.join(', ')} of storage are taken: it gets free ones`);
  return startAzurite();
}

/**
 * Every setting of local.settings.sample.json. Those without a value are
 * empty, so that no local.settings.json shines through.
 */
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

/**
 * What a local.settings.json that was copied from the sample must have
 * changed to lead to these surroundings; often nothing.
 */
export function settingsUnlikeSample({ azurite, simulator }: Surroundings): Record<string, string> {
  const sample = sampleSettings();
  const needed = settingsFor(azurite, simulator);
  if (azurite.onWellKnownPorts) needed['AzureWebJobsStorage'] = 'UseDevelopmentStorage=true';
  return Object.fromEntries(Object.entries(needed).filter(([name, value]) => sample[name] !== value));
}

/** Of this process's environment, only what Node itself needs. */
export function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP', 'LOCAL_FUNCTION_KEY'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
