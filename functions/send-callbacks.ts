// Queue: one attempt to tell a callback of an outcome; shared/tones/callbacks/callbacks decides what follows.
// A message that is not ours is thrown, so that it passes through the poison queue; so is a fault of storage, so that it comes again.
import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import { describeError, type LogsEvents } from '../shared/http/event-log';
import { fromCallbackItem } from '../shared/storage/callback-message';
import type { CallbackEnding } from '../shared/tones/callbacks/callbacks';
import type { EventLog } from '../shared/tones/event-log';
import type { CallbackMessage } from '../shared/tones/ports';

export interface SendCallbacksDependencies extends LogsEvents {
  readonly tell: (log: EventLog) => (message: CallbackMessage) => Promise<CallbackEnding>;
}

export function makeSendCallbacks({ tell, eventLog }: SendCallbacksDependencies): StorageQueueHandler {
  return async function sendCallbacks(item: unknown, context: InvocationContext): Promise<void> {
    const log = eventLog(context);
    const message = fromCallbackItem(item);
    if (message === undefined) {
      log('error', 'message-not-ours', { reason: 'not a callback of this version' });
      throw new Error('The message on the queue is not a callback.');
    }
    try {
      await tell(log)(message);
    } catch (error) {
      log('error', 'storage-failed', { clientContext: message.clientContext, detail: describeError(error) });
      throw new Error('Storage failed around a callback; the queue delivers the message again.', { cause: error });
    }
  };
}
