// The ports that an explored world gives to one actor: each request is a step that waits until it is chosen.
// Decides nothing; the choices are explored-world's.
import { createHash } from 'node:crypto';
import { makeDeliveryPolicy } from '../../../shared/tones/facts/delivery-policy';
import type { PressReply } from '../../../shared/tones/ports/graph-calls';
import type { ToneQueue } from '../../../shared/tones/ports/queues';
import type { Ports } from '../rules';
import type { ExploredWorld } from './explored-world';

const SETTINGS = {
  sendGraceSeconds: 8,
  notificationGraceSeconds: 5,
  waitMinSeconds: 1,
  waitMaxSeconds: 1,
  partLatenessSeconds: 2,
};
const RETENTION_DAYS = 30;
const POLICY = makeDeliveryPolicy({ ...SETTINGS, outcomeRetentionDays: RETENTION_DAYS });
/** What the judge is given: the settings, in its own words. */
export const STATED = {
  sendGraceMs: SETTINGS.sendGraceSeconds * 1000,
  notificationGraceMs: SETTINGS.notificationGraceSeconds * 1000,
  longestWaitMs: SETTINGS.waitMaxSeconds * 1000,
  partLatenessMs: SETTINGS.partLatenessSeconds * 1000,
  retentionMs: RETENTION_DAYS * 86_400_000,
};

/** Something that runs on an instance of its own: a caller's request, a delivery, the timer, a notification. */
export class Actor {
  dead = false;
  /** Digest of all that it has seen: with it and the stored state, its own state is determined. */
  seen = '';
  ids = 0;
  claimedAt = 0;
  constructor(
    readonly name: string,
    readonly clientContext: string,
  ) {}

  see(what: string): void {
    this.seen = digest(this.seen + what);
  }

  newId(): string {
    return `${this.name}#${(this.ids += 1)}`;
  }
}

export function digest(text: string): string {
  return createHash('md5').update(text).digest('base64');
}

export function portsOf(world: ExploredWorld, actor: Actor): Ports {
  const { outcomes, calls, index } = world.storage;
  const { exploresUpkeep = false } = world.scenario;
  const ask = <T>(what: string, execute: () => T): Promise<T> => world.ask(actor, what, execute);
  /** Requests that decide nothing in most histories are executed at once there. */
  const askInUpkeep = <T>(what: string, execute: () => T): Promise<T> =>
    exploresUpkeep ? ask(what, execute) : new Promise((resolve) => resolve(execute()));
  const enqueue: ToneQueue['enqueue'] = (message, delayMs) =>
    ask(`enqueue ${message.clientContext} +${delayMs}`, () => world.addMessage(message, delayMs));
  return {
    clock: { now: () => world.time.now },
    random: { uuid: () => actor.newId(), token: () => actor.newId() },
    // Whether a wait is in the process or on the queue decides nothing: here all are on the queue.
    shortWaits: { enter: () => undefined },
    policy: POLICY,
    log: () => undefined,
    fingerprint: (request) => Promise.resolve(request.clientContext),
    outcomes: {
      read: (key) => ask(`read ${key}`, () => outcomes.read(key)),
      insert: (facts) => ask(`insert ${facts.clientContext}`, () => outcomes.insert(facts.clientContext, facts)),
      merge: (key, facts, etag) => {
        if (facts.status === 'sending') actor.claimedAt = world.time.now;
        return ask(`merge ${key} ${JSON.stringify(facts)} ${etag}`, () => outcomes.merge(key, facts, etag));
      },
      remove: (key, etag) => ask(`remove ${key}`, () => outcomes.remove(key, etag)),
    },
    ends: {
      insert: (facts, end) => {
        const row = { ...facts, ...end };
        return ask(`insert ${row.clientContext}`, () => outcomes.insert(row.clientContext, row));
      },
      end: (key, end, etag) => ask(`merge ${key} ${JSON.stringify(end)} ${etag}`, () => outcomes.merge(key, end, etag)),
    },
    calls: {
      read: (key) => ask(`read call ${key}`, () => calls.read(key)),
      insert: (key, facts) => ask(`insert call ${JSON.stringify(facts)}`, () => calls.insert(key, facts)),
      merge: (key, facts, etag) =>
        ask(`merge call ${JSON.stringify(facts)} ${etag}`, () => calls.merge(key, facts, etag)),
      remove: (key, etag) => ask(`remove call ${key}`, () => calls.remove(key, etag)),
    },
    indexTable: index.clientOf((what, rowKey, _isWrite, execute) => askInUpkeep(`index ${what} ${rowKey}`, execute), {
      pageSize: () => 100,
      isEmpty: () => false,
    }),
    callbacks: {
      read: (key) => askInUpkeep(`read callback ${key}`, () => world.callbacks.read(key)),
      replace: (key, facts) => askInUpkeep(`replace callback ${key}`, () => world.replaceCallback(key, facts)),
      merge: (key, facts, etag) =>
        askInUpkeep(`merge callback ${JSON.stringify(facts)} ${etag}`, () => world.callbacks.merge(key, facts, etag)),
      remove: (key) => askInUpkeep(`remove callback ${key}`, () => void world.callbacks.rows.delete(key)),
    },
    callbackQueue: {
      enqueue: (message) => askInUpkeep(`announce ${message.clientContext}`, () => void world.announced.push(message)),
    },
    receiver: (clientContext, status) => {
      world.witness.history.heard.set(clientContext, status);
      return Promise.resolve({ httpStatus: 200, retryAfter: undefined });
    },
    queue: { enqueue, enqueueOnce: enqueue },
    poison: { abandonedTones: () => Promise.resolve([]), abandonedCallbacks: () => Promise.resolve([]) },
    graph: {
      // The token first; then permit, way and execution are one step: no pause of the process between them (docs/reliability.md).
      sendDtmfTones: async (press, permit) => {
        const { clientContext } = press;
        await ask(`token for ${clientContext}`, () => undefined);
        const reply = await ask<PressReply>(`POST ${clientContext}`, () => {
          const permitted = permit();
          return permitted.kind === 'no' ? { kind: 'not-permitted' } : world.post(press, actor, permitted.timeoutMs);
        });
        await ask(`reply for ${clientContext}`, () => undefined);
        return reply;
      },
    },
  };
}
