// All of storage that the app needs, made from the settings: the ports of shared/tones, creation, and a sign of life.
// The only file that knows which name belongs to which port.
import { randomUUID } from 'node:crypto';
import type { Settings } from '../settings/settings';
import { withinTimeLimit } from '../time-limit';
import type { Clock } from '../tones/ports/clock';
import type { Ports } from '../tones/ports/ports';
import type { OutcomeEnds } from '../tones/ports/rows';
import { makeCallbackRows } from './callback-rows';
import { makeCallRows } from './call-rows';
import { makeOutcomeEnds, makeOutcomeRows } from './outcome-rows';
import { makePoisonQueues } from './poison-queues';
import { makeRequestFingerprint } from './request-fingerprint';
import { makeRequestIndex } from './request-index';
import { ONE_SHORT_TRY, ONE_TRY, makeQueueContainer, makeTableContainer } from './storage-clients';
import { makeCallbackQueue, makeToneQueue } from './queues';

type StoragePorts = Pick<
  Ports,
  'outcomes' | 'calls' | 'index' | 'queue' | 'poison' | 'callbacks' | 'callbackQueue' | 'fingerprint'
>;

export interface Storage extends StoragePorts {
  /** For the one rule that ends requests. */
  readonly ends: OutcomeEnds;
  /** Creates queues, poison queues and tables where they are missing, and loads the SDKs. */
  readonly create: () => Promise<void>;
  /** The parts that cannot be reached now; none when all is well. */
  readonly failingParts: () => Promise<StoragePart[]>;
}

export type StoragePart = 'queue' | 'table';

export function makeStorage(settings: Settings, clock: Clock): Storage {
  const outcomeTable = makeTableContainer(settings.storage, settings.toneOutcomesTable);
  const indexTable = makeTableContainer(settings.storage, settings.indexTable);
  const requestQueue = makeQueueContainer(settings.storage, settings.toneRequestsQueue);
  const callbacksQueue = makeQueueContainer(settings.storage, settings.toneCallbacksQueue, ONE_SHORT_TRY);
  const requestQueueOnce = makeQueueContainer(settings.storage, settings.toneRequestsQueue, ONE_TRY);
  const poisonQueue = makeQueueContainer(settings.storage, settings.poisonQueue);
  const callbacksPoisonQueue = makeQueueContainer(settings.storage, settings.callbacksPoisonQueue);
  const containers = [outcomeTable, indexTable, requestQueue, callbacksQueue, poisonQueue, callbacksPoisonQueue];
  const outcomes = makeOutcomeRows(outcomeTable);
  return {
    outcomes,
    ends: makeOutcomeEnds(outcomeTable),
    calls: makeCallRows(indexTable),
    index: makeRequestIndex(indexTable),
    queue: makeToneQueue(requestQueue, requestQueueOnce, clock),
    poison: makePoisonQueues(poisonQueue, callbacksPoisonQueue, clock),
    callbacks: makeCallbackRows(indexTable),
    callbackQueue: makeCallbackQueue(callbacksQueue),
    fingerprint: makeRequestFingerprint(indexTable),
    async create() {
      await Promise.all(containers.map((container) => container.create()));
    },
    async failingParts() {
      const probes: Record<StoragePart, Promise<unknown>> = {
        queue: requestQueue.use((client, options) => client.getProperties(options)),
        table: outcomes.read(randomUUID()),
      };
      const parts = Object.keys(probes) as StoragePart[];
      const results = await Promise.allSettled(
        Object.values(probes).map((probe) => withinTimeLimit(PROBE_LIMIT_MS, () => probe)),
      );
      return parts.filter((_, position) => results[position]?.status === 'rejected');
    },
  };
}

/** A probe waits no longer for storage than this: whoever asks for a sign of life wants an answer. */
const PROBE_LIMIT_MS = 3000;
