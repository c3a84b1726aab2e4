// The times that the delivery rules are bound by, and what follows from them for one request.
// Numbers only: knows no clock, no row and no rule.
import { delaysMs, soundingMs, type RunSize } from './tone-run';

/** All in milliseconds. */
export interface DeliveryPolicy {
  /** W: a claimed request of which nothing more is heard for so long is `unknown` (setting SEND_GRACE_SECONDS). */
  readonly sendGraceMs: number;
  /** How long the notification may take on top of the tones' own duration (setting NOTIFICATION_GRACE_SECONDS). */
  readonly notificationGraceMs: number;
  /** Shortest and longest wait before a request is tried again (settings WAIT_MIN_SECONDS, WAIT_MAX_SECONDS). */
  readonly minWaitMs: number;
  readonly maxWaitMs: number;
  /** How late after its pause a part after the first may still be pressed (setting PART_LATENESS_SECONDS). */
  readonly partLatenessMs: number;
  /** Rows older than that are deleted (setting OUTCOME_RETENTION_DAYS). */
  readonly retentionMs: number;
}

/** The settings that bound the delivery, in their own units. */
export interface DeliverySettings {
  readonly sendGraceSeconds: number;
  readonly notificationGraceSeconds: number;
  readonly waitMinSeconds: number;
  readonly waitMaxSeconds: number;
  readonly partLatenessSeconds: number;
  readonly outcomeRetentionDays: number;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

export function makeDeliveryPolicy(settings: DeliverySettings): DeliveryPolicy {
  return {
    sendGraceMs: settings.sendGraceSeconds * SECOND_MS,
    notificationGraceMs: settings.notificationGraceSeconds * SECOND_MS,
    minWaitMs: settings.waitMinSeconds * SECOND_MS,
    maxWaitMs: settings.waitMaxSeconds * SECOND_MS,
    partLatenessMs: settings.partLatenessSeconds * SECOND_MS,
    retentionMs: settings.outcomeRetentionDays * DAY_MS,
  };
}

/** With less than this left before its deadline a request expires: the press would come too late. */
export const LEAST_LEAD_MS = 250;

/**
 * How long a call known not to be ready is waited for before Graph is asked
 * all the same: what was reported may be out of date.
 */
export const READINESS_PATIENCE_MS = 3000;

/** An index entry without a row is forgotten after this: longer than any HTTP request lives on Azure (230 s). */
export const ORPHAN_ENTRY_MS = 600_000;

/** Most time for one POST to Graph, and latest start of it after the claim: together they end within W. */
export function halfOfGraceMs(policy: DeliveryPolicy): number {
  return policy.sendGraceMs / 2;
}

/** True when a press may no longer start. */
export function isTooLate(expiresAt: number, now: number): boolean {
  return now > expiresAt - LEAST_LEAD_MS;
}

/** The time until which a press that Graph accepted waits for its notification. */
export function runningWatchUntil(size: RunSize, sentAt: number, policy: DeliveryPolicy): number {
  return sentAt + delaysMs(size) + policy.notificationGraceMs;
}

/**
 * The time until which a claimed press may still be on its way or sounding: W, the HTTP timeout and the tones' length.
 */
export function settledAtOf(size: RunSize, claimedAt: number, policy: DeliveryPolicy): number {
  return claimedAt + policy.sendGraceMs + halfOfGraceMs(policy) + soundingMs(size);
}

/** The wait before attempt number `waits` + 1: doubles from the shortest to the longest. */
export function backOffMs(waits: number, policy: DeliveryPolicy): number {
  return Math.min(policy.maxWaitMs, policy.minWaitMs * 2 ** Math.min(waits, 20));
}

/** Latest moment at which the POST of a claim may start. */
export function latestPostStart(claimedAt: number, policy: DeliveryPolicy): number {
  return claimedAt + halfOfGraceMs(policy);
}
