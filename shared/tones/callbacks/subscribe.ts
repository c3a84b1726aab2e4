// A caller asks for a callback: its URL is stored in a row of its own, and the request is marked.
// Whoever ends the request sees the mark, or the end is seen here: one of the two announces it.
//
//   subscribe: URL stored -> outcome read again: already final? -> announced
//   an end:    outcome stored -> announced -> deliver: URL read -> POST
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';
import { markWanted } from './mark-wanted';

/** Throws when storage cannot be reached: the caller asks again. */
export function makeCallbackSubscriber(
  ports: Pick<Ports, 'clock' | 'outcomes' | 'callbacks' | 'callbackQueue' | 'log'>,
) {
  const { clock, callbacks, callbackQueue, log } = ports;

  return async function subscribe(clientContext: string, url: string): Promise<OutcomeFacts> {
    const now = clock.now();
    await callbacks.replace(clientContext, { url, subscribedAt: now, changedAt: now });
    log('info', 'callback-set', { clientContext });
    const row = await markWanted(ports, clientContext);
    if (row === undefined) throw new Error('the row of a request vanished while its callback was set');
    if (isFinal(row.status)) await callbackQueue.enqueue({ clientContext, attempts: 0 }, 0);
    return row;
  };
}
