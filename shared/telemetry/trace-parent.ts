// The W3C `traceparent` in both directions (https://www.w3.org/TR/trace-context/#traceparent-header).
// Knows no span: a value that comes from a message, a row or the host is checked before it becomes one's.

/** What a `traceparent` says. The names are OpenTelemetry's. */
export interface TraceParent {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string;
  /** Bit 0: the span is recorded. */
  readonly traceFlags: number;
}

/** Version ff is not allowed; a later version may have more fields behind the flags. */
const PATTERN = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Undefined where it is none. */
export function fromTraceparent(text: string | undefined): TraceParent | undefined {
  const [, version, traceId, spanId, flags, rest] = PATTERN.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined || (version === '00' && rest !== undefined))
    return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 };
}

export function toTraceparent({ traceId, spanId, traceFlags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
}
