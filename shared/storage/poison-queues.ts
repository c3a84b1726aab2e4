// The poison queues, as the timer sees them: messages that no function
// took, because the host skips what was seen too often.
// Looks first, so that what a function is about to take is left to it. Knows nothing of what becomes of a message.
import type { QueueClient } from '@azure/storage-queue';
import type { Clock } from '../tones/ports/clock';
import type { AbandonedMessage, PoisonQueues } from '../tones/ports/queues';
import type { Container } from './storage-clients';
import { unlessMissing } from './storage-errors';
import { fromCallbackItem, fromToneItem } from './message-codec';

/** Most that one request of the queue gives. */
const MOST_MESSAGES = 32;
/** What is taken comes back after this if it was not deleted. */
const TAKEN_FOR_SECONDS = 60;

export function makePoisonQueues(
  tones: Container<QueueClient>,
  callbacks: Container<QueueClient>,
  clock: Clock,
): PoisonQueues {
  async function abandoned<T>(
    queue: Container<QueueClient>,
    decode: (item: unknown) => T | undefined,
    ageMs: number,
  ): Promise<AbandonedMessage<T>[]> {
    const before = clock.now() - ageMs;
    const isOld = ({ insertedOn }: { readonly insertedOn: Date }) => insertedOn.getTime() < before;
    const seen = await queue.use((client, options) =>
      client.peekMessages({ ...options, numberOfMessages: MOST_MESSAGES }),
    );
    if (!seen.peekedMessageItems.some(isOld)) return [];
    const taken = await queue.use((client, options) =>
      client.receiveMessages({
        ...options,
        numberOfMessages: MOST_MESSAGES,
        visibilityTimeout: TAKEN_FOR_SECONDS,
      }),
    );
    return taken.receivedMessageItems.filter(isOld).map(({ messageId, popReceipt, messageText }) => ({
      message: decode(messageText),
      remove: () => remove(queue, messageId, popReceipt),
    }));
  }

  async function remove(queue: Container<QueueClient>, messageId: string, popReceipt: string): Promise<void> {
    await queue.use((client, options) => client.deleteMessage(messageId, popReceipt, options)).catch(unlessMissing);
  }

  return {
    abandonedTones: (ageMs) => abandoned(tones, fromToneItem, ageMs),
    abandonedCallbacks: (ageMs) => abandoned(callbacks, fromCallbackItem, ageMs),
  };
}
