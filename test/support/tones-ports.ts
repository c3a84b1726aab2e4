// The ports of the rules in memory: a clock that is set, rows with versions, a recording queue, Graph and log. A single
// operation can be made to fail, to lose its answer, to be repeated as the SDK does, or to come after a rival's.
import type { DeliveryPolicy } from '../../shared/tones/facts/delivery-policy';
import type { EventFields, EventLevel, EventLog, EventName } from '../../shared/tones/event-log';
import type { CallFacts } from '../../shared/tones/facts/call-facts';
import type { ShortWait } from '../../shared/tones/ports/clock';
import { makeRequestEnder } from '../../shared/tones/delivery/end-request';
import type { OutcomeFacts } from '../../shared/tones/facts/outcome-facts';
import type { CallbackFacts, CallbackRows } from '../../shared/tones/ports/callbacks';
import type { GraphCalls, Press, PressPermit, PressReply } from '../../shared/tones/ports/graph-calls';
import type { Ports } from '../../shared/tones/ports/ports';
import type {
  CallbackMessage,
  CallbackQueue,
  PoisonQueues,
  ToneMessage,
  ToneQueue,
} from '../../shared/tones/ports/queues';
import type { RequestIndex } from '../../shared/tones/ports/request-index';
import type { CallRows, OutcomeEnds, OutcomeRows, Stored } from '../../shared/tones/ports/rows';
import { SimulatedRows, makeSimulatedStorage } from '../proof/simulation/simulated-storage';
import { StoredIndex } from './stored-index';

export const T0 = Date.parse('2026-01-01T00:00:00.000Z');

/** Every time of its own value, so that none can be taken for another. */
export const POLICY: DeliveryPolicy = {
  sendGraceMs: 30_000,
  notificationGraceMs: 60_000,
  minWaitMs: 1000,
  maxWaitMs: 5000,
  partLatenessMs: 4000,
  retentionMs: 2_592_000_000,
};

export type Operation =
  | 'outcomes.read'
  | 'outcomes.insert'
  | 'outcomes.merge'
  | 'outcomes.remove'
  | 'calls.read'
  | 'calls.insert'
  | 'calls.merge'
  | 'calls.remove'
  | 'index.open'
  | 'index.close'
  | 'index.closeUnlessReopened'
  | 'index.forgetUnlessReopened'
  | 'index.closedBefore'
  | 'index.forgetClosed'
  | 'callbacks.read'
  | 'callbacks.replace'
  | 'callbacks.merge'
  | 'callbacks.remove'
  | 'callbackQueue.enqueue'
  | 'queue.enqueue'
  | 'queue.enqueueOnce'
  | 'graph.sendDtmfTones';

/**
 * What befalls one operation. A function is run just before it: a rival's write, or time that passes. `repeatedAfter` is
 * run between an operation and its repetition.
 */
export type Fate =
  | 'executed'
  | 'fails'
  | 'answer lost'
  | 'repeated'
  | { readonly throws: unknown }
  | { readonly repeatedAfter: () => unknown }
  | (() => unknown);

export class StorageDown extends Error {
  override readonly name = 'StorageDown';
}

