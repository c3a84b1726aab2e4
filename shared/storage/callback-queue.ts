// The queue of callbacks. A message lives as long as Azure keeps it by default (7 days): it holds no secret.
// Implements the port CallbackQueue.
import type { QueueClient } from '@azure/storage-queue';
import type { CallbackQueue } from '../tones/ports';
import { toCallbackText } from './callback-message';
import type { Container } from './storage-clients';

export function makeCallbackQueue(queue: Container<QueueClient>): CallbackQueue {
  return {
    async enqueue(message, delayMs) {
      await queue.use((client, options) =>
        client.sendMessage(toCallbackText(message), {
          ...options,
          visibilityTimeout: Math.ceil(Math.max(0, delayMs) / 1000),
        }),
      );
    },
  };
}
