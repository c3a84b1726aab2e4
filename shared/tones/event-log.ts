// The log of the delivery: stable event names for the person at 3 a.m. and for queries.
// A port: where the lines go is not known here.
import type { ToneStatus } from './facts/outcome-facts';
import type { WaitingFor } from './facts/waiting-for';

/** Names never change; new ones may be added. docs/architecture.md lists them. */
export type EventName =
  | 'tones-accepted'
  | 'tones-repeated'
  | 'tones-reused'
  | 'tones-claimed'
  | 'tones-waiting'
  | 'tones-duplicate'
  | 'tones-sent'
  | 'tones-buried'
  | 'cancel-requested'
  | 'request-ended'
  | 'outcome-not-recorded'
  | 'row-missing'
  | 'part-played'
  | 'report-recorded'
  | 'report-repeated'
  | 'report-contradicts'
  | 'report-not-expected'
  | 'report-other-call'
  | 'report-from-other-tenant'
  | 'report-unusable'
  | 'call-state'
  | 'call-ended'
  | 'notification-refused'
  | 'notification-ignored'
  | 'notification-passed-on'
  | 'notification-not-passed-on'
  | 'message-not-ours'
  | 'rows-deleted'
  | 'requests-open'
  | 'storage-failed'
  | 'unexpected-failure'
  | 'callback-set'
  | 'callback-forgotten'
  | 'callback-delivered'
  | 'callback-waiting'
  | 'callback-refused'
  | 'callback-given-up';

/** Never holds a token, a raw body or the tones. */
export interface EventFields {
  readonly clientContext?: string | undefined;
  readonly callId?: string | undefined;
  /** A tenant other than the app's own, or the one that a report's token names. */
  readonly tenantId?: string | undefined;
  readonly status?: ToneStatus | undefined;
  /** Code of the error catalogue. */
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  readonly reason?: string | undefined;
  readonly operationId?: string | undefined;
  /** What a request waits for. */
  readonly waitingFor?: WaitingFor | undefined;
  readonly waits?: number | undefined;
  readonly delayMs?: number | undefined;
  readonly durationMs?: number | undefined;
  /** Since the message was due. */
  readonly queueWaitMs?: number | undefined;
  /** From the acceptance to the POST to Graph; on the one event of a press that Graph may have executed. */
  readonly acceptToPressMs?: number | undefined;
  /** From the end of the pause to the POST of a part after the first. */
  readonly afterPauseMs?: number | undefined;
  /** Part of the request, from 1; absent where there is one. */
  readonly part?: number | undefined;
  readonly count?: number | undefined;
  readonly httpStatus?: number | undefined;
  /** Its name in NOTIFICATION_RECEIVERS; never its URL. */
  readonly receiver?: string | undefined;
  /** Who ended the request. */
  readonly by?: EndedBy | undefined;
}

/** Who may end a request (shared/tones/delivery/end-request.ts). */
export type EndedBy =
  'accept' | 'press' | 'successor' | 'report' | 'call-end' | 'timer' | 'reader' | 'poison-queue' | 'caller';

export type EventLevel = 'info' | 'warn' | 'error';

export type EventLog = (level: EventLevel, event: EventName, fields: EventFields) => void;

/** What the log says of an unexpected error: its kind alone; its message may repeat what was sent. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
