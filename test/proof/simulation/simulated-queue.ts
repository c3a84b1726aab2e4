// The queue and its trigger: at least once, five attempts, then the poison queue; a dead host hides its messages for ten minutes.
// Calls the rules as functions/send-tones and functions/bury-tones do.
import type { ToneMessage } from '../../../shared/tones/ports/queues';
import type { World } from './simulated-world';

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

  constructor(private readonly world: World) {}

  add(message: ToneMessage, delayMs: number): void {
    const delay = Math.ceil(delayMs / 1000) * 1000;
    const goneAt = Math.max(this.world.time.now + delay, message.expiresAt) + LIFE_AFTER_DEADLINE_MS;
    this.put({ message, goneAt, deliveries: 0, deleted: false }, delay);
  }

  private put(queued: Queued, delayMs: number): void {
    const { clientContext } = queued.message;
    const live = this.live.get(clientContext);
    if (live) live.add(queued);
    else this.live.set(clientContext, new Set([queued]));
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
    if (queued.deleted || world.time.now > queued.goneAt) return;
    const { message } = queued;
    queued.deliveries += 1;
    if (world.tracing) world.witness.trace(message.clientContext, `delivered (${queued.deliveries})`);
    if (world.strikes('redelivered', message.clientContext))
      this.put({ ...queued, deleted: false }, world.random.between(0, 5000));
    const instance = world.instance();
    world
      .workOn(instance, message.clientContext, () =>
        instance.rules.press(message, { redelivered: queued.deliveries > 1 }),
      )
      .then(
        (ended) => {
          if (ended === undefined)
            return this.comeAgain(queued, world.random.chance(0.5) ? RETRY_AFTER_FAILURE_MS : HIDDEN_BY_DEAD_HOST_MS);
          if (world.strikes('deleteLost', message.clientContext)) return this.comeAgain(queued, HIDDEN_BY_DEAD_HOST_MS);
          this.remove(queued);
        },
        () => {
          if (queued.deliveries < MOST_DELIVERIES) return this.comeAgain(queued, RETRY_AFTER_FAILURE_MS);
          queued.deleted = true;
          this.bury(message.clientContext, 1);
        },
      );
  }

  private bury(clientContext: string, attempt: number): void {
    const { world } = this;
    world.time.plan(world.random.between(5, 500), () => {
      const instance = world.instance();
      world
        .workOn(instance, clientContext, () => instance.rules.bury(clientContext))
        .then(
          (ended) => {
            if (ended === undefined && attempt < MOST_DELIVERIES) this.bury(clientContext, attempt + 1);
          },
          () => world.witness.violation('lost', clientContext, 'buryTones threw'),
        );
    });
  }
}
