// The port of telemetry: spans around what the app does, and metrics from its
// events. Without an exporter all of it is `noTelemetry`.
// Knows no SDK. Nothing behind it throws but the work that it is given.
import type { EventFields, EventName } from '../tones/event-log';

/** `server`: an HTTP request, `consumer`: a message of the queue, `client`: a request of ours. */
export type SpanKind = 'server' | 'consumer' | 'client';

/** Never tones, tokens, keys, callback URLs or bodies. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind: SpanKind;
  /**
   * W3C `traceparent` of the span before it, from another process. Default:
   * the running span; where there is none, a new trace.
   */
  readonly parent?: string | undefined;
  /** `traceparent` of spans that it has to do with, but does not continue. */
  readonly links?: readonly (string | undefined)[];
  readonly attributes?: SpanAttributes;
}

/**
 * The running span is the innermost `inSpan` around the caller, also over every await. Where none is running,
 * `describe`, `link` and
 * `fail` do nothing. A malformed `traceparent` counts as none.
 */
export interface Telemetry {
  /** Runs `work` in a span that ends with it, and fails if it throws. Gives or throws what `work` does. */
  inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T>;
  /** W3C `traceparent` of the running span, for a message or a row; undefined where none is running. */
  traceparent(): string | undefined;
  describe(attributes: SpanAttributes): void;
  link(traceparent: string | undefined): void;
  /**
   * Marks the running span as failed. `code`: a code of ours, an HTTP status or the name of an error; never a message.
   */
  fail(code: string): void;
  /** Counts what an event says, and puts its names on the running span. */
  observe(event: EventName, fields: EventFields): void;
  /** Sends what has not been sent yet, for a few seconds at most. Called before the process ends. */
  flush(): Promise<void>;
}

/** Why telemetry is lost, for a line in the log. Whatever happens here, the app goes on. */
export interface TelemetryFault {
  /** `traces` or `metrics` were not taken by an exporter, or the SDK could not be `loaded`. */
  readonly part: 'traces' | 'metrics' | 'loading';
  readonly exporter?: 'otlp' | 'azure-monitor';
  /** HTTP status, error code or name of the error; never a message. */
  readonly code: string;
}

/** Must not throw. */
export type OnTelemetryFault = (fault: TelemetryFault) => void;

/** No exporter is set: nothing is loaded, nothing is kept. */
export const noTelemetry: Telemetry = {
  inSpan: (_name, _options, work) => work(),
  traceparent: () => undefined,
  describe() {},
  link() {},
  fail() {},
  observe() {},
  async flush() {},
};
