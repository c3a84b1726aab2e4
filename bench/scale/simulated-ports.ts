// The ports of the timer's rules over simulated requests, each operation at the pace of a simulated storage.
// Knows which operation touches which partition, and no rule.
import { makeRequestEnder, type RulePorts } from '../../shared/tones/delivery/end-request';
import type { IndexEntry, RequestIndex } from '../../shared/tones/ports/request-index';
import type { VirtualTime } from '../../test/proof/simulation/virtual-time';
import { makeTonesPorts } from '../../test/support/tones-ports';
import { OLD_DAY, tailOf, type SimulatedRequests } from './simulated-requests';
import type { StorageModel } from './storage-models';

/** Entries in an answer of Table storage. */
const PAGE = 1000;
const WRITTEN = { kind: 'written', etag: '2' } as const;

export function makeSimulatedPorts(
  time: VirtualTime,
  { perform }: StorageModel,
  requests: SimulatedRequests,
): RulePorts {
  const { ports: inMemory } = makeTonesPorts();
  const remove = () => perform({ entities: 1 }, () => WRITTEN);
  const ports = {
    ...inMemory,
    log: () => undefined,
    clock: { now: () => Math.floor(time.now) },
    index: indexOver(perform, requests),
    outcomes: {
      ...inMemory.outcomes,
      read: (key: string) => perform({ entities: 1 }, () => requests.row(key)),
      remove,
    },
    calls: {
      ...inMemory.calls,
      read: (key: string) => perform({ entities: 1 }, () => ({ tail: tailOf(key), etag: '1' })),
      remove,
    },
  };
  const ends = {
    insert: async () => WRITTEN,
    end: (key: string) => perform({ entities: 1 }, () => (requests.end(key), WRITTEN)),
  };
  return { ...ports, endRequest: makeRequestEnder({ ...ports, ends }) };
}

function indexOver(perform: StorageModel['perform'], requests: SimulatedRequests): RequestIndex {
  const forget = (entries: readonly IndexEntry[]) =>
    perform({ entities: entries.length, partition: 'open' }, () => requests.forget(entries));
  const close = async (entries: readonly IndexEntry[]) => {
    await perform({ entities: entries.length, partition: 'closed today' }, () => undefined);
    await forget(entries);
  };
  return {
    open: () => perform({ entities: 1, partition: 'open' }, () => undefined),
    async *openEntries() {
      const entries = requests.openEntries();
      for (let start = 0; start < entries.length; start += PAGE) {
        const page = entries.slice(start, start + PAGE);
        yield await perform({ entities: page.length, partition: 'open', isListing: true }, () => page);
      }
    },
    close,
    closeUnlessReopened: (entry) => close([entry]),
    forgetUnlessReopened: (entry) => forget([entry]),
    closedBefore: (_before, limit) => {
      const entries = requests.oldEntries(limit);
      return perform({ entities: entries.length }, () => entries);
    },
    forgetClosed: (entries) =>
      perform({ entities: entries.length, partition: `closed ${OLD_DAY}` }, () => requests.forgetOld(entries.length)),
  };
}
