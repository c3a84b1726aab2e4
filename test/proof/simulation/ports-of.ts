// The ports that a simulated world gives to one invocation: every request to storage passes through its faults.
// Translates only; what the rows and queues are is in simulated-storage, simulated-queue and simulated-callbacks.
import type { ShortWait } from '../../../shared/tones/ports/clock';
import type { ToneMessage } from '../../../shared/tones/ports/queues';
import type { Ports } from '../rules';
import type { Service } from './outages';
import { NOBODY, type Instance, type Work, type World } from './simulated-world';
import { sendRequest } from './storage-request';

const LONGEST_PAGE = 20;

export function portsOf(world: World, work: Work): Ports {
  const { outcomes, calls, index } = world.storage;
  const { instance } = work;

  const send =
    (service: Service, isWrite: boolean) =>
    <T>(about: string, what: string, execute: () => T): Promise<T> =>
      sendRequest(world, work, { what, about, service, isWrite, execute });
  const read = send('table', false);
  const write = send('table', true);
  const text = (facts: unknown) => (world.tracing ? JSON.stringify(facts) : '');

  const enqueue = (isTriedOnce: boolean) => (message: ToneMessage, delayMs: number) =>
    sendRequest(world, work, {
      what: `enqueue +${delayMs}`,
      about: message.clientContext,
      service: 'queue',
      isWrite: true,
      isTriedOnce,
      execute: () => world.queue.add(instance.isOlder ? ofOlderApp(message) : message, delayMs),
    });

  return {
    clock: instance.clock,
    random: { uuid: () => world.newId('id'), token: () => world.newId('token') },
    shortWaits: { enter: () => (world.random.chance(0.8) ? shortWaitOf(world, work) : undefined) },
    policy: instance.policy,
    log: (_level, event, fields) =>
      world.tracing && world.witness.trace(fields.clientContext ?? '', `log ${event} ${JSON.stringify(fields)}`),
    ...world.tenants.ownId(),
    fingerprint: ({ callId, tenantId, tones, pauseMs, rest, delayBetweenTonesMs }) =>
      Promise.resolve(JSON.stringify([callId, tones, pauseMs, rest, delayBetweenTonesMs, tenantId])),
    graph: world.graph.portOf(work),
    queue: { enqueue: enqueue(false), enqueueOnce: enqueue(true) },
    poison: {
      abandonedTones: (ageMs) => world.queue.skipped.olderThan(ageMs, work, (message) => isReadBy(instance, message)),
      abandonedCallbacks: (ageMs) => world.callbacks.skipped.olderThan(ageMs, work),
    },
    callbacks: {
      read: (key) => read(key, 'read callback', () => world.callbacks.rows.read(key)),
      replace: (key, facts) => write(key, 'replace callback', () => world.callbacks.replace(key, facts)),
      merge: (key, facts, etag) =>
        write(key, `merge callback ${text(facts)}`, () => world.callbacks.rows.merge(key, facts, etag)),
      remove: (key) => write(key, 'remove callback', () => world.callbacks.remove(key)),
    },
    callbackQueue: {
      enqueue: (message, delayMs) =>
        send('callbackQueue', true)(message.clientContext, `enqueue callback +${delayMs}`, () =>
          world.callbacks.add(message, delayMs),
        ),
    },
    receiver: (clientContext, status) => Promise.resolve(world.callbacks.receive(clientContext, status)),
    outcomes: {
      read: (key) => read(key, `read ${key}`, () => outcomes.read(key)),
      insert: (facts) =>
        write(facts.clientContext, `insert ${text(facts)}`, () => outcomes.insert(facts.clientContext, facts)),
      merge: (key, facts, etag) => {
        const isClaim = facts.status === 'sending';
        if (isClaim) work.claimedAt = world.time.now;
        const execute = () => outcomes.merge(key, facts, etag);
        const what = `merge ${text(facts)} at ${etag}`;
        return sendRequest(world, work, { what, about: key, service: 'table', isWrite: true, isClaim, execute });
      },
      remove: (key, etag) => write(key, 'remove', () => outcomes.remove(key, etag)),
    },
    ends: {
      insert: (facts, end) => {
        const row = { ...facts, ...end };
        return write(row.clientContext, `insert ${text(row)}`, () => outcomes.insert(row.clientContext, row));
      },
      end: (key, end, etag) => write(key, `merge ${text(end)} at ${etag}`, () => outcomes.merge(key, end, etag)),
    },
    calls: {
      read: (key) => read(NOBODY, `read call ${key}`, () => calls.read(key)),
      insert: (key, facts) => write(NOBODY, `insert call ${text(facts)}`, () => calls.insert(key, facts)),
      merge: (key, facts, etag) =>
        write(NOBODY, `merge call ${text(facts)} at ${etag}`, () => calls.merge(key, facts, etag)),
      remove: (key, etag) => write(NOBODY, 'remove call', () => calls.remove(key, etag)),
    },
    indexTable: index.clientOf(
      (what, rowKey, isWrite, execute) => (isWrite ? write : read)(NOBODY, `index ${what} ${rowKey}`, execute),
      {
        pageSize: () => world.random.between(1, LONGEST_PAGE),
        // A query over partitions may open with an empty page whenever it is asked.
        isEmpty: (filter, page) =>
          page === 0 && world.opensEmpty && filter.includes(' and ') ? true : world.strikes('pageEmpty', NOBODY),
      },
    ),
  };
}

/** Time that passes; an instance that dies meanwhile sleeps for good. */
function shortWaitOf(world: World, { instance }: Work): ShortWait {
  return {
    sleep: (ms) =>
      new Promise((resolve) => {
        // A timer of Node counts whole milliseconds.
        world.time.plan(Math.trunc(ms), () => {
          if (!instance.dead) resolve();
        });
      }),
    leave: () => undefined,
  };
}

/** A message that names another tenant has a version that an older app cannot read. */
export function isReadBy({ isOlder }: Pick<Instance, 'isOlder'>, { tenantId }: ToneMessage): boolean {
  return !isOlder || tenantId === undefined;
}

/**
 * What an app of a version before makes of a message: it drops the optional fields that it does not know. `copyId` is in
 * the first version. A message of several parts, or with a pause, has a version that it leaves to others.
 */
export function ofOlderApp(message: ToneMessage): ToneMessage {
  if (message.pauseMs !== undefined || message.rest !== undefined || message.part !== undefined) return message;
  const { callbackWanted: _callbackWanted, acceptedAt: _acceptedAt, dueAt: _dueAt, ...known } = message;
  return known;
}
