// One simulated world: instances of the app that run the rules under proof, storage, queues, Graph, callers and a timer.
// Everything happens in virtual time and by one seed. shared/tones decides; this file only lets things happen to it.
import { makeDeliveryPolicy, type DeliveryPolicy } from '../../../shared/tones/facts/delivery-policy';
import type { Stated, Violation } from '../judge/promises';
import { Witness } from '../judge/witness';
import { runTimer, type Design, type Rules } from '../rules';
import { Cancelers } from './cancelers';
import type { FaultName, FaultRates } from './faults';
import { makeInstanceClock } from './instance-clock';
import { Outages } from './outages';
import { portsOf } from './ports-of';
import { seededRandom, type SeededRandom } from './seeded-random';
import { SimulatedCallbacks } from './simulated-callbacks';
import { SimulatedGraph } from './simulated-graph';
import { SimulatedQueue } from './simulated-queue';
import { makeSimulatedStorage, openEntryOf, type SimulatedStorage } from './simulated-storage';
import { Tenants } from './tenants';
import { makeVirtualTime, type VirtualTime } from './virtual-time';
import { Waiters } from './waiters';

export const START = Date.UTC(2026, 0, 1);
const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
const TIMER_EVERY_MS = 30_000;
/** Everything of a world is over by then: the longest deadline, the watch, late notifications, a redelivery after ten minutes. */
const HORIZON_MS = 1_500_000;
/** In a world that sees its rows deleted the timer then runs four times a day, until so many days after the start. */
const RETENTION_EVERY_MS = DAY_MS / 4;
const RETENTION_HORIZON_MS = 7 * DAY_MS;
const INSTANCES = 3;
/** What concerns no request: an error of the timer's own requests, the notification of a call. */
export const NOBODY = '-';

const SETTINGS = { sendGraceSeconds: 30, notificationGraceSeconds: 60, waitMinSeconds: 1, partLatenessSeconds: 5 };
/** Instances of two settings run side by side. */
const WAIT_MAX_SECONDS = [8, 4] as const;

export interface WorldOptions {
  readonly seed: number;
  readonly design: Design;
  readonly faults: FaultRates;
  readonly tracing: boolean;
  /** Rows are kept for two days, and the world lives until they are gone. */
  readonly seesRetention: boolean;
}

/** An instance of the app. What it does after its death reaches nobody. */
export class Instance {
  dead = false;
  readonly clock: { now(): number };
  /** An app of the version before: it knows no newer fields of a message. */
  readonly isOlder: boolean;
  readonly policy: DeliveryPolicy;
  /** What happens elsewhere when it dies. */
  readonly onDeath = new Set<() => void>();

  constructor(world: World) {
    const { random } = world;
    this.clock = makeInstanceClock(world.time, random);
    this.isOlder = random.chance(0.2);
    this.policy = makeDeliveryPolicy({
      ...SETTINGS,
      waitMaxSeconds: random.pick(WAIT_MAX_SECONDS),
      outcomeRetentionDays: world.stated.retentionMs / DAY_MS,
    });
  }
}

/** One invocation of a function on an instance, for the request that it is about. */
export interface Work {
  readonly instance: Instance;
  readonly clientContext: string;
  /** When it sent its claim to storage. */
  claimedAt: number;
}

export class World {
  readonly seed: number;
  readonly faults: FaultRates;
  readonly tracing: boolean;
  readonly time: VirtualTime = makeVirtualTime(START);
  readonly random: SeededRandom;
  readonly storage: SimulatedStorage = makeSimulatedStorage();
  readonly stated: Stated;
  readonly witness: Witness;
  readonly graph: SimulatedGraph;
  readonly queue: SimulatedQueue;
  readonly callbacks: SimulatedCallbacks;
  readonly outages: Outages;
  readonly cancelers: Cancelers;
  readonly waiters: Waiters;
  readonly tenants: Tenants;
  /** Its queries over partitions open with a page without rows. */
  readonly opensEmpty: boolean;
  /** When the request to storage that is being executed was sent. */
  sentAt = START;
  /** Requests that its callers make. */
  requestCount = 0;
  private readonly design: Design;
  private readonly seesRetention: boolean;
  private readonly instances: Instance[];
  private ids = 0;

