// Which metrics an event adds to. A pure function: docs/operations.md lists
// the metrics, shared/tones/event-log the events.
// Knows no SDK: a measurement is a name, a value and few attributes.
import type { EventFields, EventName } from '../tones/event-log';
import { isFinal } from '../tones/facts/outcome-facts';

/** Names never change; new ones may be added. Counters count requests, histograms measure seconds. */
export const COUNTERS = {
  'tones.accepted': { unit: '{request}', description: 'New tone requests that were accepted' },
  'tones.pressed': { unit: '{request}', description: 'Requests that Graph may have pressed' },
  'tones.outcomes': {
    unit: '{request}',
    description: 'Final outcomes by status and code; an unknown that is cleared later counts again',
  },
  'tones.notifications_refused': {
    unit: '{notification}',
    description: 'Notifications that were not proven to be of Graph, by reason',
  },
  'tones.notifications_passed_on': {
    unit: '{notification}',
    description: 'Notifications for a receiver, by its name and what became of them',
  },
  'tones.reports_from_other_tenants': {
    unit: '{report}',
    description: "Reports whose token names another tenant than the request's",
  },
  'tones.callbacks': { unit: '{callback}', description: 'Callbacks by ending' },
} as const;

/**
 * Upper bounds of the buckets in seconds: a press at once takes tenths,
 * one that waits takes up to the longest deadline.
 */
export const HISTOGRAM_BOUNDS_SECONDS: readonly number[] = [
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600,
];

export const HISTOGRAMS = {
  'tones.accept_to_press': { unit: 's', description: 'From the acceptance of a request to the POST to Graph' },
  'tones.press_to_outcome': { unit: 's', description: 'From the POST to Graph to what Graph reported' },
  'tones.queue_wait': { unit: 's', description: 'From when a message was due to when its request was claimed' },
} as const;

export type MetricName = keyof typeof COUNTERS | keyof typeof HISTOGRAMS;

export interface Measurement {
  readonly metric: MetricName;
  /** 1 for a counter, seconds for a histogram. */
  readonly value: number;
  /** Few values each: never a clientContext or a callId. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** None for most events. */
export function measurementsOf(event: EventName, fields: EventFields): Measurement[] {
  switch (event) {
    case 'tones-accepted':
      return [one('tones.accepted')];
    case 'tones-claimed':
      return seconds('tones.queue_wait', fields.queueWaitMs);
    case 'tones-sent':
    case 'outcome-not-recorded':
      return pressOf(fields);
    case 'request-ended':
      return [...pressOf(fields), ...outcomeOf(fields), ...seconds('tones.press_to_outcome', fields.durationMs)];
    case 'report-recorded':
      return seconds('tones.press_to_outcome', fields.durationMs);
    case 'report-from-other-tenant':
      return [one('tones.reports_from_other_tenants')];
    case 'notification-refused':
      return [one('tones.notifications_refused', { 'tones.reason': fields.reason ?? '' })];
    case 'notification-passed-on':
    case 'notification-not-passed-on':
      return [one('tones.notifications_passed_on', passedOnBy(event, fields))];
    case 'callback-delivered':
    case 'callback-refused':
    case 'callback-given-up':
      return [one('tones.callbacks', { 'tones.ending': event.slice('callback-'.length) })];
    default:
      return [];
  }
}

/** Names of receivers are those of the setting: few. */
function passedOnBy(event: EventName, { receiver, httpStatus }: EventFields): Readonly<Record<string, string>> {
  if (receiver === undefined) return { 'tones.ending': 'no-receiver' };
  const isTaken = event === 'notification-passed-on';
  return {
    'tones.receiver': receiver,
    'tones.ending': isTaken ? 'taken' : httpStatus === undefined ? 'failed' : 'refused',
  };
}

function pressOf({ acceptToPressMs }: EventFields): Measurement[] {
  return acceptToPressMs === undefined
    ? []
    : [one('tones.pressed'), ...seconds('tones.accept_to_press', acceptToPressMs)];
}

function outcomeOf({ status, code }: EventFields): Measurement[] {
  if (status === undefined || !isFinal(status)) return [];
  return [one('tones.outcomes', { 'tones.status': status, ...(code && { 'tones.code': code }) })];
}

function one(metric: keyof typeof COUNTERS, attributes: Readonly<Record<string, string>> = {}): Measurement {
  return { metric, value: 1, attributes };
}

/** Clocks of two instances may disagree by a little: never less than zero. */
function seconds(metric: keyof typeof HISTOGRAMS, milliseconds: number | undefined): Measurement[] {
  return milliseconds === undefined ? [] : [{ metric, value: Math.max(0, milliseconds) / 1000, attributes: {} }];
}
