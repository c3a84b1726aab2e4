// The port Telemetry as a plain object that writes down what it is told. Spans are told by name, in the order in which they begin.
// Used by test/unit/telemetry.
import type { SpanAttributes, SpanOptions, Telemetry } from '../../shared/telemetry/telemetry';
import type { EventFields, EventName } from '../../shared/tones/event-log';

export interface RecordedSpan {
  readonly name: string;
  readonly options: SpanOptions;
  readonly attributes: Record<string, SpanAttributes[string]>;
  readonly links: (string | undefined)[];
  readonly failures: string[];
  ended: boolean;
}

export interface RecordingTelemetry extends Telemetry {
  readonly spans: RecordedSpan[];
  readonly observed: (readonly [EventName, EventFields])[];
  readonly flushes: { count: number };
}

export function makeRecordingTelemetry(): RecordingTelemetry {
  const spans: RecordedSpan[] = [];
  const observed: (readonly [EventName, EventFields])[] = [];
  const flushes = { count: 0 };
  const running: RecordedSpan[] = [];
  return {
    spans,
    observed,
    flushes,
    async inSpan(name, options, work) {
      const span: RecordedSpan = {
        name,
        options,
        attributes: { ...options.attributes },
        links: [...(options.links ?? [])],
        failures: [],
        ended: false,
      };
      spans.push(span);
      running.push(span);
      try {
        return await work();
      } finally {
        span.ended = true;
        running.pop();
      }
    },
    traceparent: () =>
      running.length === 0 ? undefined : `00-${'a'.repeat(32)}-${String(spans.length).padStart(16, '0')}-01`,
    describe: (attributes) => void Object.assign(running.at(-1)?.attributes ?? {}, attributes),
    link: (traceparent) => void running.at(-1)?.links.push(traceparent),
    fail: (code) => void running.at(-1)?.failures.push(code),
    observe: (event, fields) => void observed.push([event, fields]),
    async flush() {
      flushes.count += 1;
    },
  };
}
