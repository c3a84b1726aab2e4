// Several instances of the built app on one storage account, each behind fault proxies of its own, and their violent deaths.
// Stands under chaos-run. Kills only processes that it started, by the handle it started them with.
import type { Azurite } from '../../local/azurite';
import { Closing } from '../../local/closing';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../local/functions-host/spawn-functions-host';
import type { GraphSimulator } from '../../local/graph-simulator/server';
import { APP_DIRECTORY, inherited, sampleSettings, settingsFor } from '../../local/local-stack';
import { describeEnd } from '../../local/watched-child';
import { withinLimit } from '../../local/within-limit';
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
  /** The first instance is never killed, and has these settings more. */
  readonly spared?: Readonly<Record<string, string>> | undefined;
}

/** When an instance is to die: as soon as a request of this kind of its own is at this moment. */
export interface Trigger {
  readonly operation: WireOperation;
  readonly moment: Moment;
}

/** A place for an instance: its proxies stay, its processes come and go. */
interface Slot {
  readonly name: string;
  /** Nobody kills it. */
  readonly isSpared: boolean;
  readonly storage: ProxiedStorage;
  readonly graph: FaultProxy;
  host?: SpawnedFunctionsHost | undefined;
  trigger?: Trigger | undefined;
  /** The start that is under way or done. */
  started: Promise<void>;
}

const MOST_STARTS = 3;
/** Each has 30 seconds, and 10 to be ended where it failed. */
const START_LIMIT_MS = 45_000;
/** To close: a start that is under way, and 50 seconds for an instance that has to be killed in the end. */
export const CLOSING_LIMIT_MS = START_LIMIT_MS + 60_000;

export class AppInstances {
  /** What happened that nobody of us did: an instance that ended by itself, or did not start or end as it should. */
  readonly crashes: string[] = [];
  /** Every line that any instance printed. */
  readonly lines: string[] = [];
  readonly killsBy = { moment: 0, pause: 0, trigger: 0 };
  /** When each kill was; epoch milliseconds. */
  readonly killedAt: number[] = [];
  readonly #slots: Slot[] = [];
  readonly #proxies = new Closing();
  #closing = false;

  private constructor(private readonly options: InstancesOptions) {}

  static async start(options: InstancesOptions, signal: AbortSignal): Promise<AppInstances> {
    const instances = new AppInstances(options);
    try {
      await instances.#start(signal);
      return instances;
    } catch (error) {
      await instances.close();
      throw error;
    }
  }

  get kills(): number {
    return this.killedAt.length;
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
  killAnyNow(way: 'moment' | 'pause'): void {
    const live = this.#slots.filter(({ host, isSpared }) => host !== undefined && !isSpared);
    const slot = live[this.options.random.between(0, live.length - 1)];
    if (slot) this.#kill(slot, way);
  }

  /** Whichever instance first makes such a request is killed at that moment. */
  killAt(trigger: Trigger): void {
    for (const slot of this.#slots) if (!slot.isSpared) slot.trigger = trigger;
  }

  /** Of the instance that is never killed; it answers with a line of its gauge. */
  collectGarbage(): void {
    this.#slots.find(({ isSpared }) => isSpared)?.host?.process.kill('SIGUSR2');
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

  /** Once every start that is under way has ended, well or not. */
  async allLive(signal?: AbortSignal): Promise<void> {
    const starts = Promise.all(this.#slots.map(({ started }) => started));
    await withinLimit('the starts of the instances', MOST_STARTS * START_LIMIT_MS, starts, signal);
  }

  /** Ends every instance in the orderly way, then the proxies, also where an instance could not be ended. */
  async close(): Promise<void> {
    this.#closing = true;
    try {
      await Promise.all(this.#slots.map((slot) => this.#end(slot)));
    } finally {
      await this.#proxies.all();
    }
  }

  async #end(slot: Slot): Promise<void> {
    await withinLimit(`the start of ${slot.name}`, START_LIMIT_MS, slot.started);
    const code = await slot.host?.close();
    if (slot.host === undefined || code === 0) return;
    const reason = slot.host.lines.find((line) => line.includes('Functions are still running')) ?? 'no reason given';
    this.crashes.push(`${slot.name} ended with code ${code} on SIGTERM: ${reason}`);
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { azurite, simulator, count, random, storageRates, graphRates, spared } = this.options;
    for (let position = 0; position < count; position += 1) {
      const onMoment = (moment: Moment, request: ProxiedRequest) => this.#onMoment(slot, moment, request);
      const slot: Slot = {
        name: `instance ${position + 1}`,
        isSpared: position === 0 && spared !== undefined,
        storage: await storageThrough(azurite, { random, rates: storageRates, onMoment }),
        graph: await startFaultProxy({ upstreamPort: simulator.port, random, rates: graphRates, onMoment }),
        started: Promise.resolve(),
      };
      this.#slots.push(slot);
      this.#proxies.add(`the storage proxies of ${slot.name}`, () => slot.storage.close());
      this.#proxies.add(`the Graph proxy of ${slot.name}`, () => slot.graph.close());
      slot.started = this.#startHost(slot);
    }
    await this.allLive(signal);
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
        void host.ended.then((end) => {
          if (slot.host !== host || this.#closing) return;
          slot.host = undefined;
          this.crashes.push(`${slot.name} ${describeEnd(end)} by itself: ${host.lines.slice(-5).join(' | ')}`);
          slot.started = this.#startHost(slot);
        });
        return;
      } catch (error) {
        this.crashes.push(`${slot.name} did not start: ${String(error)}`);
      }
    }
  }

  #environmentOf({ storage, graph, isSpared }: Slot): Record<string, string> {
    const { azurite, simulator, settings, spared } = this.options;
    const through = Object.entries(settingsFor(azurite, simulator)).map(
      ([name, value]) => [name, value.replace(simulator.url, graph.url)] as const,
    );
    const own = { AzureWebJobsStorage: storage.connectionString, LOCAL_FUNCTION_KEY: FUNCTION_KEY };
    return {
      ...inherited(),
      ...sampleSettings(),
      ...Object.fromEntries(through),
      ...settings,
      ...own,
      ...(isSpared && spared),
    };
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
    this.killedAt.push(Date.now());
    host.process.kill('SIGKILL');
    slot.started = host.ended.then(() => this.#startHost(slot));
  }
}
