// One simulated world: instances of the app that run the rules under proof, storage, a queue, Graph, callers and a timer.
// Everything happens in virtual time and by one seed. shared/tones decides; this file only lets things happen to it.
import { makeDeliveryPolicy, type DeliveryPolicy } from '../../../shared/tones/facts/delivery-policy';
import type { FaultName, FaultRates } from './faults';
import type { Design, Ports, Rules } from '../rules';
import { seededRandom, type SeededRandom } from './seeded-random';
import { SimulatedCallbacks } from './simulated-callbacks';
import { SimulatedGraph } from './simulated-graph';
import { SimulatedQueue } from './simulated-queue';
import { makeSimulatedStorage, type SimulatedStorage } from './simulated-storage';
import { makeVirtualTime, type VirtualTime } from './virtual-time';
import { Witness } from './witness';

export const START = Date.UTC(2026, 0, 1);
const TIMER_EVERY_MS = 30_000;
/** Everything of a world is over by then: the longest deadline, the watch, late notifications, a redelivery after ten minutes. */
const HORIZON_MS = 1_300_000;
const INSTANCES = 3;

export const POLICY: DeliveryPolicy = makeDeliveryPolicy({
  sendGraceSeconds: 30,
  notificationGraceSeconds: 60,
  waitMinSeconds: 1,
  waitMaxSeconds: 8,
  partLatenessSeconds: 5,
  outcomeRetentionDays: 30,
});

/** An instance of the app. What it does after its death reaches nobody. */
export class Instance {
  dead = false;
  readonly rules: Rules;
  /** clientContexts that it is working on. */
  readonly working = new Map<string, number>();
  /** What happens elsewhere when it dies. */
  readonly onDeath = new Set<() => void>();
  constructor(world: World) {
    this.rules = world.design(world.portsOf(this));
  }
}

export class World {
  readonly time: VirtualTime = makeVirtualTime(START);
  readonly random: SeededRandom;
  readonly storage: SimulatedStorage = makeSimulatedStorage();
  readonly witness: Witness;
  readonly graph: SimulatedGraph;
  readonly queue: SimulatedQueue;
  readonly callbacks: SimulatedCallbacks;
  private readonly instances: Instance[];
  private ids = 0;

  constructor(
    readonly seed: number,
    readonly design: Design,
    readonly faults: FaultRates,
    readonly tracing: boolean,
  ) {
    this.random = seededRandom(seed);
    this.witness = new Witness(this);
    this.graph = new SimulatedGraph(this);
    this.queue = new SimulatedQueue(this);
    this.callbacks = new SimulatedCallbacks(this);
    this.storage.outcomes.onWrite = (key, before, after) => this.witness.rowWritten(key, before, after);
    this.instances = Array.from({ length: INSTANCES }, () => new Instance(this));
    this.time.plan(this.random.between(0, TIMER_EVERY_MS), () => this.runTimer());
  }

  judge(): void {
    this.witness.judge();
    this.witness.judgeCallbacks(this.callbacks.told);
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
    for (const clientContext of killed.working.keys()) this.witness.note('kill', clientContext);
    for (const die of [...killed.onDeath]) die();
    this.instances[position] = new Instance(this);
  }

  /** Runs work on an instance; resolves to undefined when the instance dies first. Rejections are the caller's. */
  async workOn<T>(
    instance: Instance,
    clientContext: string,
    work: () => Promise<T>,
  ): Promise<{ value: T } | undefined> {
    instance.working.set(clientContext, (instance.working.get(clientContext) ?? 0) + 1);
    let die: () => void = () => undefined;
    const death = new Promise<undefined>((resolve) => {
      die = () => resolve(undefined);
      instance.onDeath.add(die);
    });
    try {
      return await Promise.race([death, work().then((value) => ({ value }))]);
    } finally {
      instance.onDeath.delete(die);
      const left = (instance.working.get(clientContext) ?? 1) - 1;
      if (left === 0) instance.working.delete(clientContext);
      else instance.working.set(clientContext, left);
    }
  }

  /** One storage request of an instance: latency, the fault that strikes, and the moment at which it is executed. */
  io<T>(instance: Instance, what: string, clientContext: string, execute: () => T, isClaim = false): Promise<T> {
    return new Promise((resolve, reject) => {
      if (instance.dead) return;
      const slowMs = this.strikes('storageSlow', clientContext) ? this.random.between(500, 4000) : 0;
      this.time.plan(this.random.between(1, 12) + slowMs, () => {
        // A request on its way when its sender dies may still arrive.
        if (instance.dead && this.random.chance(0.5)) return;
        const strikes = (fault: 'storageRefused' | 'storageAnswerLost' | 'storageRepeated') => {
          if (!this.strikes(fault, clientContext)) return false;
          this.witness.storageFault(fault, clientContext, isClaim);
          return true;
        };
        const refused = strikes('storageRefused');
        let result: T | undefined = refused ? undefined : execute();
        const lost = !refused && strikes('storageAnswerLost');
        if (!refused && !lost && strikes('storageRepeated')) result = execute();
        if (this.tracing)
          this.witness.trace(
            clientContext,
            `${what}${refused ? ' refused' : ` ${JSON.stringify(result)}`}${lost ? ' answer lost' : ''}${instance.dead ? ' (sender dead)' : ''}`,
          );
        this.time.plan(this.random.between(1, 6), () => {
          if (instance.dead) return;
          if (refused || lost) reject(new Error(`storage failed: ${what}`));
          else resolve(result as T);
        });
      });
    });
  }

