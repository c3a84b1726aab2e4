// Marks the row of a request as one whose end is wanted by a callback, so that whoever ends it announces it.
// Knows nothing of the callback itself.
import type { OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';

const MOST_ROUNDS = 20;

/** The row as it then stands; undefined where there is none. Throws when storage cannot be reached. */
export async function markWanted(
  { outcomes }: Pick<Ports, 'outcomes'>,
  clientContext: string,
): Promise<OutcomeFacts | undefined> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const row = await outcomes.read(clientContext);
    if (row === undefined || row.callbackWanted) return row;
    const written = await outcomes.merge(clientContext, { callbackWanted: true }, row.etag);
    if (written.kind === 'written') return { ...row, callbackWanted: true };
  }
  throw new Error('lost every race for the row of a callback');
}
