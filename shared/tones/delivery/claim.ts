// The claim: the conditional write by which one worker gets the right to
// press. It excludes the expiry, and every other worker.
// Reads nothing before it writes; a claim whose answer was lost differs from a rival's by its random id.
import { sizeOf } from '../facts/tone-run';
import type { OutcomeFacts } from '../facts/outcome-facts';
import { claimed } from '../facts/transitions';
import type { Ports } from '../ports/ports';
import type { ToneMessage } from '../ports/queues';
import type { Stored } from '../ports/rows';

/** A claim that is ours. */
export interface Claim {
  readonly message: ToneMessage;
  readonly claimId: string;
  readonly claimedAt: number;
  /**
   * The row as it stands after the claim, as far as it is known without a
   * read: every later write is bound to its version.
   */
  readonly row: Stored<OutcomeFacts>;
}

export type ClaimTry =
  | { readonly kind: 'ours'; readonly claim: Claim }
  /** Still unclaimed, but not as the message knew it. */
  | { readonly kind: 'moved'; readonly row: Stored<OutcomeFacts> }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'row-missing' };

/** Throws when storage cannot be reached: the queue delivers again, and finds the claim if it was written. */
export function makeClaimer({
  clock,
  random,
  outcomes,
  policy,
}: Pick<Ports, 'clock' | 'random' | 'outcomes' | 'policy'>) {
  return async function claim(message: ToneMessage): Promise<ClaimTry> {
    const claimId = random.uuid();
    const claimedAt = clock.now();
    const facts = claimed(sizeOf(message), claimId, claimedAt, policy);
    const { clientContext, callId, callbackWanted, acceptedAt } = message;
    const ours = (etag: string): ClaimTry => ({
      kind: 'ours',
      claim: {
        message,
        claimId,
        claimedAt,
        row: {
          clientContext,
          callId,
          ...(callbackWanted && { callbackWanted }),
          ...(acceptedAt !== undefined && { acceptedAt }),
          ...facts,
          etag,
        },
      },
    });
    const written = await outcomes.merge(clientContext, facts, message.etag);
    if (written.kind === 'written') return ours(written.etag);
    const row = await outcomes.read(clientContext);
    if (row === undefined) return { kind: 'row-missing' };
    // The answer of our own claim was lost and the SDK sent it again: it looks like a rival and is not.
    if (row.claimId === claimId && row.status === 'sending') return ours(row.etag);
    // Stryker disable next-line StringLiteral: `moved` is what is left when the others are ruled out; only the compiler reads it.
    return row.status === 'accepted' ? { kind: 'moved', row } : { kind: 'duplicate' };
  };
}
