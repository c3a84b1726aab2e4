// Telemetry by the SDK against a collector on this machine: traces, links, metrics, and exporters that hang, fail or are not there.
// Trace and span ids are given by hand, or compared with each other.
import type { makeTelemetry as MakeTelemetry } from '../../shared/telemetry/lazy-telemetry';
import type { TelemetryFault } from '../../shared/telemetry/telemetry';
import { bundleTelemetry } from '../support/services/bundled-telemetry';
import { startOtlpCollector, type OtlpCollector } from '../support/services/otlp-collector';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const RECORDED = `00-${TRACE}-${SPAN}-01`;
const NOT_RECORDED = `00-${TRACE}-${SPAN}-00`;

jest.setTimeout(30_000);

let makeTelemetry: typeof MakeTelemetry;
let collector: OtlpCollector;
beforeAll(async () => {
  ({ makeTelemetry } = await bundleTelemetry());
});
beforeEach(async () => {
  collector = await startOtlpCollector();
});
afterEach(() => collector.close());

function start(otlpEndpoint = collector.url) {
  const faults: TelemetryFault[] = [];
  return {
    faults,
    telemetry: makeTelemetry(
      { serviceName: 'my-tones', otlpEndpoint },
      { onFault: (fault) => void faults.push(fault) },
    ),
  };
}

test('a trace goes from the HTTP request by the message to the press', async () => {
  const { telemetry } = start();
  const message = await telemetry.inSpan(
    'enqueueTones',
    { kind: 'server', parent: RECORDED, attributes: { 'http.request.method': 'POST' } },
    async () => {
      telemetry.observe('tones-accepted', { clientContext: 'order-42', callId: 'call-1', status: 'accepted' });
      telemetry.describe({ 'http.response.status_code': 202 });
      return telemetry.traceparent();
    },
  );
  const hostSpan = `00-${'5'.repeat(32)}-${'6'.repeat(16)}-01`;
  await telemetry.inSpan('sendTones', { kind: 'consumer', parent: message, links: [hostSpan] }, async () => {
    await telemetry.inSpan('POST /calls/{id}/sendDtmfTones', { kind: 'client' }, async () =>
      telemetry.describe({ 'http.response.status_code': 200 }),
    );
    telemetry.observe('tones-sent', { clientContext: 'order-42', callId: 'call-1', status: 'running' });
  });
  await telemetry.flush();

  const [enqueue] = collector.spansNamed('enqueueTones');
  const [send] = collector.spansNamed('sendTones');
  const [post] = collector.spansNamed('POST /calls/{id}/sendDtmfTones');
  expect(enqueue).toEqual({
    traceId: TRACE,
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    parentSpanId: SPAN,
    name: 'enqueueTones',
    kind: 'server',
    links: [],
    failed: false,
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': 202,
      'tones.client_context': 'order-42',
      'tones.call_id': 'call-1',
      'tones.status': 'accepted',
    },
  });
  expect(message).toBe(`00-${TRACE}-${enqueue?.spanId}-01`);
  expect(send).toMatchObject({
    traceId: TRACE,
    parentSpanId: enqueue?.spanId,
    kind: 'consumer',
    links: [{ traceId: '5'.repeat(32), spanId: '6'.repeat(16) }],
  });
  expect(send?.attributes).toEqual({
    'tones.client_context': 'order-42',
    'tones.call_id': 'call-1',
    'tones.status': 'running',
  });
  expect(post).toMatchObject({
    traceId: TRACE,
    parentSpanId: send?.spanId,
    kind: 'client',
    attributes: { 'http.response.status_code': 200 },
  });
});

test('the resource names the app and the process', async () => {
  const { telemetry } = start();
  await telemetry.inSpan('enqueueTones', { kind: 'server' }, async () => {});
  await telemetry.flush();
  expect(collector.resources[0]).toMatchObject({
    'service.name': 'my-tones',
    'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    'telemetry.sdk.language': 'nodejs',
  });
});

test('a notification is a trace of its own, linked to the trace of each request that it tells of', async () => {
  const { telemetry } = start();
  const other = `00-${'7'.repeat(32)}-${'8'.repeat(16)}-01`;
  await telemetry.inSpan('callNotifications', { kind: 'server' }, async () => {
    telemetry.observe('report-recorded', { clientContext: 'order-42', status: 'succeeded', durationMs: 900 });
    telemetry.link(RECORDED);
    telemetry.observe('report-recorded', { clientContext: 'order-43', status: 'failed', durationMs: 100 });
    telemetry.link(other);
    telemetry.link(undefined);
    telemetry.link('no traceparent');
  });
  await telemetry.flush();
  const [span] = collector.spansNamed('callNotifications');
  expect(span?.parentSpanId).toBeUndefined();
  expect(span?.traceId).not.toBe(TRACE);
  expect(span?.links).toEqual([
    { traceId: TRACE, spanId: SPAN },
    { traceId: '7'.repeat(32), spanId: '8'.repeat(16) },
  ]);
  // Named after the first; the links tell of all.
  expect(span?.attributes).toEqual({ 'tones.client_context': 'order-42', 'tones.status': 'succeeded' });
});

test('invocations at the same time keep their spans apart', async () => {
  const { telemetry } = start();
  const names = Array.from({ length: 20 }, (_, index) => `request-${index}`);
  await Promise.all(
    names.map((clientContext) =>
      telemetry.inSpan('sendTones', { kind: 'consumer' }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        telemetry.observe('tones-sent', { clientContext, status: 'running' });
        await telemetry.inSpan('POST', { kind: 'client' }, async () => telemetry.describe({ for: clientContext }));
      }),
    ),
  );
  await telemetry.flush();
  const posts = collector.spansNamed('POST');
  expect(posts).toHaveLength(20);
  for (const post of posts) {
    const sender = collector.spans.find(({ spanId }) => spanId === post.parentSpanId);
    expect(post.attributes['for']).toBe(sender?.attributes['tones.client_context']);
  }
});