export function makeTonesPorts() {
  const stored = { ...makeSimulatedStorage(), index: new StoredIndex() };
  const journal: (readonly [Operation, ...unknown[]])[] = [];
  const fates = new Map<Operation, Fate[]>();
  const logged: (readonly [EventLevel, EventName, EventFields])[] = [];
  const queued: { readonly message: ToneMessage; readonly delayMs: number }[] = [];
  const storedCallbacks = new SimulatedRows<CallbackFacts>();
  const announced: { readonly message: CallbackMessage; readonly delayMs: number }[] = [];
  const permits: PressPermit[] = [];
  const made = { uuids: 0, tokens: 0 };
  const world = {
    time: T0,
    pageSize: 1000,
    /** Room to wait inside the process; none unless a test gives some. */
    shortWait: undefined as ShortWait | undefined,
    /** What befalls the operation of that number, from 1, whichever it is. */
    befalls: undefined as ((number: number, operation: Operation) => Fate | undefined) | undefined,
    /** What Graph answers once it was permitted. */
    reply: (_press: Press): PressReply => ({ kind: 'running', operationId: 'op-1' }),
  };

  async function perform<R>(operation: Operation, given: readonly unknown[], execute: () => R): Promise<R> {
    journal.push([operation, ...given]);
    const fate = fates.get(operation)?.shift() ?? world.befalls?.(journal.length, operation) ?? 'executed';
    if (fate === 'fails') throw new StorageDown(operation);
    if (typeof fate === 'object' && 'throws' in fate) throw fate.throws;
    if (typeof fate === 'function') await fate();
    const result = execute();
    if (fate === 'answer lost') throw new StorageDown(operation);
    if (typeof fate === 'object') await fate.repeatedAfter();
    return fate === 'repeated' || typeof fate === 'object' ? execute() : result;
  }

  const outcomes: OutcomeRows = {
    read: (key) => perform('outcomes.read', [key], () => stored.outcomes.read(key)),
    insert: (facts) => perform('outcomes.insert', [facts], () => stored.outcomes.insert(facts.clientContext, facts)),
    merge: (key, facts, etag) =>
      perform('outcomes.merge', [key, facts, etag], () => stored.outcomes.merge(key, facts, etag)),
    remove: (key, etag) => perform('outcomes.remove', [key, etag], () => stored.outcomes.remove(key, etag)),
  };
  /** The same operations on the same rows: a test sees one table. */
  const ends: OutcomeEnds = {
    insert: (facts, end) => {
      const row = { ...facts, ...end };
      return perform('outcomes.insert', [row], () => stored.outcomes.insert(row.clientContext, row));
    },
    end: (key, end, etag) => perform('outcomes.merge', [key, end, etag], () => stored.outcomes.merge(key, end, etag)),
  };
  const calls: CallRows = {
    read: (key) => perform('calls.read', [key], () => stored.calls.read(key)),
    insert: (key, facts) => perform('calls.insert', [key, facts], () => stored.calls.insert(key, facts)),
    merge: (key, facts, etag) => perform('calls.merge', [key, facts, etag], () => stored.calls.merge(key, facts, etag)),
    remove: (key, etag) => perform('calls.remove', [key, etag], () => stored.calls.remove(key, etag)),
  };
  const index: RequestIndex = {
    open: (entry) => perform('index.open', [entry], () => stored.index.add(entry)),
    async *openEntries() {
      const entries = [...stored.index.open.values()];
      for (let start = 0; start < entries.length; start += world.pageSize)
        yield entries.slice(start, start + world.pageSize);
    },
    close: (entries, now) => perform('index.close', [entries, now], () => stored.index.close(entries, now)),
    closeUnlessReopened: (entry, now) =>
      perform('index.closeUnlessReopened', [entry, now], () => stored.index.closeUnlessReopened(entry, now)),
    forgetUnlessReopened: (entry) =>
      perform('index.forgetUnlessReopened', [entry], () => stored.index.forgetUnlessReopened(entry)),
    closedBefore: (before, limit) =>
      perform('index.closedBefore', [before, limit], () => stored.index.closedBefore(before, limit)),
    forgetClosed: (entries) => perform('index.forgetClosed', [entries], () => stored.index.forgetClosed(entries)),
  };
  const queue: ToneQueue = {
    enqueue: (message, delayMs) =>
      perform('queue.enqueue', [message, delayMs], () => void queued.push({ message, delayMs })),
    enqueueOnce: (message, delayMs) =>
      perform('queue.enqueueOnce', [message, delayMs], () => void queued.push({ message, delayMs })),
  };
  const removeCallback = (key: string) => void storedCallbacks.rows.delete(key);
  const callbacks: CallbackRows = {
    read: (key) => perform('callbacks.read', [key], () => storedCallbacks.read(key)),
    replace: (key, facts) =>
      perform('callbacks.replace', [key, facts], () => (removeCallback(key), void storedCallbacks.insert(key, facts))),
    merge: (key, facts, etag) =>
      perform('callbacks.merge', [key, facts, etag], () => storedCallbacks.merge(key, facts, etag)),
    remove: (key) => perform('callbacks.remove', [key], () => removeCallback(key)),
  };
  const callbackQueue: CallbackQueue = {
    enqueue: (message, delayMs) =>
      perform('callbackQueue.enqueue', [message, delayMs], () => void announced.push({ message, delayMs })),
  };
  const graph: GraphCalls = {
    sendDtmfTones: (press, permit) =>
      perform('graph.sendDtmfTones', [press], () => {
        const permitted = permit();
        permits.push(permitted);
        return permitted.kind === 'go' ? world.reply(press) : { kind: 'not-permitted' };
      }),
  };
  const log: EventLog = (level, event, fields) => void logged.push([level, event, fields]);

  const poison: PoisonQueues = { abandonedTones: async () => [], abandonedCallbacks: async () => [] };
  const ports: Ports = {
    clock: { now: () => world.time },
    shortWaits: { enter: () => world.shortWait },
    random: { uuid: () => `claim-${(made.uuids += 1)}`, token: () => `token-${(made.tokens += 1)}` },
    outcomes,
    calls,
    index,
    queue,
    poison,
    callbacks,
    callbackQueue,
    graph,
    log,
    policy: POLICY,
    post: async () => ({ kind: 'taken', httpStatus: 200 }),
    /** Tells requests apart by all their fields, as the real one does; holds no tones. */
    fingerprint: async (request) => `${request.callId}/${request.tones.length}`,
  };

  return {
    world,
    ports: { ...ports, endRequest: makeRequestEnder({ ...ports, ends }) },
    stored,
    logged,
    queued,
    announced,
    permits,
    journal,

    /** The next operations of that name meet these fates, in turn; those after them are executed. */
    next: (operation: Operation, ...coming: Fate[]): void => {
      fates.set(operation, [...(fates.get(operation) ?? []), ...coming]);
    },
    /** Gives room to wait inside the process, where sleeping is time that passes; `meanwhile` is run after each sleep. */
    giveRoom: (meanwhile: (ms: number) => unknown = () => undefined) => {
      const room = { slept: [] as number[], left: 0 };
      world.shortWait = {
        async sleep(ms) {
          room.slept.push(ms);
          world.time += ms;
          await meanwhile(ms);
        },
        leave: () => void (room.left += 1),
      };
      return room;
    },
    /** Puts a row there and tells its version. */
    put: (facts: Partial<OutcomeFacts> & Pick<OutcomeFacts, 'clientContext'>): string => {
      return versionOf(stored.outcomes.insert(facts.clientContext, { callId: 'call-1', status: 'accepted', ...facts }));
    },
    /** A rival's write: changes the row whatever its version, and tells the new one. */
    change: (clientContext: string, facts: Partial<OutcomeFacts>): string => {
      return versionOf(stored.outcomes.merge(clientContext, facts, stored.outcomes.read(clientContext)?.etag ?? ''));
    },
    putCall: (facts: CallFacts, key = 'call1'): string => {
      return versionOf(stored.calls.insert(key, facts));
    },
    changeCall: (facts: Partial<CallFacts>, key = 'call1'): string => {
      return versionOf(stored.calls.merge(key, facts, stored.calls.read(key)?.etag ?? ''));
    },
    row: (clientContext: string): Stored<OutcomeFacts> | undefined => stored.outcomes.read(clientContext),
    callback: (clientContext: string): Stored<CallbackFacts> | undefined => storedCallbacks.read(clientContext),
    call: (key = 'call1'): Stored<CallFacts> | undefined => stored.calls.read(key),
    /** What was asked of these operations, without their names. */
    asked: (operation: Operation): unknown[][] =>
      journal.filter(([name]) => name === operation).map(([, ...given]) => given),
    /** The names of the operations that were asked for, in order. */
    operations: (): Operation[] => journal.map(([name]) => name),
    /** Everything that is kept or logged, as text: to look for what must not be in it. */
    keptText: (): string =>
      JSON.stringify([
        [...stored.outcomes.rows],
        [...stored.calls.rows],
        [...stored.index.open],
        [...stored.index.closed],
        logged,
      ]),
  };
}

export type TonesPorts = ReturnType<typeof makeTonesPorts>;

function versionOf(written: { readonly kind: string; readonly etag?: string }): string {
  if (written.etag === undefined) throw new Error('the row of a test could not be put there');
  return written.etag;
}
