// Telemetry of the whole app: one trace from the HTTP request over the queue to the press, the notification linked to it, every metric
// counted, and not a digit, a token or a key in anything that is exported.
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { endedItem, tonesEnded } from '../../support/notification-bodies';
import { startOtlpCollector, type CollectedSpan, type OtlpCollector } from '../../support/services/otlp-collector';

const CALLER_TRACE = '0af7651916cd43dd8448eb211c80319c';
const GRAPH_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const recorded = (traceId: string) => ({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });

const TONES = ['tone7', 'b', 'star', 'tone9', 'flash'];
const SPELLINGS = [
  '7B*9!',
  '7b*9!',
  'tone7',
  'tone9',
  '"flash"',
  ...['', ' ', '  '].map((shift) => Buffer.from(`${shift}"tone7","b","star"`).toString('base64').slice(4, -4)),
];

let collector: OtlpCollector;
let app: AppUnderTest;
let location: string;
let token: string;

const only = (name: string): CollectedSpan => {
  const [span, ...others] = collector.spansNamed(name);
  expect(others).toEqual([]);
  if (span === undefined) throw new Error(`there is no span ${name}`);
  return span;
};

beforeAll(async () => {
  collector = await startOtlpCollector();
  app = await startApp({
    settings: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=key-of-the-collector',
    },
  });
  // Notified by hand, as the simulator sends no trace of its own.
  const callId = app.call({ scenario: 'notification-never' });
  const accepted = await app.enqueue(
    { callId, clientContext: 'order-42', tones: TONES, delayBetweenTonesMs: 1 },
    recorded(CALLER_TRACE),
  );
  location = accepted.headers.get('location') ?? '';
  await app.untilStatus({ clientContext: 'order-42' }, 'running');
  token = await app.simulator.mintToken({ kind: 'calling-service' });
  const notified = await app.post(app.callbackUrl, endedItem(callId, tonesEnded('order-42')), {
    Authorization: `Bearer ${token}`,
    ...recorded(GRAPH_TRACE),
  });
  const refused = await app.post(app.callbackUrl, endedItem(callId, tonesEnded('order-42')), {
    Authorization: 'Bearer forged',
    ...recorded(GRAPH_TRACE),
  });
  const gone = await app.enqueue({
    callId: app.call({ scenario: 'call-gone' }),
    clientContext: 'order-43',
    digits: '7B*9!',
  });
  expect([accepted.status, notified.status, refused.status, gone.status]).toEqual([202, 202, 401, 202]);
  await app.untilStatus({ clientContext: 'order-43' }, 'failed');
  // The end of the process sends what is left.
  await app.close();
});
afterAll(() => collector.close());

it('has one trace from the HTTP request over the queue to the press', () => {
  const enqueue = only('enqueueTones');
  expect(enqueue).toMatchObject({
    traceId: CALLER_TRACE,
    kind: 'server',
    failed: false,
    attributes: { 'http.response.status_code': 202, 'tones.client_context': 'order-42', 'tones.status': 'accepted' },
  });
  const [send] = collector.spansNamed('sendTones').filter(({ traceId }) => traceId === CALLER_TRACE);
  expect(send).toMatchObject({
    parentSpanId: enqueue.spanId,
    kind: 'consumer',
    attributes: { 'tones.client_context': 'order-42', 'tones.status': 'running' },
  });
  expect(send?.links).toHaveLength(1);
  const [post] = collector
    .spansNamed('POST /calls/{id}/sendDtmfTones')
    .filter(({ traceId }) => traceId === CALLER_TRACE);
  expect(post).toMatchObject({
    parentSpanId: send?.spanId,
    kind: 'client',
    attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200, 'server.address': '127.0.0.1' },
  });
});

it('links the notification to the request that it tells of', () => {
  const [accepting] = collector
    .spansNamed('callNotifications')
    .filter(({ attributes }) => attributes['http.response.status_code'] === 202);
  expect(accepting).toMatchObject({
    traceId: GRAPH_TRACE,
    kind: 'server',
    attributes: { 'tones.client_context': 'order-42', 'tones.status': 'succeeded' },
  });
  expect(accepting?.links).toEqual([{ traceId: CALLER_TRACE, spanId: only('enqueueTones').spanId }]);
});

it('counts what happened, also where the caller’s trace is not recorded', () => {
  const sums = Object.fromEntries(
    collector.points().map(({ metric, attributes, sum }) => [[metric, ...Object.values(attributes)].join(' '), sum]),
  );
  expect(sums).toMatchObject({
    'tones.accepted': 2,
    'tones.pressed': 1,
    'tones.outcomes succeeded': 1,
    'tones.outcomes failed call-not-found': 1,
    'tones.notifications_refused token-malformed': 1,
  });
  const counts = Object.fromEntries(
    collector.points().flatMap(({ metric, count }) => (count === undefined ? [] : [[metric, count]])),
  );
  expect(counts).toEqual({ 'tones.accept_to_press': 1, 'tones.press_to_outcome': 1, 'tones.queue_wait': 2 });
});

it('sends to the collector what its setting says, with its key in the header only', () => {
  expect(new Set(collector.requests.map(({ path }) => path))).toEqual(new Set(['/v1/traces', '/v1/metrics']));
  expect(collector.requests.every(({ headers }) => headers['api-key'] === 'key-of-the-collector')).toBe(true);
  expect(collector.resources[0]).toMatchObject({ 'service.name': 'graph-call-tones' });
});

it('exports no digit, no token and no key', () => {
  const exported = collector.payloads.join('\n');
  expect(exported).toContain('order-42');
  for (const spelling of SPELLINGS) expect(exported).not.toContain(spelling);
  for (const secret of [
    token,
    app.functionKey,
    new URL(location).searchParams.get('token') ?? '',
    'key-of-the-collector',
    'Bearer',
    'forged',
  ]) {
    expect(secret).not.toBe('');
    expect(exported).not.toContain(secret);
  }
  expect(app.lines.join('\n')).not.toMatch(/key-of-the-collector|telemetry-/);
});
