// Poison queue: records the failure of a request that could not be processed, and lets the message go: it holds tones.
// Never throws, never redrives: a late press is worse than none.
import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { fromToneItem } from '../shared/storage/tone-message';
import type { EventLog } from '../shared/tones/event-log';

export interface BuryTonesDependencies extends LogsEvents {
  readonly bury: (log: EventLog) => (clientContext: string) => Promise<void>;
}

export function makeBuryTones({ bury, eventLog }: BuryTonesDependencies): StorageQueueHandler {
  return async function buryTones(item: unknown, context: InvocationContext): Promise<void> {
    const log = eventLog(context);
    const message = fromToneItem(item);
    if (message === undefined) {
      log('error', 'message-not-ours', {
        reason: 'deleted from the poison queue; it was not a tone request of this version',
      });
      return;
    }
    await bury(log)(message.clientContext);
  };
}
