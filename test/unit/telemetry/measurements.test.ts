// Metrics from events: which event adds to which metric, with which attributes, in which unit.
import { COUNTERS, HISTOGRAMS, HISTOGRAM_BOUNDS_SECONDS, measurementsOf } from '../../../shared/telemetry/measurements';

const NAMES = { clientContext: 'order-42', callId: 'call-1' };
const counted = (metric: string, attributes = {}) => ({ metric, value: 1, attributes });
const timed = (metric: string, value: number) => ({ metric, value, attributes: {} });

test('an accepted request is counted, and is no outcome yet', () => {
  expect(measurementsOf('tones-accepted', { ...NAMES, status: 'accepted', count: 3 })).toEqual([
    counted('tones.accepted'),
  ]);
});

test('a request for a call that has ended is accepted, and an outcome by its end', () => {
  expect(measurementsOf('tones-accepted', { ...NAMES, status: 'failed', code: 'call-ended' })).toEqual([
    counted('tones.accepted'),
  ]);
  expect(measurementsOf('request-ended', { ...NAMES, status: 'failed', code: 'call-ended', by: 'accept' })).toEqual([
    counted('tones.outcomes', { 'tones.status': 'failed', 'tones.code': 'call-ended' }),
  ]);
});

test('a claim tells how long its message had been due, in seconds', () => {
  expect(measurementsOf('tones-claimed', { ...NAMES, waits: 0, queueWaitMs: 250 })).toEqual([
    timed('tones.queue_wait', 0.25),
  ]);
  expect(measurementsOf('tones-claimed', { ...NAMES, waits: 0 })).toEqual([]);
});

test('clocks that disagree make no negative wait', () => {
  expect(measurementsOf('tones-claimed', { queueWaitMs: -40 })).toEqual([timed('tones.queue_wait', 0)]);
});

test('a press that Graph took is counted with its time since the acceptance', () => {
  expect(measurementsOf('tones-sent', { ...NAMES, status: 'running', acceptToPressMs: 1500 })).toEqual([
    counted('tones.pressed'),
    timed('tones.accept_to_press', 1.5),
  ]);
});

test('a press whose outcome could not be recorded is a press all the same, and no outcome', () => {
  expect(
    measurementsOf('outcome-not-recorded', { ...NAMES, status: 'running', reason: 'storage', acceptToPressMs: 90 }),
  ).toEqual([counted('tones.pressed'), timed('tones.accept_to_press', 0.09)]);
});

test('a refusal is an outcome without a press', () => {
  expect(measurementsOf('request-ended', { ...NAMES, status: 'failed', code: 'call-not-found' })).toEqual([
    counted('tones.outcomes', { 'tones.status': 'failed', 'tones.code': 'call-not-found' }),
  ]);
});

test('a doubt is a press and an outcome', () => {
  expect(
    measurementsOf('request-ended', { ...NAMES, status: 'unknown', code: 'graph-timeout', acceptToPressMs: 100 }),
  ).toEqual([
    counted('tones.pressed'),
    timed('tones.accept_to_press', 0.1),
    counted('tones.outcomes', { 'tones.status': 'unknown', 'tones.code': 'graph-timeout' }),
  ]);
});

test('a reply that is the end itself is a press, an outcome, and a time from the one to the other', () => {
  expect(
    measurementsOf('request-ended', { ...NAMES, status: 'succeeded', acceptToPressMs: 100, durationMs: 400 }),
  ).toEqual([
    counted('tones.pressed'),
    timed('tones.accept_to_press', 0.1),
    counted('tones.outcomes', { 'tones.status': 'succeeded' }),
    timed('tones.press_to_outcome', 0.4),
  ]);
});

test('what Graph reported is one outcome, by the end, and one time since the press, by the report, where that is known', () => {
  expect(measurementsOf('request-ended', { ...NAMES, status: 'succeeded', by: 'report' })).toEqual([
    counted('tones.outcomes', { 'tones.status': 'succeeded' }),
  ]);
  expect(measurementsOf('report-recorded', { ...NAMES, status: 'succeeded', durationMs: 2750 })).toEqual([
    timed('tones.press_to_outcome', 2.75),
  ]);
  expect(measurementsOf('report-recorded', { ...NAMES, status: 'canceled' })).toEqual([]);
});

