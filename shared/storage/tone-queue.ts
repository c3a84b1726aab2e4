// The queue of tone requests. A message lives only as long as somebody may press it: it holds the tones.
// Implements the port ToneQueue.
import type { QueueClient } from '@azure/storage-queue';
import type { Clock, ToneMessage, ToneQueue } from '../tones/ports';
import type { Container } from './storage-clients';
import { toToneText } from './tone-message';

/** A message outlives its deadline by this much, so that the row is expired by its own message and not only by the timer. */
const LIFE_AFTER_DEADLINE_SECONDS = 30;

/** @param queueOnce the same queue, by a client that repeats nothing. */
export function makeToneQueue(
  queue: Container<QueueClient>,
  queueOnce: Container<QueueClient>,
  clock: Clock,
): ToneQueue {
  async function send(container: Container<QueueClient>, message: ToneMessage, delayMs: number): Promise<void> {
    const visibilityTimeout = Math.ceil(Math.max(0, delayMs) / 1000);
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
