// Telemetry by the OpenTelemetry SDK: spans in batches, metrics every minute, dropped rather than waited for.
// With exporters.ts the only file that knows the SDK. Nothing is registered
// globally: whoever else uses OpenTelemetry is not touched.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  ROOT_CONTEXT,
  SpanKind as OtelSpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
} from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TelemetrySettings } from '../settings/telemetry-settings';
import { withinTimeLimit } from '../time-limit';
import { errorName, type EventFields } from '../tones/event-log';
import { EXPORT_TIMEOUT_MS, makeExporters, type ExporterOptions, type Exporters } from './exporters';
import {
  COUNTERS,
  HISTOGRAMS,
  HISTOGRAM_BOUNDS_SECONDS,
  measurementsOf,
  type Measurement,
  type MetricName,
} from './measurements';
import type { SpanKind, Telemetry } from './telemetry';
import { fromTraceparent, toTraceparent } from './trace-parent';

const SCOPE = 'graph-call-tones';
/** Spans that wait for their export; more are dropped. About 2 MB. */
const MOST_WAITING_SPANS = 2048;
const METRICS_EVERY_MS = 60_000;
/** The platform gives a worker that it ends a few seconds. */
const FLUSH_LIMIT_MS = 3000;

const KINDS: Readonly<Record<SpanKind, OtelSpanKind>> = {
  server: OtelSpanKind.SERVER,
  consumer: OtelSpanKind.CONSUMER,
  client: OtelSpanKind.CLIENT,
};

export async function startOpenTelemetry(settings: TelemetrySettings, options: ExporterOptions): Promise<Telemetry> {
  const { tracerProvider, meterProvider } = makeProviders(settings, await makeExporters(settings, options));
  const tracer = tracerProvider.getTracer(SCOPE);
  const record = makeRecorder(meterProvider);
  const nameAfterRequest = makeRequestNamer();
  const running = new AsyncLocalStorage<Span>();

  return {
    async inSpan(name, { kind, parent, links = [], attributes = {} }, work) {
      // Azure Monitor's exporter takes the name of a request from here, where it is not one over HTTP.
      const isNamed = settings.azureMonitor !== undefined && kind === 'consumer';
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          links: links.flatMap(toLinks),
          attributes: { ...attributes, ...(isNamed && { 'ai.operation.name': name }) },
        },
        contextOf(parent, running.getStore()),
      );
      try {
        return await running.run(span, work);
      } catch (error) {
        fail(span, errorName(error));
        throw error;
      } finally {
        span.end();
      }
    },
    traceparent() {
      const span = running.getStore();
      return span && toTraceparent(span.spanContext());
    },
    describe: (attributes) => void running.getStore()?.setAttributes(attributes),
    link: (traceparent) => void running.getStore()?.addLinks(toLinks(traceparent)),
    fail(code) {
      const span = running.getStore();
      if (span !== undefined) fail(span, code);
    },
    observe(event, fields) {
      for (const measurement of measurementsOf(event, fields)) record(measurement);
      nameAfterRequest(running.getStore(), fields);
    },
    async flush() {
      const flushed = () => Promise.allSettled([tracerProvider.forceFlush(), meterProvider.forceFlush()]);
      await withinTimeLimit(FLUSH_LIMIT_MS, flushed, () => []);
    },
  };
}

function makeProviders(settings: TelemetrySettings, exporters: readonly Exporters[]) {
  const resource = defaultResource()
    // An id of its own for each process: two of them counting under one name would overwrite each other's sums.
    .merge(resourceFromAttributes({ 'service.name': settings.serviceName, 'service.instance.id': randomUUID() }))
    .merge(detectResources({ detectors: [envDetector] }));
  // Sampler: OTEL_TRACES_SAMPLER, else the parent's flag, else everything (docs/decisions/0011-telemetry.md).
  const tracerProvider = new BasicTracerProvider({
    resource,
    spanProcessors: exporters.map(
      ({ traces }) =>
        new BatchSpanProcessor(traces, { maxQueueSize: MOST_WAITING_SPANS, exportTimeoutMillis: EXPORT_TIMEOUT_MS }),
    ),
  });
  const meterProvider = new MeterProvider({
    resource,
    readers: exporters.map(
      ({ metrics }) =>
        new PeriodicExportingMetricReader({
          exporter: metrics,
          exportIntervalMillis: METRICS_EVERY_MS,
          exportTimeoutMillis: EXPORT_TIMEOUT_MS,
        }),
    ),
  });
  return { tracerProvider, meterProvider };
}

/** The parent that a message names, else the span around. */
function contextOf(parent: string | undefined, around: Span | undefined): Context {
  const remote = fromTraceparent(parent);
  if (remote !== undefined) return trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
  return around === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, around);
}

/** Names a span after the first request that one of its events names; events of other requests do not change it. */
function makeRequestNamer(): (span: Span | undefined, fields: EventFields) => void {
  const requestOf = new WeakMap<Span, string>();
  return (span, { clientContext, callId, status, code }) => {
    if (span === undefined || clientContext === undefined || (requestOf.get(span) ?? clientContext) !== clientContext)
      return;
    requestOf.set(span, clientContext);
    span.setAttributes({
      'tones.client_context': clientContext,
      ...(callId && { 'tones.call_id': callId }),
      ...(status && { 'tones.status': status }),
      ...(code && { 'tones.code': code }),
    });
  };
}

function makeRecorder(meterProvider: MeterProvider): (measurement: Measurement) => void {
  const meter = meterProvider.getMeter(SCOPE);
  const instruments = new Map<string, (value: number, attributes: Measurement['attributes']) => void>();
  for (const [name, options] of Object.entries(COUNTERS)) {
    const counter = meter.createCounter(name, options);
    instruments.set(name, (value, attributes) => counter.add(value, attributes));
  }
  for (const [name, options] of Object.entries(HISTOGRAMS)) {
    const histogram = meter.createHistogram(name, {
      ...options,
      advice: { explicitBucketBoundaries: [...HISTOGRAM_BOUNDS_SECONDS] },
    });
    instruments.set(name, (value, attributes) => histogram.record(value, attributes));
  }
  return ({ metric, value, attributes }) => instruments.get(metric satisfies MetricName)?.(value, attributes);
}

function toLinks(traceparent: string | undefined): Link[] {
  const context = fromTraceparent(traceparent);
  return context === undefined ? [] : [{ context: { ...context, isRemote: true } }];
}

/** https://opentelemetry.io/docs/specs/semconv/general/recording-errors/ */
function fail(span: Span, code: string): void {
  span.setAttributes({ 'error.type': code });
  span.setStatus({ code: SpanStatusCode.ERROR });
}
