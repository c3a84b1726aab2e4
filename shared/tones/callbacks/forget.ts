// A caller no longer wants its callback: the row with its URL goes.
// Knows nothing of messages: one that is on its way finds no row, and ends.
import type { Ports } from '../ports/ports';

/** Harmless at any time; throws when storage cannot be reached. */
export function makeCallbackForgetter({ callbacks, log }: Pick<Ports, 'callbacks' | 'log'>) {
  return async function forget(clientContext: string): Promise<void> {
    await callbacks.remove(clientContext);
    log('info', 'callback-forgotten', { clientContext });
  };
}
