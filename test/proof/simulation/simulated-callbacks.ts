// The callbacks of a simulated world: their rows, their queue, and receivers that are down or whose answers are lost.
// Calls the rules as functions/send-callbacks and functions/bury-callbacks do.
import type { CallbackAnswer } from '../../../shared/outbound/callback-answer';
import type { CallbackFacts } from '../../../shared/tones/ports/callbacks';
import type { CallbackMessage } from '../../../shared/tones/ports/queues';
import { SimulatedRows } from './simulated-storage';
import type { World } from './simulated-world';
import { SkippedMessages } from './skipped-messages';

const RETRY_AFTER_FAILURE_MS = 2000;
const MOST_DELIVERIES = 5;
/** Answers of a receiver that will take it another time. */
const LATER = [408, 425, 429, 500, 502, 503] as const;

export class SimulatedCallbacks {
  readonly rows = new SimulatedRows<CallbackFacts>();
  /** The status that each receiver was sent last. */
  readonly heard = new Map<string, string>();

  readonly skipped: SkippedMessages<CallbackMessage>;

  constructor(private readonly world: World) {
    this.skipped = new SkippedMessages(world);
  }

  replace(clientContext: string, facts: CallbackFacts): void {
    const row = this.rows.read(clientContext);
    if (row) this.rows.remove(clientContext, row.etag);
    this.rows.insert(clientContext, facts);
  }

  remove(clientContext: string): void {
    const row = this.rows.read(clientContext);
    if (row) this.rows.remove(clientContext, row.etag);
  }

  /** The receiver's answer; undefined where none comes. */
  receive(clientContext: string, status: string): CallbackAnswer | undefined {
    const { world } = this;
    const { random } = world;
    if (world.outages.strikes('receivers', clientContext)) return undefined;
    if (world.strikes('callbackDown', clientContext)) {
      const retryAfter = random.chance(0.2) ? String(random.between(1, 30)) : undefined;
      return { httpStatus: random.pick(LATER), retryAfter };
    }
    this.heard.set(clientContext, status);
    if (world.strikes('callbackAnswerLost', clientContext)) return undefined;
    return { httpStatus: 200, retryAfter: undefined };
  }

  add(message: CallbackMessage, delayMs: number): void {
    this.deliverIn(message, delayMs, 1);
  }

  private deliverIn(message: CallbackMessage, delayMs: number, delivery: number): void {
    const { world } = this;
    world.time.plan(delayMs + world.random.between(5, 500), () => {
      world
        .workOn(message.clientContext, (rules) => rules.tell(message))
        .then(
          // The host died: its message comes again.
          (ended) => ended ?? this.deliverIn(message, RETRY_AFTER_FAILURE_MS, delivery),
          () => {
            if (delivery < MOST_DELIVERIES) this.deliverIn(message, RETRY_AFTER_FAILURE_MS, delivery + 1);
            else this.bury(message);
          },
        );
    });
  }

  /** Of the poison queue: what fails there too often is skipped by the host, and stays for the timer. */
  private bury(message: CallbackMessage, delivery = 1): void {
    const { world } = this;
    world.time.plan(world.random.between(5, 500) + (delivery - 1) * RETRY_AFTER_FAILURE_MS, () => {
      const again = () => {
        if (delivery < MOST_DELIVERIES) this.bury(message, delivery + 1);
        else this.skipped.add(message);
      };
      world
        .workOn(message.clientContext, (rules) => rules.buryCallback(message))
        .then((ended) => ended ?? again(), again);
    });
  }
}
