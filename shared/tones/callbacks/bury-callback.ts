// Takes a callback's message that the queue gave up: it is tried again later,
// and given up after as many attempts as any other.
// Knows neither the outcome nor the POST. Throws when storage cannot be
// reached: the message stays on the poison queue, and the timer takes it from there.
import { errorName } from '../event-log';
import type { Ports } from '../ports/ports';
import type { CallbackMessage } from '../ports/queues';
import { MOST_ATTEMPTS, callbackWaitMs } from './retry';

const REASON = 'the queue gave it up';

export function makeCallbackBurier(ports: Pick<Ports, 'clock' | 'callbacks' | 'callbackQueue' | 'log'>) {
  const { callbackQueue, log } = ports;

  return async function bury(message: CallbackMessage): Promise<void> {
    const { clientContext } = message;
    const attempts = message.attempts + 1;
    try {
      if (attempts >= MOST_ATTEMPTS) return await giveUp(clientContext, attempts);
      const delayMs = callbackWaitMs(attempts);
      await callbackQueue.enqueue({ ...message, attempts }, delayMs);
      log('warn', 'callback-waiting', { clientContext, count: attempts, reason: REASON, delayMs });
    } catch (error) {
      log('error', 'storage-failed', { clientContext, detail: errorName(error) });
      throw error;
    }
  };

  async function giveUp(clientContext: string, attempts: number): Promise<void> {
    const { clock, callbacks } = ports;
    const callback = await callbacks.read(clientContext);
    if (callback === undefined || callback.url === '') return;
    await callbacks.merge(clientContext, { url: '', ended: 'given-up', changedAt: clock.now() }, callback.etag);
    log('error', 'callback-given-up', { clientContext, count: attempts, reason: REASON });
  }
}
