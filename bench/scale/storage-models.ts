// Two storages in virtual time: Azure's, with the latency and the limits that it promises, and the emulator's one thread.
// Says when an operation is done and whether it was refused; knows no request. What is assumed: docs/scale.md.
import type { SeededRandom } from '../../test/proof/simulation/seeded-random';
import type { VirtualTime } from '../../test/proof/simulation/virtual-time';

export interface Operation {
  /** Entities that it reads or writes. */
  readonly entities: number;
  /** Named where many operations meet in one partition. */
  readonly partition?: string;
  /** A page of a query. */
  readonly isListing?: boolean;
}

/** A storage that callers and presses use at a steady rate, while the timer works in it. */
export interface StorageModel {
  /** Executes when storage does; throws where storage stays busy. */
  readonly perform: <T>(operation: Operation, execute: () => T) => Promise<T>;
  /** Answers `503 Server Busy` that the timer got. */
  readonly refused: () => number;
  /** How long operations of callers and presses waited for their turn, in ms; where that depends on the timer. */
  readonly callersWaited: () => readonly number[];
}

export interface Load {
  readonly requestsPerSecond: number;
}

export type MakeStorage = (time: VirtualTime, random: SeededRandom, load: Load) => StorageModel;

/** docs/performance.md: 11 for the first request of a call, 12 for a later one. */
const OPERATIONS_A_REQUEST = 12;

const AZURE = {
  /** One region. No figure is promised: half of the answers within 8 ms, all but a hundredth within 60. */
  p50Ms: 8,
  p99Ms: 60,
  entityMs: 0.3,
  /** Measured: 0.16 to 0.22 ms a read without TLS; 2.7 ms for 100 entities. */
  cpuMs: 0.25,
  cpuEntityMs: 0.025,
  /** Of one core: the others are callers and presses. */
  cpuShare: 0.5,
  partitionPerSecond: 2000,
  accountPerSecond: 20_000,
  /** As shared/storage/storage-clients.ts has it. */
  retries: 2,
  retryMs: 200,
};

/** The share of a normal distribution below it is 0.99. */
const Z99 = 2.3263;

export interface AzureOptions {
  /** A page of a query takes as much of its partition's rate as it has entities; otherwise it counts as one. */
  readonly countsListed?: boolean;
}

export function azure({ countsListed = false }: AzureOptions = {}): MakeStorage {
  return (time, random, { requestsPerSecond }) => {
    let refused = 0;
    let coreIsFreeAt = 0;
    const account = bucket(time, AZURE.accountPerSecond, OPERATIONS_A_REQUEST * requestsPerSecond);
    // Callers insert an entry each.
    const partitions = new Map([['open', bucket(time, AZURE.partitionPerSecond, requestsPerSecond)]]);
    const takes = ({ partition, entities }: Operation): boolean => {
      if (partition === undefined) return account(1);
      const known = partitions.get(partition) ?? bucket(time, AZURE.partitionPerSecond, 0);
      partitions.set(partition, known);
      return account(1) && known(entities);
    };
    const sent = (entities: number): Promise<void> => {
      const cpuMs = (AZURE.cpuMs + AZURE.cpuEntityMs * entities) / AZURE.cpuShare;
      coreIsFreeAt = Math.max(time.now, coreIsFreeAt) + cpuMs;
      return passes(time, coreIsFreeAt - time.now + latencyOf(random) + AZURE.entityMs * entities);
    };
    return {
      async perform(operation, execute) {
        const counted = operation.isListing && !countsListed ? { ...operation, entities: 1 } : operation;
        for (let attempt = 0; ; attempt += 1) {
          const isTaken = takes(counted);
          await sent(operation.entities);
          if (isTaken) return execute();
          refused += 1;
          if (attempt === AZURE.retries) throw new Error('storage is busy');
          await passes(time, AZURE.retryMs * 2 ** attempt * (0.5 + random.next() / 2));
        }
      },
      refused: () => refused,
      callersWaited: () => [],
    };
  };
}

const EMULATOR = { operationMs: 1.5, entityMs: 0.05 };

/** One operation after the other: the timer's wait for those of callers, and those of callers for the timer's. */
export const emulator: MakeStorage = (time, random, { requestsPerSecond }) => {
  const waited: number[] = [];
  const isOverloaded = (OPERATIONS_A_REQUEST * requestsPerSecond * EMULATOR.operationMs) / 1000 > 0.95;
  const perMs = (OPERATIONS_A_REQUEST * requestsPerSecond) / 1000;
  const untilNext = () => -Math.log(1 - random.next()) / perMs;
  let callerComesAt = time.now + untilNext();
  let isFreeAt = time.now;
  const serveCallers = () => {
    for (; callerComesAt <= time.now; callerComesAt += untilNext()) {
      waited.push(Math.max(0, isFreeAt - callerComesAt));
      isFreeAt = Math.max(isFreeAt, callerComesAt) + EMULATOR.operationMs;
    }
  };
  return {
    async perform({ entities }, execute) {
      if (isOverloaded) throw new Error('the callers alone are more than one thread can do');
      serveCallers();
      isFreeAt = Math.max(isFreeAt, time.now) + EMULATOR.operationMs + EMULATOR.entityMs * (entities - 1);
      await passes(time, isFreeAt - time.now);
      return execute();
    },
    refused: () => 0,
    callersWaited: () => waited,
  };
};

function latencyOf(random: SeededRandom): number {
  const spread = Math.log(AZURE.p99Ms / AZURE.p50Ms) / Z99;
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return AZURE.p50Ms * Math.exp(spread * normal);
}

/** Takes what is left of a rate by those who use it steadily; a second of it may come at once. */
function bucket(time: VirtualTime, perSecond: number, usedByOthers: number): (taken: number) => boolean {
  let left = perSecond - usedByOthers;
  let filledAt = time.now;
  return (taken) => {
    const free = perSecond - usedByOthers;
    left = Math.min(free, left + ((time.now - filledAt) * free) / 1000);
    filledAt = time.now;
    if (left < taken) return false;
    left -= taken;
    return true;
  };
}

function passes(time: VirtualTime, ms: number): Promise<void> {
  return new Promise((resolve) => time.plan(ms, resolve));
}
