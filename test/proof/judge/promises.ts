// The promises of docs/reliability.md that a history can break, each under a name of its own.
// Written by hand from the documents; knows nothing of the rules that it judges.

export const PROMISES = [
  'double press',
  'part pressed twice',
  'part before its pause',
  'part after its lateness',
  'part after none played',
  'pressed between parts',
  'pressed after a cancel',
  'cancel lost',
  'canceled without cause',
  'wrong tones',
  'pressed in another tenant',
  'false playedToneCount',
  'lost',
  'not final',
  'final too late',
  'false status',
  'late press',
  'early press',
  'order inversion',
  'unexplained unknown',
  'unexplained failed',
  'unexplained expired',
  'forgotten',
  'deleted too early',
  'kept too long',
  'copies multiply',
  'callback lost',
  'kept waiting',
  'livelock',
] as const;
export type Promised = (typeof PROMISES)[number];

export interface Violation {
  readonly promise: Promised;
  readonly clientContext: string;
  readonly detail: string;
}

/** Reports one broken promise. */
export type Report = (promise: Promised, clientContext: string, detail: string) => void;

/** The settings that the app was given, and what the documents state beside them. All in milliseconds. */
export interface Stated {
  /** SEND_GRACE_SECONDS: W. */
  readonly sendGraceMs: number;
  /** NOTIFICATION_GRACE_SECONDS. */
  readonly notificationGraceMs: number;
  /** WAIT_MAX_SECONDS, the longest that any instance was given. */
  readonly longestWaitMs: number;
  /** PART_LATENESS_SECONDS. */
  readonly partLatenessMs: number;
  /** OUTCOME_RETENTION_DAYS. */
  readonly retentionMs: number;
}

/** A clock of an instance is off the true time by at most this: so two instances disagree by at most twice as much. */
export const SKEW_MS = 50;
/** The longest way of a request to Graph on a network without a fault. With the clocks' disagreement it fits into the lead. */
export const LONGEST_WAY_MS = 150;
/** With less than this left before its deadline a request expires. */
export const LEAD_MS = 250;
/** A request is final so long after it is due at the latest. */
export const FINAL_WITHIN_MS = 90_000;
/** The timer runs every so often; what two runs in a row did not do may be later than promised. */
export const MOST_MISSED_RUNS = 2;
/** A clock is read in whole milliseconds, twice. */
export const ROUNDING_MS = 2;

export const FINAL = ['succeeded', 'failed', 'canceled', 'expired', 'unknown'];
/** What may follow `unknown`. */
export const REPORTED = ['succeeded', 'failed', 'canceled'];

export function isEnd(status: string): boolean {
  return FINAL.includes(status);
}
