// A message that is let go, as its row is gone, or another delivery was first: nothing is pressed by it.
// Knows nothing of what the message may have left to do; who lets it go has seen to that.
import { isFinal, type OutcomeFacts } from '../../facts/outcome-facts';
import type { Ports } from '../../ports/ports';
import type { ToneMessage } from '../../ports/queues';

/** A request that has ended needs nobody's attention: its message waited meanwhile, or came twice. */
export function letGo(
  { log }: Pick<Ports, 'log'>,
  { clientContext, callId, part }: ToneMessage,
  row: OutcomeFacts | undefined,
): 'row-missing' | 'duplicate' {
  const names = { clientContext, callId, ...(part !== undefined && { part }) };
  if (row === undefined) {
    log('warn', 'row-missing', names);
    return 'row-missing';
  }
  const { status } = row;
  log(isFinal(status) ? 'info' : 'warn', 'tones-duplicate', { ...names, status });
  return 'duplicate';
}
