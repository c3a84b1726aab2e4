// Poison queue of the callbacks: has a message tried again later, or records that its callback was given up.
// Throws where storage is down: the message stays on the poison queue, and the timer takes it later.
import type { LogsEvents } from '../shared/http/event-log';
import type { CallbackMessage } from '../shared/tones/ports/queues';
import { makeMessageBurier, type MessageHandler } from './on-message';

export interface BuryCallbacksDependencies extends LogsEvents {
  readonly buryCallback: (message: CallbackMessage) => Promise<void>;
}

export function makeBuryCallbacks({ buryCallback, log }: BuryCallbacksDependencies): MessageHandler<CallbackMessage> {
  return makeMessageBurier({ log, what: 'a callback', work: buryCallback });
}
