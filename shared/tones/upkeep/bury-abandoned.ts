// Takes the messages of the poison queues that no function took, and treats them as the
// functions would: the queue extension of today's bundles skips a poison message that was
// seen too often for ever, and it holds tones (docs/operations.md).
import type { Ports } from '../ports/ports';
import type { AbandonedMessage, CallbackMessage, ToneMessage } from '../ports/queues';

/** A message that is older than that was skipped, or its function is far behind. */
export const ABANDONED_AFTER_MS = 120_000;
/** Rounds of up to 32 messages in one run of the timer. */
const MOST_ROUNDS = 10;

export interface AbandonedPorts extends Pick<Ports, 'poison' | 'log'> {
  readonly buryTones: (message: ToneMessage) => Promise<void>;
  readonly buryCallback: (message: CallbackMessage) => Promise<void>;
}

/** Throws when storage cannot be reached; what was not deleted is taken again. */
export function makeAbandonedBurier({ poison, log, buryTones, buryCallback }: AbandonedPorts) {
  return async function buryAbandoned(): Promise<void> {
    await buryAll(() => poison.abandonedTones(ABANDONED_AFTER_MS), buryTones);
    await buryAll(() => poison.abandonedCallbacks(ABANDONED_AFTER_MS), buryCallback);
  };

  async function buryAll<T>(
    take: () => Promise<readonly AbandonedMessage<T>[]>,
    bury: (message: T) => Promise<void>,
  ): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const taken = await take();
      if (taken.length === 0) return;
      for (const { message, remove } of taken) {
        if (message === undefined) log('error', 'message-not-ours', { reason: 'deleted from a poison queue' });
        else await bury(message);
        await remove();
      }
    }
  }
}
