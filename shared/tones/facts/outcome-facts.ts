// The facts of one request, as they are stored. Knows no rule, and no storage.
// Writers only add facts; the status never goes back from a final one, except from `unknown` to what Graph reports.
import type { ErrorCode } from './error-catalogue';

/** A request that has not ended. */
export const OPEN_STATUSES = ['accepted', 'sending', 'running', 'pausing'] as const;

/** How a request ends. */
export const END_STATUSES = ['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const;

export type OpenStatus = (typeof OPEN_STATUSES)[number];
export type EndStatus = (typeof END_STATUSES)[number];
export type ToneStatus = OpenStatus | EndStatus;

export const TONE_STATUSES: readonly ToneStatus[] = [...OPEN_STATUSES, ...END_STATUSES];

export const FINAL_STATUSES: ReadonlySet<ToneStatus> = new Set(END_STATUSES);

export function isFinal(status: ToneStatus): status is EndStatus {
  return FINAL_STATUSES.has(status);
}

/** One row of the outcome table. Times are epoch milliseconds; an absent fact is undefined. */
export interface OutcomeFacts {
  readonly clientContext: string;
  readonly callId: string;
  readonly status: ToneStatus;
  readonly operationId?: string;
  readonly completionReason?: string;
  readonly resultCode?: number;
  readonly resultSubcode?: number;
  readonly resultMessage?: string;
  /** Empty, as the message: taken back by a later report. */
  readonly errorCode?: ErrorCode | '';
  readonly errorMessage?: string;
  /** Tones of all parts. */
  readonly toneCount?: number;
  /** Tones of the parts that Graph reported as successfully played; absent while it reported nothing. */
  readonly playedToneCount?: number;
  /** Absent: one. */
  readonly partCount?: number;
  /** The part that is being worked on, from 1; absent where there is one. */
  readonly part?: number;
  /** Sum of the pauses; absent where there is none. */
  readonly pauseMs?: number;
  readonly acceptedAt?: number;
  readonly expiresAt?: number;
  readonly sentAt?: number;
  readonly finishedAt?: number;

  // Ours, from here on; never shown by the API.
  /** The tenant that the request named; absent: the app's own. */
  readonly tenantId?: string;
  /**
   * Keyed hash of the request: recognises a repetition. Absent on a row that a notification made: it has no request.
   */
  readonly fingerprint?: string;
  /** Somebody wants a callback at the end (docs/decisions/0010-callbacks.md); its URL stands in a row of its own. */
  readonly callbackWanted?: boolean;
  /** W3C `traceparent` of the invocation that accepted it: the trace that its notification is linked to. */
  readonly traceparent?: string;
  /** What the status URL proves its right with. */
  readonly statusToken?: string;
  readonly delayBetweenTonesMs?: number;
  /** clientContext of the request accepted before this one on the same call; empty for the first. */
  readonly after?: string;
  /**
   * The request before it that its turn depends on, where those between ended unpressed: nobody walks over them again.
   */
  readonly turnAfter?: string;
  /** When a caller asked that nothing more be pressed, where a part was being pressed or played. */
  readonly cancelRequestedAt?: number;
  /** Which of those who cancelled it ended it: tells an end whose answer was lost from another's of that moment. */
  readonly cancelId?: string;
  /** When Graph's newest notification was recorded that counted. Absent: none was, whatever Graph's replies said. */
  readonly reportedAt?: number;
  /** Who claimed it last; empty when the claim was given back. */
  readonly claimId?: string;
  /** When it was last claimed. Once there it stays: it says that its predecessors were done. */
  readonly claimedAt?: number;
  /** When an open row that is claimed is given up (`unknown`). */
  readonly watchUntil?: number;
  /** The time until which the press of this claim may still be on its way: successors of an `unknown` wait for it. */
  readonly settledAt?: number;
  /** Not to be pressed before: Graph said so when it refused. */
  readonly notBefore?: number;
  /** Why it waits: becomes `errorCode` if it ends unpressed. Empty: nothing holds up the part that it has come to. */
  readonly waitCode?: ErrorCode | '';
  /** What Graph answered when it refused for the moment. */
  readonly waitDetail?: string;
  /** When the press of a part after the first may start at the latest. */
  readonly latestStart?: number;
  /** Pause and number of tones of each part (`tone-sequence.ts`); absent where there is one. */
  readonly partSizes?: string;
  /**
   * Which copy of its waiting message goes on, where there may be several: the copy that named it, a slash and its
   * own name (docs/decisions/0006-waiting-by-delayed-copies.md).
   */
  readonly copyId?: string;
}

/** Facts that leave a request open, or say nothing of its status: what any rule may add. */
export type OpenFacts = Partial<Omit<OutcomeFacts, 'status'>> & { readonly status?: OpenStatus };

/** A row of a request that has not ended. */
export type OpenRow = OutcomeFacts & { readonly status: OpenStatus };

/** True when the deadline of a row that was never pressed has passed. */
export function isExpired(row: OutcomeFacts, now: number): boolean {
  return row.status === 'accepted' && now >= (row.expiresAt ?? Infinity);
}

/** The request before it on the call that its turn depends on. */
export function turnAfterOf({ after, turnAfter }: Pick<OutcomeFacts, 'after' | 'turnAfter'>): string {
  return turnAfter ?? after ?? '';
}

/** True when a report may still decide the row. */
export function awaitsReport(row: OutcomeFacts): boolean {
  return row.status === 'sending' || row.status === 'running' || row.status === 'unknown';
}

declare const isEnd: unique symbol;

/** Facts that end a request. Only `transitions.ts` makes them, and only `delivery/end-request.ts` writes them. */
export type End = Partial<OutcomeFacts> & {
  readonly status: EndStatus;
  readonly finishedAt: number;
  readonly [isEnd]: true;
};
