// The facts of one call, as they are reported and stored, and how its id is compared.
// Knows no request but the name of the last one.

/** One row a call. */
export interface CallFacts {
  /** The clientContext accepted last. */
  readonly tail?: string;
  /** Epoch milliseconds when the call's own notification reported its end. A call never comes back. */
  readonly endedAt?: number;
  /** The call's last reported `state`, lower-case (`establishing`, `established`, …). */
  readonly state?: string;
  /** The call's last reported `mediaState.audio`, lower-case (`active`, `inactive`). */
  readonly audio?: string;
  /** Epoch milliseconds of the newest report. */
  readonly toldAt?: number;
  /** Epoch milliseconds when a notification of the call was first seen that leaves no other fact. */
  readonly notifiedAt?: number;
}

/** What one notification reported of its call. Words in lower case, absent where not reported. */
export interface ReportedCallState {
  readonly callId: string;
  readonly state?: string;
  readonly audio?: string;
  /** Deleted, or `terminated`. */
  readonly ended: boolean;
}

/** The key of a call: Graph spells the same id in upper case or without dashes in other places. */
export function callKeyOf(callId: string): string {
  return callId.replaceAll('-', '').toLowerCase();
}

/** True when the call's own notifications reported that it takes no tones yet; never when they reported nothing. */
export function isKnownNotReady(call: CallFacts | undefined): boolean {
  if (call === undefined) return false;
  return (call.state !== undefined && call.state !== 'established') || call.audio === 'inactive';
}
