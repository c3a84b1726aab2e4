// Requests that come at a steady rate, and the ports of the timer's rules over them, each operation at storage's pace.
// A row is what it would be at that moment; knows no limit of storage and no pace.
import type { End, OutcomeFacts } from '../../shared/tones/facts/outcome-facts';
import { makeRequestEnder } from '../../shared/tones/delivery/end-request';
import type { ClosedEntry, IndexEntry, OpenEntry, RequestIndex } from '../../shared/tones/ports/request-index';
import type { Stored } from '../../shared/tones/ports/rows';
import type { SeededRandom } from '../../test/proof/simulation/seeded-random';
import type { VirtualTime } from '../../test/proof/simulation/virtual-time';
import { makeTonesPorts } from '../../test/support/tones-ports';
import type { StorageModel } from './storage-models';

/** From the entry until Graph's report: the mean of an exponential distribution. */
const LIFETIME_MS = 15_000;
/** Never reported, and ended by the timer. */
const OVERDUE = 0.01;
const DEADLINE_MS = 15_000;
/** Of each call, the last of which takes the call's row with it. */
const REQUESTS_A_CALL = 4;
/** Entries in an answer of Table storage. */
const PAGE = 1000;
const OLD_DAY = '2025-11-01';

interface SimulatedRequest {
  readonly entry: OpenEntry & { readonly kind: 'request' };
  readonly endsAt: number;
  readonly expiresAt: number;
}

export interface World {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly storage: StorageModel;
  readonly requestsPerSecond: number;
  /** Old rows that a run may delete. */
  readonly mostDeleted: number;
}

export function makeSimulatedRequests({ time, random, storage, requestsPerSecond, mostDeleted }: World) {
  const startedAt = time.now;
  const open = new Map<string, SimulatedRequest>();
  const lateness: number[] = [];
  const deleted = { count: 0, inThisRun: 0 };
  let accepted = 0;
  const { perform } = storage;
  const now = () => Math.floor(time.now);

  /** All that were accepted until now, in even steps. */
  function accept(): void {
    for (; startedAt + (accepted * 1000) / requestsPerSecond <= time.now; accepted += 1) {
      const since = startedAt + (accepted * 1000) / requestsPerSecond;
      const clientContext = `r${accepted}`;
      const isOverdue = random.chance(OVERDUE);
      const endsAt = isOverdue ? Infinity : since - LIFETIME_MS * Math.log(1 - random.next());
      const entry = { kind: 'request', clientContext, since, etag: '1' } as const;
      open.set(clientContext, { entry, endsAt, expiresAt: isOverdue ? since + DEADLINE_MS : Infinity });
    }
  }

  function rowOf(clientContext: string): Stored<OutcomeFacts> | undefined {
    const shared = { clientContext, callId: `call-${clientContext}`, etag: '1' };
    if (clientContext.startsWith('old')) return { ...shared, status: 'succeeded', finishedAt: 0 };
    const request = open.get(clientContext);
    if (request === undefined) return undefined;
    const { endsAt, expiresAt } = request;
    if (time.now >= endsAt) return { ...shared, status: 'succeeded', finishedAt: endsAt };
    return { ...shared, status: 'accepted', expiresAt, after: '' };
  }

  const index: RequestIndex = {
    open: () => perform({ entities: 1, partition: 'open' }, () => undefined),
    async *openEntries() {
      accept();
      const entries = [...open.values()].map(({ entry }) => entry);
      for (let start = 0; start < entries.length; start += PAGE) {
        const page = entries.slice(start, start + PAGE);
        yield await perform({ entities: page.length, partition: 'page of open' }, () => page);
      }
    },
    async close(entries) {
      await perform({ entities: entries.length, partition: 'closed today' }, () => undefined);
      await perform({ entities: entries.length, partition: 'open' }, () => entries.forEach(forget));
    },
    async closeUnlessReopened(entry) {
      await index.close([entry], now());
    },
    forgetUnlessReopened: (entry) => perform({ entities: 1, partition: 'open' }, () => forget(entry)),
    closedBefore: (_before, limit) => {
      const count = Math.min(limit, mostDeleted - deleted.inThisRun);
      return perform({ entities: count }, () => Array.from({ length: count }, (_, place) => oldEntry(place)));
    },
    forgetClosed: (entries) =>
      perform({ entities: entries.length, partition: `closed ${OLD_DAY}` }, () => {
        deleted.count += entries.length;
        deleted.inThisRun += entries.length;
      }),
  };
  const oldEntry = (place: number): ClosedEntry => ({
    kind: 'request',
    clientContext: `old${deleted.count + place}`,
    since: 0,
    closedOn: OLD_DAY,
  });
  function forget(entry: IndexEntry): void {
    if (entry.kind === 'request') open.delete(entry.clientContext);
  }

  function end(clientContext: string): void {
    const request = open.get(clientContext);
    if (request === undefined) return;
    lateness.push(time.now - request.expiresAt);
    open.set(clientContext, { ...request, endsAt: time.now, expiresAt: Infinity });
  }

  const written = { kind: 'written', etag: '2' } as const;
  const { ports: inMemory } = makeTonesPorts();
  const ports = {
    ...inMemory,
    log: () => undefined,
    clock: { now },
    index,
    outcomes: {
      ...inMemory.outcomes,
      read: (key: string) => perform({ entities: 1 }, () => rowOf(key)),
      remove: () => perform({ entities: 1 }, () => written),
    },
    calls: {
      ...inMemory.calls,
      read: (key: string) => perform({ entities: 1 }, () => ({ tail: tailOf(key), etag: '1' })),
      remove: () => perform({ entities: 1 }, () => written),
    },
  };
  const ends = {
    insert: async () => written,
    end: (key: string, _end: End) => perform({ entities: 1 }, () => (end(key), written)),
  };
  return {
    ports: { ...ports, endRequest: makeRequestEnder({ ...ports, ends }) },
    lateness,
    deleted,
    openCount: () => open.size,
  };
}

/** The request that was the last of the call. */
function tailOf(callKey: string): string {
  const place = Number(/\d+$/.exec(callKey)?.[0]);
  return place % REQUESTS_A_CALL === 0 ? `old${place}` : 'newer';
}
