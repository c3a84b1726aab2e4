// Lazy telemetry: nothing is loaded without a setting; what happens before it is loaded is not lost; a fault of it harms nobody.
import { makeTelemetry } from '../../../shared/telemetry/lazy-telemetry';
import type { TelemetryFault } from '../../../shared/telemetry/telemetry';
import { noTelemetry, type Telemetry } from '../../../shared/telemetry/telemetry';
import { makeRecordingTelemetry } from '../../support/recording-telemetry';

const SETTINGS = { serviceName: 'my-tones', otlpEndpoint: 'http://127.0.0.1:4318' };

function lazy(load: () => Promise<Telemetry>) {
  const faults: TelemetryFault[] = [];
  const loads = { count: 0 };
  const telemetry = makeTelemetry(SETTINGS, {
    onFault: (fault) => void faults.push(fault),
    load: () => {
      loads.count += 1;
      return load();
    },
  });
  return { telemetry, faults, loads };
}

const untilIdle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('without settings there is no telemetry, and nothing is loaded', async () => {
  const load = jest.fn();
  expect(makeTelemetry(undefined, { onFault: () => {}, load })).toBe(noTelemetry);
  await untilIdle();
  expect(load).not.toHaveBeenCalled();
});

test('no telemetry hands on what the work gives or throws, and knows no trace', async () => {
  expect(await noTelemetry.inSpan('sendTones', { kind: 'consumer' }, async () => 'pressed')).toBe('pressed');
  await expect(
    noTelemetry.inSpan('sendTones', { kind: 'consumer' }, () => Promise.reject(new RangeError('no'))),
  ).rejects.toThrow(RangeError);
  expect(noTelemetry.traceparent()).toBeUndefined();
  noTelemetry.describe({ a: 1 });
  noTelemetry.link('x');
  noTelemetry.fail('x');
  noTelemetry.observe('tones-accepted', {});
  await noTelemetry.flush();
});

test('loading begins once the entry point has been evaluated, and happens once', async () => {
  const { loads, telemetry } = lazy(async () => makeRecordingTelemetry());
  expect(loads.count).toBe(0);
  await untilIdle();
  expect(loads.count).toBe(1);
  await telemetry.inSpan('sendTones', { kind: 'consumer' }, async () => {});
  await telemetry.flush();
  expect(loads.count).toBe(1);
});

test('an event before the loading is counted after it', async () => {
  const recording = makeRecordingTelemetry();
  const { telemetry } = lazy(async () => recording);
  telemetry.observe('tones-accepted', { clientContext: 'early' });
  expect(recording.observed).toEqual([]);
  await untilIdle();
  telemetry.observe('tones-accepted', { clientContext: 'later' });
  expect(recording.observed).toEqual([
    ['tones-accepted', { clientContext: 'early' }],
    ['tones-accepted', { clientContext: 'later' }],
  ]);
});

test('the first invocation waits for the loading and has its span', async () => {
  const recording = makeRecordingTelemetry();
  const { telemetry } = lazy(async () => recording);
  const traceparent = await telemetry.inSpan('enqueueTones', { kind: 'server' }, async () => {
    telemetry.describe({ 'http.response.status_code': 503 });
    telemetry.link('a link');
    telemetry.fail('503');
    return telemetry.traceparent();
  });
  expect(traceparent).toBe(`00-${'a'.repeat(32)}-0000000000000001-01`);
  expect(recording.spans).toEqual([
    {
      name: 'enqueueTones',
      options: { kind: 'server' },
      attributes: { 'http.response.status_code': 503 },
      links: ['a link'],
      failures: ['503'],
      ended: true,
    },
  ]);
});

test('what cannot be loaded is told once, and the work goes on without it', async () => {
  const { telemetry, faults, loads } = lazy(() => Promise.reject(new TypeError('secret path')));
  expect(await telemetry.inSpan('sendTones', { kind: 'consumer' }, async () => 'pressed')).toBe('pressed');
  telemetry.observe('tones-accepted', {});
  expect(telemetry.traceparent()).toBeUndefined();
  await telemetry.flush();
  expect(faults).toEqual([{ part: 'loading', code: 'TypeError' }]);
  expect(loads.count).toBe(1);
});

test('flushing before anything was loaded loads nothing', async () => {
  const { telemetry, loads } = lazy(async () => makeRecordingTelemetry());
  await telemetry.flush();
  expect(loads.count).toBe(0);
});

test('flushing is handed on', async () => {
  const recording = makeRecordingTelemetry();
  const { telemetry } = lazy(async () => recording);
  await untilIdle();
  await telemetry.flush();
  expect(recording.flushes.count).toBe(1);
});
