// The claim: the conditional write by which one worker gets the right to
// press. It excludes the expiry, and every other worker.
// Reads nothing before it writes; a claim whose answer was lost differs from a rival's by its random id.
import type { OutcomeFacts } from '../../facts/outcome-facts';
import { isAhead } from '../../facts/parts/part-state';
import { sizeOf } from '../../facts/tone-run';
import { sizesOf } from '../../facts/parts/tone-sequence';
import { claimed } from '../../facts/open-transitions';
import type { Ports } from '../../ports/ports';
import type { ToneMessage } from '../../ports/queues';
import type { Stored } from '../../ports/rows';

/** A claim that is ours. */
export interface Claim {
  readonly message: ToneMessage;
  /** From 1. */
  readonly part: number;
  /** Epoch milliseconds: the POST must not start later. */
  readonly deadline: number;
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
  | { readonly kind: 'duplicate'; readonly row: Stored<OutcomeFacts> }
  | { readonly kind: 'row-missing'; readonly row?: undefined };

/** Throws when storage cannot be reached: the queue delivers again, and finds the claim if it was written. */
export function makeClaimer({
  clock,
  random,
  outcomes,
  policy,
}: Pick<Ports, 'clock' | 'random' | 'outcomes' | 'policy'>) {
  /** `known`: the row as it was just read; without it the claim is bound to the version that the message names. */
  return async function claim(message: ToneMessage, known?: Stored<OutcomeFacts>): Promise<ClaimTry> {
    const claimId = random.uuid();
    const claimedAt = clock.now();
    const { clientContext, part = 1 } = message;
    const facts = {
      ...claimed(sizeOf(message), claimId, claimedAt, policy),
      // Another copy may be the one that was named to go on: it is this one now.
      ...(known && (known.copyId ?? '') !== (message.copyId ?? '') && { copyId: message.copyId ?? '' }),
    };
    const deadline = part === 1 ? message.expiresAt : (known?.latestStart ?? message.expiresAt);
    const ours = (row: Stored<OutcomeFacts>): ClaimTry => ({
      kind: 'ours',
      claim: { message, part, deadline, claimId, claimedAt, row },
    });
    const written = await outcomes.merge(clientContext, facts, known?.etag ?? message.etag);
    if (written.kind === 'written') return ours({ ...(known ?? rowOf(message)), ...facts, etag: written.etag });
    const row = await outcomes.read(clientContext);
    if (row === undefined) return { kind: 'row-missing' };
    // The answer of our own claim was lost and the SDK sent it again: it looks like a rival and is not. Its version is
    // that of what was read: a callback, or a cancellation, may have been asked for since.
    if (row.claimId === claimId && row.status === 'sending') return ours(row);
    return isAhead(row, part) ? { kind: 'moved', row } : { kind: 'duplicate', row };
  };
}

/** What the first message of a request says of its row. */
function rowOf(message: ToneMessage): Omit<OutcomeFacts, 'status'> {
  const { clientContext, callId, tenantId, callbackWanted, acceptedAt } = message;
  return {
    clientContext,
    callId,
    ...(tenantId !== undefined && { tenantId }),
    ...sizesOf(message),
    ...(callbackWanted && { callbackWanted }),
    ...(acceptedAt !== undefined && { acceptedAt }),
  };
}
