// Poison queue of the callbacks: has a message tried again later, or records that its callback was given up.
// Never throws: the outcome itself is stored and can be asked for.
import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { fromCallbackItem } from '../shared/storage/callback-message';
import type { EventLog } from '../shared/tones/event-log';
import type { CallbackMessage } from '../shared/tones/ports';

export interface BuryCallbacksDependencies extends LogsEvents {
  readonly bury: (log: EventLog) => (message: CallbackMessage) => Promise<void>;
}

export function makeBuryCallbacks({ bury, eventLog }: BuryCallbacksDependencies): StorageQueueHandler {
  return async function buryCallbacks(item: unknown, context: InvocationContext): Promise<void> {
    const log = eventLog(context);
    const message = fromCallbackItem(item);
    if (message === undefined) {
      log('error', 'message-not-ours', {
        reason: 'deleted from the poison queue; it was not a callback of this version',
      });
      return;
    }
    await bury(log)(message);
  };
}
