// Writes under a claim: bound to its version, or, where another fact was
// added meanwhile, to a row that still carries it.
// Nothing in here throws: the press may have happened. Knows nothing of what a press came to.
import { errorName } from '../../event-log';
import { isFinal, type OpenFacts, type OutcomeFacts } from '../../facts/outcome-facts';
import { partOf } from '../../facts/parts/parts-of-row';
import type { Ports } from '../../ports/ports';
import type { Stored } from '../../ports/rows';
import type { Claim } from './claim';

/** Attempts at one write while storage is down; the SDK retries each by itself. Then the timer ends the row. */
export const MOST_WRITES = 3;
/** The row changes under a claim at most a few times: a callback or a cancellation that is asked for. */
const MOST_ROUNDS = 20;

/** `late`: the row was ended without us. */
export type Bound =
  | { readonly kind: 'written'; readonly row: Stored<OutcomeFacts> }
  | { readonly kind: 'late'; readonly row: Stored<OutcomeFacts> }
  /** A caller asked meanwhile that nothing more be pressed. */
  | { readonly kind: 'canceled'; readonly row: Stored<OutcomeFacts> }
  | { readonly kind: 'lost' };

type WritePorts = Pick<Ports, 'outcomes' | 'log'>;

/** Tries a few times while storage is down; the row is known before the first, and read before every other. */
export async function persist<T>(
  ports: WritePorts,
  claim: Claim,
  write: (row: Stored<OutcomeFacts> | undefined) => Promise<T>,
): Promise<T | undefined> {
  for (let attempt = 1; attempt <= MOST_WRITES; attempt += 1) {
    try {
      return await write(attempt === 1 ? claim.row : undefined);
    } catch (error) {
      logStorageFailed(ports, claim, error);
    }
  }
  return undefined;
}

/** Adds facts under the claim. */
export async function mergeUnderClaim(ports: WritePorts, claim: Claim, facts: OpenFacts): Promise<Bound> {
  const { outcomes } = ports;
  const { clientContext } = claim.message;
  const bound = await persist(ports, claim, async (known): Promise<Bound> => {
    let row: Stored<OutcomeFacts> | undefined = known ?? (await outcomes.read(clientContext));
    for (let round = 0; round < MOST_ROUNDS && row !== undefined; round += 1) {
      if (isWritten(row, claim, facts)) return { kind: 'written', row };
      if (row.claimId !== claim.claimId || row.status !== 'sending') return { kind: 'late', row };
      // What would be pressed again, or goes on with another part, is over.
      if (row.cancelRequestedAt !== undefined && facts.status !== 'running') return { kind: 'canceled', row };
      const written = await outcomes.merge(clientContext, facts, row.etag);
      if (written.kind === 'written') return { kind: 'written', row: { ...row, ...facts, etag: written.etag } };
      row = await outcomes.read(clientContext);
    }
    return { kind: 'lost' };
  });
  return bound ?? { kind: 'lost' };
}

/** True if the row shows our own facts: their answer was lost. */
function isWritten(row: OutcomeFacts, claim: Claim, facts: OpenFacts): boolean {
  if (row.status !== facts.status) return false;
  if (facts.status === 'running') return row.claimId === claim.claimId;
  return row.claimId === '' && partOf(row) === (facts.part ?? claim.part) && row.notBefore === facts.notBefore;
}

/**
 * A notification came first: its status stands; when and as which operation we sent are facts all the same. Where the
 * row has come to
 * another part, only the time of the first press is ours to add.
 */
export async function addAbsentFacts(
  ports: WritePorts,
  claim: Claim,
  facts: Partial<OutcomeFacts>,
  row: Stored<OutcomeFacts>,
): Promise<void> {
  try {
    let current: Stored<OutcomeFacts> | undefined = row;
    for (let round = 0; round < MOST_ROUNDS && current !== undefined; round += 1) {
      const absent = absentFrom(current, claim, facts);
      if (Object.keys(absent).length === 0) return;
      const written = await ports.outcomes.merge(row.clientContext, absent, current.etag);
      if (written.kind === 'written') return;
      current = await ports.outcomes.read(row.clientContext);
    }
  } catch (error) {
    logStorageFailed(ports, claim, error);
  }
}

function absentFrom(row: OutcomeFacts, claim: Claim, facts: Partial<OutcomeFacts>): OpenFacts {
  const isOurPart = isFinal(row.status) && row.claimId === claim.claimId;
  const isAfterFirst = claim.part === 1 && partOf(row) > 1;
  const sentAt = row.sentAt === undefined && facts.sentAt !== undefined && { sentAt: facts.sentAt };
  const operationId = row.operationId === undefined &&
    facts.operationId !== undefined && { operationId: facts.operationId };
  return { ...((isOurPart || isAfterFirst) && sentAt), ...(isOurPart && operationId) };
}

export function logStorageFailed({ log }: Pick<Ports, 'log'>, { message }: Claim, error: unknown): void {
  const { clientContext, callId } = message;
  log('error', 'storage-failed', { clientContext, callId, detail: errorName(error) });
}
