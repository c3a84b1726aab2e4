// Queue: one delivery of a tone request; shared/tones/delivery/press/press-tones decides whether to press.
// Every ending but a throw lets the queue delete the message; what is thrown happens before the claim, or after a part
// was pressed and recorded.
import type { InvocationContext } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import type { PressEnding } from '../shared/tones/delivery/press/press-claimed';
import type { Delivery, ToneMessage } from '../shared/tones/ports/queues';
import { makeMessageWorker, type MessageHandler } from './on-message';

export interface SendTonesDependencies extends LogsEvents {
  readonly press: (message: ToneMessage, delivery: Delivery) => Promise<PressEnding>;
}

export function makeSendTones({ press, log }: SendTonesDependencies): MessageHandler<ToneMessage> {
  return makeMessageWorker({
    log,
    what: 'a tone request',
    // recorded, expired: the row is final or watched. waiting: a copy is on the
    // queue. duplicate, row-missing: nothing is ours to do.
    work: (message, context) => press(message, { redelivered: dequeueCountOf(context) > 1 }),
    // Before a claim, or after a part was pressed and recorded: the message presses nothing twice.
    failure:
      'Storage failed before the tones were claimed, or before the rest of them was queued; the queue delivers the message again.',
  });
}

/** How often the queue gave the message to a function, this time included. */
function dequeueCountOf({ triggerMetadata }: InvocationContext): number {
  return Number(triggerMetadata?.['dequeueCount'] ?? 1);
}
