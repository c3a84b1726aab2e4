// The queue and its trigger: at least once, five attempts, then the poison queue; a dead host hides its messages for ten minutes.
// Calls the rules as functions/send-tones and functions/bury-tones do.
import type { ToneMessage } from '../../../shared/tones/ports/queues';
import { isReadBy, ofOlderApp } from './ports-of';
import type { World } from './simulated-world';
import { SkippedMessages } from './skipped-messages';

const HIDDEN_BY_DEAD_HOST_MS = 600_000;
const RETRY_AFTER_FAILURE_MS = 2000;
const MOST_DELIVERIES = 5;
const LIFE_AFTER_DEADLINE_MS = 30_000;

interface Queued {
  readonly message: ToneMessage;
  readonly goneAt: number;
  deliveries: number;
  deleted: boolean;
}

export class SimulatedQueue {
  private readonly live = new Map<string, Set<Queued>>();
  readonly skipped: SkippedMessages<ToneMessage>;

  constructor(private readonly world: World) {
    this.skipped = new SkippedMessages(world);
  }

  add(message: ToneMessage, delayMs: number): void {
    const delay = Math.ceil(delayMs / 1000) * 1000;
    const goneAt = Math.max(this.world.time.now + delay, message.expiresAt) + LIFE_AFTER_DEADLINE_MS;
    this.put({ message, goneAt, deliveries: 0, deleted: false }, delay);
  }

  private put(queued: Queued, delayMs: number): void {
    const { clientContext } = queued.message;
    const live = this.live.get(clientContext) ?? new Set();
    this.live.set(clientContext, live.add(queued));
    this.world.witness.messageAdded(clientContext, live.size);
    this.comeAgain(queued, delayMs);
  }

  private remove(queued: Queued): void {
    const { clientContext } = queued.message;
    queued.deleted = true;
    const live = this.live.get(clientContext);
    live?.delete(queued);
    this.world.witness.messageDropped(clientContext, live?.size ?? 0);
  }

  private comeAgain(queued: Queued, delayMs: number): void {
    const pollingMs = this.world.random.between(5, 500);
    this.world.time.plan(delayMs + pollingMs, () => this.deliver(queued));
  }

  private deliver(queued: Queued): void {
    const { world } = this;
    if (queued.deleted) return;
    const { message } = queued;
    const { clientContext } = message;
    if (world.time.now > queued.goneAt) {
      this.live.get(clientContext)?.delete(queued);
      return;
    }
    queued.deliveries += 1;
    const redelivered = queued.deliveries > 1;
    if (world.tracing) world.witness.trace(clientContext, `delivered (${queued.deliveries})`);
    if (world.strikes('redelivered', clientContext))
      this.put({ ...queued, deleted: false }, world.random.between(0, 5000));
    world
      .workOn(clientContext, (rules, instance) => {
        if (!isReadBy(instance, message)) return this.notOurs(message);
        return rules.press(instance.isOlder ? ofOlderApp(message) : message, { redelivered });
      })
      .then(
        (ended) => {
          if (ended === undefined)
            return this.comeAgain(queued, world.random.chance(0.5) ? RETRY_AFTER_FAILURE_MS : HIDDEN_BY_DEAD_HOST_MS);
          if (world.strikes('deleteLost', clientContext)) return this.comeAgain(queued, HIDDEN_BY_DEAD_HOST_MS);
          this.remove(queued);
        },
        () => {
          if (queued.deliveries < MOST_DELIVERIES) return this.comeAgain(queued, RETRY_AFTER_FAILURE_MS);
          this.poison(queued);
        },
      );
  }

  /** An older app throws: the message comes again, to whichever instance takes it. */
  private notOurs({ clientContext }: ToneMessage): Promise<never> {
    this.world.witness.note('olderApp', clientContext);
    return Promise.reject(new Error('the message on the queue is not a tone request'));
  }

  private poison(queued: Queued): void {
    const { clientContext } = queued.message;
    queued.deleted = true;
    this.live.get(clientContext)?.delete(queued);
    this.world.witness.note('poisoned', clientContext);
    if (this.world.strikes('poisonSkipped', clientContext)) this.skipped.add(queued.message);
    else this.bury(queued.message, 1);
  }

  private bury(message: ToneMessage, attempt: number): void {
    const { world } = this;
    const { clientContext } = message;
    world.time.plan(world.random.between(5, 500), () => {
      world
        .workOn(clientContext, (rules, instance) => {
          if (isReadBy(instance, message)) return rules.bury(message);
          // An older app lets go what it cannot read: the timer ends the row once its time has passed.
          world.witness.note('olderApp', clientContext);
          return Promise.resolve();
        })
        .then(
          (ended) => {
            if (ended === undefined && attempt < MOST_DELIVERIES) this.bury(message, attempt + 1);
          },
          () => world.witness.note('burying failed', clientContext),
        );
    });
  }
}
