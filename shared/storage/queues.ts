// Puts messages on the queues of tone requests and of callbacks. Knows nothing
// of when one is due: the rules say how long it waits.
// A tone request's message lives only as long as somebody may press it: it holds the tones. A
// callback's lives as long as Azure keeps it by default (7 days): it holds no secret.
import type { QueueClient } from '@azure/storage-queue';
import type { Clock } from '../tones/ports/clock';
import type { CallbackQueue, ToneMessage, ToneQueue } from '../tones/ports/queues';
import { toCallbackText, toToneText } from './message-codec';
import type { Container } from './storage-clients';

/**
 * A message outlives its deadline by this much, so that the row is
 * expired by its own message and not only by the timer.
 */
const LIFE_AFTER_DEADLINE_SECONDS = 30;

/** @param queueOnce the same queue, by a client that repeats nothing. */
export function makeToneQueue(
  queue: Container<QueueClient>,
  queueOnce: Container<QueueClient>,
  clock: Clock,
): ToneQueue {
  async function send(container: Container<QueueClient>, message: ToneMessage, delayMs: number): Promise<void> {
    const visibilityTimeout = toVisibilitySeconds(delayMs);
    const remainingSeconds = Math.ceil(Math.max(0, message.expiresAt - clock.now()) / 1000);
    // Storage wants the time-to-live to be longer than the delay.
    const messageTimeToLive = Math.max(remainingSeconds, visibilityTimeout) + LIFE_AFTER_DEADLINE_SECONDS;
    const text = toToneText({ ...message, dueAt: clock.now() + visibilityTimeout * 1000 });
    await container.use((client, options) =>
      client.sendMessage(text, { ...options, visibilityTimeout, messageTimeToLive }),
    );
  }

  return {
    enqueue: (message, delayMs) => send(queue, message, delayMs),
    enqueueOnce: (message, delayMs) => send(queueOnce, message, delayMs),
  };
}

export function makeCallbackQueue(queue: Container<QueueClient>): CallbackQueue {
  return {
    async enqueue(message, delayMs) {
      const visibilityTimeout = toVisibilitySeconds(delayMs);
      await queue.use((client, options) =>
        client.sendMessage(toCallbackText(message), { ...options, visibilityTimeout }),
      );
    },
  };
}

/** A queue counts whole seconds: rounded up, so that nothing comes before its time. */
export function toVisibilitySeconds(delayMs: number): number {
  return Math.ceil(Math.max(0, delayMs) / 1000);
}
