// Poison queue: records the failure of a request that could not be processed, and lets the message go: it holds tones.
// Never throws, puts nothing back: a late press is worse than none.
import type { LogsEvents } from '../shared/http/event-log';
import type { ToneMessage } from '../shared/tones/ports/queues';
import { makeMessageBurier, type MessageHandler } from './on-message';

export interface BuryTonesDependencies extends LogsEvents {
  readonly buryTones: (clientContext: string) => Promise<void>;
}

export function makeBuryTones({ buryTones, log }: BuryTonesDependencies): MessageHandler<ToneMessage> {
  return makeMessageBurier({ log, what: 'a tone request', work: ({ clientContext }) => buryTones(clientContext) });
}
