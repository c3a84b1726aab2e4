// Queue: one attempt to deliver an outcome to its callback; shared/tones/callbacks decides what follows.
// A fault of storage is thrown, so that the message comes again.
import type { LogsEvents } from '../shared/http/event-log';
import type { CallbackEnding } from '../shared/tones/callbacks/deliver';
import type { CallbackMessage } from '../shared/tones/ports/queues';
import { makeMessageWorker, type MessageHandler } from './on-message';

export interface SendCallbacksDependencies extends LogsEvents {
  readonly deliverCallback: (message: CallbackMessage) => Promise<CallbackEnding>;
}

export function makeSendCallbacks({
  deliverCallback,
  log,
}: SendCallbacksDependencies): MessageHandler<CallbackMessage> {
  return makeMessageWorker({
    log,
    what: 'a callback',
    work: deliverCallback,
    failure: 'Storage failed around a callback; the queue delivers the message again.',
  });
}