  constructor({ seed, design, faults, tracing, seesRetention }: WorldOptions) {
    this.seed = seed;
    this.design = design;
    this.faults = faults;
    this.tracing = tracing;
    this.seesRetention = seesRetention;
    this.random = seededRandom(seed);
    this.stated = {
      sendGraceMs: SETTINGS.sendGraceSeconds * SECOND_MS,
      notificationGraceMs: SETTINGS.notificationGraceSeconds * SECOND_MS,
      partLatenessMs: SETTINGS.partLatenessSeconds * SECOND_MS,
      longestWaitMs: Math.max(...WAIT_MAX_SECONDS) * SECOND_MS,
      retentionMs: (seesRetention ? 2 : 30) * DAY_MS,
    };
    this.witness = new Witness(this, this.stated);
    this.outages = new Outages(this);
    this.opensEmpty = this.random.chance(this.faults.pageEmpty);
    this.graph = new SimulatedGraph(this);
    this.queue = new SimulatedQueue(this);
    this.callbacks = new SimulatedCallbacks(this);
    this.cancelers = new Cancelers(this);
    this.waiters = new Waiters(this);
    this.tenants = new Tenants(seed);
    this.instances = Array.from({ length: INSTANCES }, () => new Instance(this));
    this.watchTables();
    this.time.plan(this.random.between(0, TIMER_EVERY_MS), () => this.runTimer());
  }

  judge(): Violation[] {
    for (const [name, status] of this.callbacks.heard) this.witness.history.heard.set(name, status);
    return this.witness.judge();
  }

  newId(kind: string): string {
    return `${kind}-${(this.ids += 1)}`;
  }

  instance(): Instance {
    return this.instances[this.random.between(0, INSTANCES - 1)] as Instance;
  }

  /** Counts a fault if it happens now, and notes it for the request. */
  strikes(fault: FaultName, clientContext: string): boolean {
    if (!this.random.chance(this.faults[fault])) return false;
    this.witness.fault(fault, clientContext);
    return true;
  }

  kill(): void {
    const position = this.random.between(0, INSTANCES - 1);
    const killed = this.instances[position] as Instance;
    killed.dead = true;
    for (const die of [...killed.onDeath]) die();
    this.instances[position] = new Instance(this);
  }

  /** Runs work on some instance; resolves to undefined when the instance dies first. Rejections are the caller's. */
  async workOn<T>(
    clientContext: string,
    work: (rules: Rules, instance: Instance) => Promise<T>,
  ): Promise<{ value: T } | undefined> {
    const instance = this.instance();
    const rules = this.design(portsOf(this, { instance, clientContext, claimedAt: 0 }));
    let die: () => void = () => undefined;
    const death = new Promise<undefined>((resolve) => {
      die = () => {
        this.witness.note('kill', clientContext);
        resolve(undefined);
      };
      instance.onDeath.add(die);
    });
    try {
      return await Promise.race([death, work(rules, instance).then((value) => ({ value }))]);
    } finally {
      instance.onDeath.delete(die);
    }
  }

  private watchTables(): void {
    const { outcomes, index } = this.storage;
    outcomes.onWrite = (name, before, row) => {
      this.witness.rowWritten(name, before, row, this.sentAt, openEntryOf(index, name) !== undefined);
      if (row.status === 'sending' && before?.status !== 'sending') this.witness.claimed(name, this.sentAt);
      if (row.status !== before?.status) this.cancelers.seen(name, row.status);
    };
    outcomes.onRemove = (name) => this.witness.rowDeleted(name);
    index.onDelete = ({ partitionKey, rowKey }) => {
      const name = rowKey.slice('r '.length);
      if (partitionKey === 'open' && rowKey.startsWith('r ')) this.witness.entryMissing(name, outcomes.read(name));
    };
  }

  private runTimer(): void {
    const age = this.time.now - START;
    const isLeft = this.queue.skipped.size + this.callbacks.skipped.size + this.storage.index.all('open').length > 0;
    const isIdle = this.time.planned === 0 && !isLeft;
    // Nothing is open and nothing else can happen: later runs would see the same.
    if (isIdle && !this.seesRetention) return;
    if (!isIdle || age > HORIZON_MS) {
      const run = this.witness.timerStarted();
      this.workOn(NOBODY, runTimer).then(
        (ended) => (run.ok = ended !== undefined),
        () => (run.ok = false),
      );
    }
    if (age < HORIZON_MS) this.time.plan(TIMER_EVERY_MS, () => this.runTimer());
    else if (this.seesRetention && age < RETENTION_HORIZON_MS)
      this.time.plan(RETENTION_EVERY_MS, () => this.runTimer());
  }
}
