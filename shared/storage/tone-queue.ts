// The queue of tone requests. A message lives only as long as somebody may press it: it holds the tones.
// Implements the port ToneQueue.
import type { QueueClient } from '@azure/storage-queue';
import type { Clock, ToneQueue } from '../tones/ports';
import type { Container } from './storage-clients';
import { toToneText } from './tone-message';

/** A message outlives its deadline by this much, so that the row is expired by its own message and not only by the timer. */
const LIFE_AFTER_DEADLINE_SECONDS = 30;

export function makeToneQueue(queue: Container<QueueClient>, clock: Clock): ToneQueue {
  return {
    async enqueue(message, delayMs) {
      const visibilityTimeout = Math.ceil(Math.max(0, delayMs) / 1000);
      const remainingSeconds = Math.ceil(Math.max(0, message.expiresAt - clock.now()) / 1000);
      // Storage wants the time-to-live to be longer than the delay.
      const messageTimeToLive = Math.max(remainingSeconds, visibilityTimeout) + LIFE_AFTER_DEADLINE_SECONDS;
      await queue.use((client, options) =>
        client.sendMessage(toToneText({ ...message, dueAt: clock.now() + visibilityTimeout * 1000 }), {
          ...options,
          visibilityTimeout,
          messageTimeToLive,
        }),
      );
    },
  };
}
