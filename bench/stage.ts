// Where a measurement takes place: Azurite, the Graph simulator and one or more
// instances of one app, all new, with a gauge in each process.
// Every cell of a scenario (a peer in a repeat) has a stage of its own, so that none finds what another left behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite, type Azurite } from '../local/azurite';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../local/functions-host/spawn-functions-host';
import { startGraphSimulator, type GraphSimulator } from '../local/graph-simulator/server';
import { inherited, sampleSettings, settingsFor } from '../local/local-stack';
// The proxies of the chaos run also count: with no faults they only log what passes on the wire.
import { startFaultProxy, type FaultProxy } from '../test/chaos/proxy/fault-proxy';
import type { FaultRates } from '../test/chaos/proxy/network-faults';
import { storageThrough, type ProxiedStorage } from '../test/chaos/proxy/storage-through';
import { seededRandom } from '../test/proof/simulation/seeded-random';
import { Gauges } from './figures/gauges';
import { GAUGE_FILE, PROFILE_FILE, startGauge } from './processes/process-gauge.mjs';

export const FUNCTION_KEY = 'bench';

/** One instance of the app. */
export interface InstancePlan {
  readonly appDirectory: string;
  /** Settings of this instance alone. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface StageOptions {
  readonly instances: readonly InstancePlan[];
  /** Between the instances and storage and Graph; absent: they are reached directly. */
  readonly proxies?: { readonly seed: number; readonly rates: FaultRates };
  /** The host prints when each function begins and ends. Default false. */
  readonly verbose?: boolean;
  /** Default: none are measured. */
  readonly isGauged?: boolean;
  /**
   * CPU profiles of the first instance and of Azurite are written into this
   * directory, from `toggleProfiles` to its second call.
   */
  readonly profileDirectory?: string;
  /** One that is running already and stays; the stage then has a queue and a table of its own. Default: a new one. */
  readonly azurite?: Azurite;
}

export interface Stage {
  readonly azurite: Azurite;
  /** When the emulator was ready, or was found running; epoch milliseconds. */
  readonly azuriteReadyAtMs: number;
  readonly simulator: GraphSimulator;
  readonly hosts: readonly SpawnedFunctionsHost[];
  readonly storage?: ProxiedStorage;
  readonly graph?: FaultProxy;
  readonly gauges: Gauges;
  /** Settings that all instances have. */
  readonly settings: Readonly<Record<string, string>>;
  /** The first instance is the one that callers and Graph reach. */
  readonly enqueueUrl: string;
  readonly callbackUrl: string;
  /** Collects the garbage of the first instance; its gauge then adds a line. */
  collectGarbage(): void;
  toggleProfiles(): void;
  close(): Promise<void>;
}

export async function startStage(options: StageOptions): Promise<Stage> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const directory = mkdtempSync(join(tmpdir(), 'tones-bench-'));
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const gauges = new Gauges(directory);
    const gaugeIn = (name: string): Record<string, string> =>
      options.isGauged === true ? gaugeSettings(gauges.fileOf(name), profileFile(options, name)) : {};

    const azurite = options.azurite ?? (await within(gaugeIn('azurite'), startAzurite));
    const azuriteReadyAtMs = Date.now();
    if (options.azurite === undefined) closers.push(() => azurite.close());
    const simulator = await startGraphSimulator({ port: 0 });
    closers.push(() => simulator.close());
    const { proxies } = options;
    const storage =
      proxies && (await storageThrough(azurite, { random: seededRandom(proxies.seed), rates: proxies.rates }));
    if (storage) closers.push(() => storage.close());
    const graph =
      proxies &&
      (await startFaultProxy({
        upstreamPort: simulator.port,
        random: seededRandom(proxies.seed + 1),
        rates: proxies.rates,
      }));
    if (graph) closers.push(() => graph.close());

    const throughProxies = {
      ...settingsThrough(settingsFor(azurite, simulator), simulator, graph),
      ...(storage && { AzureWebJobsStorage: storage.connectionString }),
    };
    const settings = { ...sampleSettings(), ...throughProxies, ...(options.azurite && namesOfItsOwn()) };
    const common = { ...inherited(), ...settings, LOCAL_FUNCTION_KEY: FUNCTION_KEY };
    const hosts = await Promise.all(
      options.instances.map(async ({ appDirectory, settings: own }, position) => {
        const env = { ...common, ...gaugeIn(`host ${position + 1}`), ...own };
        const host = await spawnFunctionsHost({ appDirectory, env, verbose: options.verbose ?? false });
        closers.push(() => host.close());
        return host;
      }),
    );
    if (options.isGauged === true) closers.push(startGauge(gauges.fileOf('simulator')));
    const [first] = hosts;
    if (first === undefined) throw new Error('a stage needs an instance');
    const signal = (pid: number | undefined) => pid !== undefined && process.kill(pid, 'SIGUSR2');
    return {
      ...{ azurite, azuriteReadyAtMs, simulator, hosts, gauges, settings, close },
      ...(storage && { storage }),
      ...(graph && { graph }),
      enqueueUrl: `${first.url}/api/enqueueTones`,
      callbackUrl: `${first.url}/api/callNotifications`,
      collectGarbage: () => signal(first.process.pid),
      toggleProfiles: () => [first.process.pid, azurite.pid].forEach(signal),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

let named = 0;

function namesOfItsOwn(): Record<string, string> {
  named += 1;
  return { TONE_REQUESTS_QUEUE: `bench-${named}`, TONE_OUTCOMES_TABLE: `Bench${named}` };
}

function settingsThrough(
  settings: Readonly<Record<string, string>>,
  simulator: GraphSimulator,
  graph: FaultProxy | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, graph ? value.replace(simulator.url, graph.url) : value]),
  );
}

function gaugeSettings(gaugeFile: string, profile: string | undefined): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${join(__dirname, 'processes/process-gauge.mts')}`,
    [GAUGE_FILE]: gaugeFile,
    ...(profile !== undefined && { [PROFILE_FILE]: profile }),
  };
}

function profileFile({ profileDirectory }: StageOptions, name: string): string | undefined {
  return profileDirectory === undefined || !['azurite', 'host 1'].includes(name)
    ? undefined
    : join(profileDirectory, `${name.replaceAll(' ', '-')}.cpuprofile`);
}

/** Azurite's starter hands on the environment as it is; it spawns before its first wait. */
function within<T>(settings: Readonly<Record<string, string>>, start: () => Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(settings).map((name) => [name, process.env[name]]));
  Object.assign(process.env, settings);
  try {
    return start();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