  portsOf(instance: Instance): Ports {
    const { outcomes, calls, index } = this.storage;
    const now = () => this.time.now;
    const forAll = '';
    return {
      clock: { now },
      random: { uuid: () => `id-${(this.ids += 1)}`, token: () => `token-${(this.ids += 1)}` },
      policy: POLICY,
      log: (_level, event, fields) =>
        this.tracing && this.witness.trace(fields.clientContext ?? '', `log ${event} ${JSON.stringify(fields)}`),
      fingerprint: (request) =>
        Promise.resolve(JSON.stringify([request.callId, request.tones, request.delayBetweenTonesMs])),
      graph: this.graph.portOf(instance),
      queue: {
        enqueue: (message, delayMs) =>
          this.io(instance, `enqueue +${delayMs}`, message.clientContext, () => this.queue.add(message, delayMs)),
        enqueueOnce: (message, delayMs) =>
          this.io(instance, `enqueue +${delayMs}`, message.clientContext, () => this.queue.add(message, delayMs)),
      },
      poison: { abandonedTones: async () => [], abandonedCallbacks: async () => [] },
      ends: {
        insert: (facts, end) => {
          const row = { ...facts, ...end };
          return this.io(instance, `insert ${row.status}`, row.clientContext, () =>
            outcomes.insert(row.clientContext, row),
          );
        },
        end: (key, end, etag) =>
          this.io(instance, `merge ${JSON.stringify(end)} at ${etag}`, key, () => outcomes.merge(key, end, etag)),
      },
      callbacks: {
        read: (key) => this.io(instance, 'read callback', key, () => this.callbacks.rows.read(key)),
        replace: (key, facts) => this.io(instance, 'replace callback', key, () => this.callbacks.replace(key, facts)),
        merge: (key, facts, etag) =>
          this.io(instance, `merge callback ${JSON.stringify(facts)}`, key, () =>
            this.callbacks.rows.merge(key, facts, etag),
          ),
        remove: (key) => this.io(instance, 'remove callback', key, () => this.callbacks.remove(key)),
      },
      callbackQueue: {
        enqueue: (message, delayMs) =>
          this.io(instance, `enqueue callback +${delayMs}`, message.clientContext, () =>
            this.callbacks.add(message, delayMs),
          ),
      },
      post: (_url, { clientContext, status }) => Promise.resolve(this.callbacks.receive(clientContext, status)),
      outcomes: {
        read: (key) => this.io(instance, `read ${key}`, key, () => outcomes.read(key)),
        insert: (facts) =>
          this.io(instance, `insert ${facts.status} after ${facts.after}`, facts.clientContext, () =>
            outcomes.insert(facts.clientContext, facts),
          ),
        merge: (key, facts, etag) =>
          this.io(
            instance,
            `merge ${JSON.stringify(facts)} at ${etag}`,
            key,
            () => outcomes.merge(key, facts, etag),
            facts.status === 'sending',
          ),
        remove: (key, etag) => this.io(instance, 'remove', key, () => outcomes.remove(key, etag)),
      },
      calls: {
        read: (key) => this.io(instance, `read call ${key}`, forAll, () => calls.read(key)),
        insert: (key, facts) =>
          this.io(instance, `insert call ${JSON.stringify(facts)}`, facts.tail ?? forAll, () =>
            calls.insert(key, facts),
          ),
        merge: (key, facts, etag) =>
          this.io(instance, `merge call ${JSON.stringify(facts)} at ${etag}`, facts.tail ?? forAll, () =>
            calls.merge(key, facts, etag),
          ),
        remove: (key, etag) => this.io(instance, 'remove call', forAll, () => calls.remove(key, etag)),
      },
      index: {
        open: (entry) =>
          this.io(instance, 'index open', entry.kind === 'request' ? entry.clientContext : '', () => index.add(entry)),
        openEntries: () => openPages(this, instance),
        close: (entries, at) => this.io(instance, 'index close', forAll, () => index.close(entries, at)),
        closeUnlessReopened: (entry, at) =>
          this.io(instance, 'index close', forAll, () => index.closeUnlessReopened(entry, at)),
        forgetUnlessReopened: (entry) =>
          this.io(instance, 'index forget', forAll, () => index.forgetUnlessReopened(entry)),
        closedBefore: (before, limit) =>
          this.io(instance, 'index closed', forAll, () => index.closedBefore(before, limit)),
        forgetClosed: (entries) => this.io(instance, 'index forget closed', forAll, () => index.forgetClosed(entries)),
      },
    };
  }

  private runTimer(): void {
    const startedAt = this.time.now;
    // Nothing is open and nothing else can happen: later runs would see the same.
    if (this.time.planned === 0 && this.storage.index.open.size === 0) return;
    const instance = this.instance();
    const run = this.witness.timerStarted(startedAt);
    this.workOn(instance, '', () => instance.rules.closeOverdue()).then(
      (ended) => this.witness.timerEnded(run, ended !== undefined),
      () => this.witness.timerEnded(run, false),
    );
    if (startedAt - START < HORIZON_MS) this.time.plan(TIMER_EVERY_MS, () => this.runTimer());
  }
}

async function* openPages(world: World, instance: Instance) {
  yield await world.io(instance, 'index list', '', () => world.storage.index.list());
}
