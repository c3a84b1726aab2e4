// Queue: one delivery of a tone request; shared/tones/delivery/press-tones decides whether to press.
// A message that is not ours is thrown, so that it passes through the poison queue; every other ending lets the queue delete it.
import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import { describeError, type LogsEvents } from '../shared/http/event-log';
import { fromToneItem } from '../shared/storage/tone-message';
import type { EventLog } from '../shared/tones/event-log';
import type { ToneMessage } from '../shared/tones/ports';
import type { PressEnding } from '../shared/tones/delivery/press-tones';

export interface SendTonesDependencies extends LogsEvents {
  readonly press: (log: EventLog) => (message: ToneMessage) => Promise<PressEnding>;
}

export function makeSendTones({ press, eventLog }: SendTonesDependencies): StorageQueueHandler {
  return async function sendTones(item: unknown, context: InvocationContext): Promise<void> {
    const log = eventLog(context);
    const message = fromToneItem(item);
    if (message === undefined) {
      log('error', 'message-not-ours', { reason: 'not a tone request of this version' });
      throw new Error('The message on the queue is not a tone request.');
    }
    try {
      // recorded, expired: the row is final or watched. waiting: a copy is on the queue. duplicate, row-missing: nothing is ours to do.
      await press(log)(message);
    } catch (error) {
      // Only before the claim: nothing was pressed, and the queue delivers the message again.
      log('error', 'storage-failed', {
        clientContext: message.clientContext,
        callId: message.callId,
        detail: describeError(error),
      });
      throw new Error('Storage failed before the tones were claimed; the queue delivers the message again.', {
        cause: error,
      });
    }
  };
}