test.each([
  ['press', 'failed', 'media-busy'],
  ['successor', 'unknown', 'worker-lost'],
  ['report', 'failed', 'operation-failed'],
  ['call-end', 'unknown', 'call-ended-meanwhile'],
  ['timer', 'expired', 'expired'],
  ['reader', 'expired', 'request-before-not-done'],
  ['poison-queue', 'failed', 'delivery-failed'],
] as const)('what %s ends as %s %s is an outcome', (by, status, code) => {
  expect(measurementsOf('request-ended', { ...NAMES, status, code, by })).toEqual([
    counted('tones.outcomes', { 'tones.status': status, 'tones.code': code }),
  ]);
});

test('a refused notification is counted by its reason', () => {
  expect(measurementsOf('notification-refused', { reason: 'signature-invalid' })).toEqual([
    counted('tones.notifications_refused', { 'tones.reason': 'signature-invalid' }),
  ]);
});

test('a report of another tenant is counted, without its tenant: there may be many', () => {
  expect(measurementsOf('report-from-other-tenant', { ...NAMES, tenantId: 'another', reason: 'requested' })).toEqual([
    counted('tones.reports_from_other_tenants'),
  ]);
});

test.each([
  ['callback-delivered', 'delivered'],
  ['callback-refused', 'refused'],
  ['callback-given-up', 'given-up'],
] as const)('%s is the end of a callback: %s', (event, ending) => {
  expect(measurementsOf(event, { ...NAMES, count: 1 })).toEqual([
    counted('tones.callbacks', { 'tones.ending': ending }),
  ]);
});

test.each([
  'tones-repeated',
  'tones-reused',
  'tones-waiting',
  'tones-duplicate',
  'tones-buried',
  'report-repeated',
  'call-state',
  'rows-deleted',
  'storage-failed',
  'unexpected-failure',
  'callback-waiting',
] as const)('%s counts for nothing', (event) => {
  expect(measurementsOf(event, { ...NAMES, status: 'succeeded', code: 'throttled', durationMs: 10 })).toEqual([]);
});

test('no attribute names a request or a call', () => {
  const all = measurementsOf('request-ended', {
    ...NAMES,
    status: 'unknown',
    code: 'graph-timeout',
    acceptToPressMs: 1,
    durationMs: 1,
    operationId: 'operation-1',
    detail: '504',
  });
  expect(JSON.stringify(all)).not.toMatch(/order-42|call-1|operation-1|504/);
});

test.each([
  ['notification-passed-on', { receiver: 'mybot', httpStatus: 204, durationMs: 9 }, ['mybot', 'taken']],
  ['notification-not-passed-on', { receiver: 'mybot', httpStatus: 500, reason: 'refused' }, ['mybot', 'refused']],
  ['notification-not-passed-on', { receiver: 'mybot', reason: 'ECONNRESET' }, ['mybot', 'failed']],
] as const)('%s with %p is counted under the receiver’s name', (event, fields, [receiver, ending]) => {
  expect(measurementsOf(event, fields)).toEqual([
    counted('tones.notifications_passed_on', { 'tones.receiver': receiver, 'tones.ending': ending }),
  ]);
});

test('a notification for a receiver that does not exist is counted without a name', () => {
  expect(measurementsOf('notification-not-passed-on', { reason: 'no such receiver' })).toEqual([
    counted('tones.notifications_passed_on', { 'tones.ending': 'no-receiver' }),
  ]);
});

test('the metrics have the issue’s names, and units that OpenTelemetry knows', () => {
  expect(Object.keys(COUNTERS)).toEqual([
    'tones.accepted',
    'tones.pressed',
    'tones.outcomes',
    'tones.notifications_refused',
    'tones.notifications_passed_on',
    'tones.reports_from_other_tenants',
    'tones.callbacks',
  ]);
  expect(Object.keys(HISTOGRAMS)).toEqual(['tones.accept_to_press', 'tones.press_to_outcome', 'tones.queue_wait']);
  expect(Object.values(COUNTERS).map(({ unit }) => unit)).toEqual([
    '{request}',
    '{request}',
    '{request}',
    '{notification}',
    '{notification}',
    '{report}',
    '{callback}',
  ]);
  expect(Object.values(HISTOGRAMS).map(({ unit }) => unit)).toEqual(['s', 's', 's']);
  expect(
    HISTOGRAM_BOUNDS_SECONDS.every((bound, index) => index === 0 || bound > (HISTOGRAM_BOUNDS_SECONDS[index - 1] ?? 0)),
  ).toBe(true);
});
