// Reads the outcome of a request; a row whose time has passed is ended first, under the timer's own condition.
// Knows nothing of who asks. Throws when storage cannot be reached.
import type { OutcomeFacts } from '../facts/outcome-facts';
import type { RulePorts } from '../delivery/end-request';
import { makeOverdueEnd } from '../delivery/overdue-end';

export function makeOutcomeReader(ports: RulePorts) {
  const decide = makeOverdueEnd(ports);

  return async function readOutcome(clientContext: string): Promise<OutcomeFacts | undefined> {
    return (await ports.endRequest({ clientContext, by: 'reader', decide })).row;
  };
}