test('what throws fails its span by the name of the error, and is thrown on', async () => {
  const { telemetry } = start();
  await expect(
    telemetry.inSpan('sendTones', { kind: 'consumer' }, () => Promise.reject(new RangeError('secret text'))),
  ).rejects.toThrow(RangeError);
  await telemetry.flush();
  expect(collector.spansNamed('sendTones')[0]).toMatchObject({
    failed: true,
    attributes: { 'error.type': 'RangeError' },
  });
  expect(collector.payloads.join()).not.toContain('secret text');
});

test('the host’s flag decides: what it does not record is not sent, but carried on', async () => {
  const { telemetry } = start();
  const carried = await telemetry.inSpan('enqueueTones', { kind: 'server', parent: NOT_RECORDED }, async () =>
    telemetry.traceparent(),
  );
  await telemetry.inSpan('sendTones', { kind: 'consumer', parent: carried }, async () => {});
  await telemetry.inSpan('health', { kind: 'server' }, async () => {});
  await telemetry.flush();
  expect(carried).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  expect(collector.spans.map(({ name }) => name)).toEqual(['health']);
});

test('metrics are counted also where spans are not recorded, in requests and seconds', async () => {
  const { telemetry } = start();
  await telemetry.inSpan('sendTones', { kind: 'consumer', parent: NOT_RECORDED }, async () => {
    telemetry.observe('tones-accepted', { clientContext: 'a', status: 'accepted' });
    telemetry.observe('tones-accepted', { clientContext: 'b', status: 'accepted' });
  });
  telemetry.observe('request-ended', { clientContext: 'a', status: 'failed', code: 'call-not-found' });
  telemetry.observe('request-ended', { clientContext: 'b', status: 'succeeded', by: 'report' });
  telemetry.observe('report-recorded', { clientContext: 'b', status: 'succeeded', durationMs: 1500 });
  telemetry.observe('notification-refused', { reason: 'expired' });
  telemetry.observe('callback-given-up', { clientContext: 'b' });
  await telemetry.flush();
  expect(collector.points('tones.accepted')).toEqual([
    { metric: 'tones.accepted', unit: '{request}', attributes: {}, sum: 2 },
  ]);
  expect(collector.points('tones.outcomes')).toEqual([
    {
      metric: 'tones.outcomes',
      unit: '{request}',
      attributes: { 'tones.status': 'failed', 'tones.code': 'call-not-found' },
      sum: 1,
    },
    { metric: 'tones.outcomes', unit: '{request}', attributes: { 'tones.status': 'succeeded' }, sum: 1 },
  ]);
  expect(collector.points('tones.press_to_outcome')).toEqual([
    { metric: 'tones.press_to_outcome', unit: 's', attributes: {}, sum: 1.5, count: 1 },
  ]);
  expect(collector.points('tones.notifications_refused')).toEqual([
    {
      metric: 'tones.notifications_refused',
      unit: '{notification}',
      attributes: { 'tones.reason': 'expired' },
      sum: 1,
    },
  ]);
  expect(collector.points('tones.callbacks')).toEqual([
    { metric: 'tones.callbacks', unit: '{callback}', attributes: { 'tones.ending': 'given-up' }, sum: 1 },
  ]);
  expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/metrics']);
});

describe('an exporter that does not do its work', () => {
  async function pressFor(telemetry: ReturnType<typeof start>['telemetry'], count: number): Promise<number> {
    const startedAt = performance.now();
    for (let index = 0; index < count; index += 1) {
      await telemetry.inSpan('sendTones', { kind: 'consumer' }, async () =>
        telemetry.observe('tones-accepted', { clientContext: `request-${index}` }),
      );
    }
    return performance.now() - startedAt;
  }

  test('and hangs: neither fails nor holds up a press, and the end of the process waits three seconds for it', async () => {
    collector.mood = 'hangs';
    const { telemetry, faults } = start();
    await pressFor(telemetry, 1);
    // Thrice as many spans as may wait: the rest is dropped.
    expect(await pressFor(telemetry, 6000)).toBeLessThan(3000);
    const startedAt = performance.now();
    await telemetry.flush();
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect(faults).toEqual([]);
  });

  test('and answers 500: is told once, for traces and for metrics, and again after it worked', async () => {
    collector.mood = 'fails';
    const { telemetry, faults } = start();
    for (let round = 0; round < 3; round += 1) {
      await pressFor(telemetry, 1);
      await telemetry.flush();
    }
    expect(faults).toEqual([
      { part: 'traces', exporter: 'otlp', code: '500' },
      { part: 'metrics', exporter: 'otlp', code: '500' },
    ]);
    collector.mood = 'takes';
    await pressFor(telemetry, 1);
    await telemetry.flush();
    collector.mood = 'fails';
    await pressFor(telemetry, 1);
    await telemetry.flush();
    expect(faults.map(({ part }) => part)).toEqual(['traces', 'metrics', 'traces', 'metrics']);
  });

  test('because nobody listens: the press goes on', async () => {
    const { telemetry } = start('http://127.0.0.1:9');
    expect(await pressFor(telemetry, 100)).toBeLessThan(3000);
    await telemetry.flush();
  });
});
