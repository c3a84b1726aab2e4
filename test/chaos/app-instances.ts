// Several instances of the built app on one storage account, each behind fault proxies of its own, and their violent deaths.
// Stands under chaos-run. Kills only processes that it started, by the handle it started them with.
import { once } from 'node:events';
import type { Azurite } from '../../local/azurite';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../local/functions-host/spawn-functions-host';
import type { GraphSimulator } from '../../local/graph-simulator/server';
import { APP_DIRECTORY, inherited, sampleSettings, settingsFor } from '../../local/local-stack';
import type { SeededRandom } from '../proof/simulation/seeded-random';
import { startFaultProxy, type FaultProxy, type Moment, type ProxiedRequest } from './proxy/fault-proxy';
import { NO_FAULTS, type FaultRates } from './proxy/network-faults';
import { storageThrough, type ProxiedStorage } from './proxy/storage-through';
import type { WireOperation } from './proxy/wire-operation';

export const FUNCTION_KEY = 'chaos';

export interface InstancesOptions {
  readonly azurite: Azurite;
  readonly simulator: GraphSimulator;
  readonly count: number;
  readonly random: SeededRandom;
  readonly settings: Readonly<Record<string, string>>;
  readonly storageRates: FaultRates;
  readonly graphRates: FaultRates;
  /** Default: this repository, with its built dist/. */
  readonly appDirectory?: string;
}

/** When an instance is to die: as soon as a request of this kind of its own is at this moment. */
export interface Trigger {
  readonly operation: WireOperation;
  readonly moment: Moment;
}

/** A place for an instance: its proxies stay, its processes come and go. */
interface Slot {
  readonly name: string;
  readonly storage: ProxiedStorage;
  readonly graph: FaultProxy;
  host?: SpawnedFunctionsHost | undefined;
  trigger?: Trigger | undefined;
  /** The start that is under way or done. */
  started: Promise<void>;
}

const MOST_STARTS = 3;

export class AppInstances {
  /** What happened that nobody of us did: an instance that ended by itself, or did not start or end as it should. */
  readonly crashes: string[] = [];
  /** Every line that any instance printed. */
  readonly lines: string[] = [];
  readonly killsBy = { moment: 0, trigger: 0 };
  readonly #slots: Slot[] = [];
  #closing = false;

  private constructor(private readonly options: InstancesOptions) {}

  static async start(options: InstancesOptions): Promise<AppInstances> {
    const instances = new AppInstances(options);
    try {
      await instances.#start();
      return instances;
    } catch (error) {
      await instances.close();
      throw error;
    }
  }

  get kills(): number {
    return this.killsBy.moment + this.killsBy.trigger;
  }

  get storage(): readonly ProxiedStorage[] {
    return this.#slots.map(({ storage }) => storage);
  }

  get graph(): readonly FaultProxy[] {
    return this.#slots.map(({ graph }) => graph);
  }

  /** Those that take requests now. */
  get liveUrls(): readonly string[] {
    return this.#slots.flatMap(({ host }) => (host === undefined ? [] : [host.url]));
  }

  /** Ends one of the live instances without a word and starts another in its place. */
  killAnyNow(): void {
    const live = this.#slots.filter(({ host }) => host !== undefined);
    const slot = live[this.options.random.between(0, live.length - 1)];
    if (slot) this.#kill(slot, 'moment');
  }

  /** Whichever instance first makes such a request is killed at that moment. */
  killAt(trigger: Trigger): void {
    for (const slot of this.#slots) slot.trigger = trigger;
  }

  disarm(): void {
    for (const slot of this.#slots) slot.trigger = undefined;
  }

  /** From now on the network is good. */
  calm(): void {
    for (const { storage, graph } of this.#slots) {
      storage.useRates(NO_FAULTS);
      graph.useRates(NO_FAULTS);
    }
  }

  async allLive(): Promise<void> {
    await Promise.all(this.#slots.map(({ started }) => started));
  }

  /** Ends every instance in the orderly way, then the proxies. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.allLive();
    await Promise.all(
      this.#slots.map(async ({ host, name }) => {
        const code = await host?.close();
        if (host && code !== 0) this.crashes.push(`${name} ended with code ${code} on SIGTERM`);
      }),
    );
    await Promise.all(this.#slots.flatMap(({ storage, graph }) => [storage.close(), graph.close()]));
  }

  async #start(): Promise<void> {
    const { azurite, simulator, count, random, storageRates, graphRates } = this.options;
    for (let position = 0; position < count; position += 1) {
      const onMoment = (moment: Moment, request: ProxiedRequest) => this.#onMoment(slot, moment, request);
      const slot: Slot = {
        name: `instance ${position + 1}`,
        storage: await storageThrough(azurite, { random, rates: storageRates, onMoment }),
        graph: await startFaultProxy({ upstreamPort: simulator.port, random, rates: graphRates, onMoment }),
        started: Promise.resolve(),
      };
      this.#slots.push(slot);
      slot.started = this.#startHost(slot);
    }
    await this.allLive();
    if (this.liveUrls.length < count) throw new Error(`not every instance started:\n${this.crashes.join('\n')}`);
  }

  async #startHost(slot: Slot): Promise<void> {
    for (let attempt = 1; attempt <= MOST_STARTS && !this.#closing; attempt += 1) {
      try {
        const host = await spawnFunctionsHost({
          appDirectory: this.options.appDirectory ?? APP_DIRECTORY,
          env: this.#environmentOf(slot),
          onLine: (line) => this.lines.push(line),
        });
        slot.host = host;
        host.process.once('exit', (code, signal) => {
          if (slot.host !== host || this.#closing) return;
          slot.host = undefined;
          this.crashes.push(`${slot.name} ended by itself (${code ?? signal}): ${host.lines.slice(-5).join(' | ')}`);
          slot.started = this.#startHost(slot);
        });
        return;
      } catch (error) {
        this.crashes.push(`${slot.name} did not start: ${String(error)}`);
      }
    }
  }

  #environmentOf({ storage, graph }: Slot): Record<string, string> {
    const { azurite, simulator, settings } = this.options;
    const through = Object.entries(settingsFor(azurite, simulator)).map(
      ([name, value]) => [name, value.replace(simulator.url, graph.url)] as const,
    );
    const own = { AzureWebJobsStorage: storage.connectionString, LOCAL_FUNCTION_KEY: FUNCTION_KEY };
    return { ...inherited(), ...sampleSettings(), ...Object.fromEntries(through), ...settings, ...own };
  }

  #onMoment(slot: Slot, moment: Moment, { operation }: ProxiedRequest): void {
    if (slot.host === undefined || slot.trigger?.operation !== operation || slot.trigger.moment !== moment) return;
    this.#kill(slot, 'trigger');
  }

  #kill(slot: Slot, way: keyof AppInstances['killsBy']): void {
    const { host } = slot;
    if (host === undefined) return;
    this.disarm();
    slot.host = undefined;
    this.killsBy[way] += 1;
    const gone = once(host.process, 'exit');
    host.process.kill('SIGKILL');
    slot.started = gone.then(() => this.#startHost(slot));
  }
}
