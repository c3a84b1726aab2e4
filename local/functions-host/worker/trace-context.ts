// The W3C trace context of an invocation: continued from the request's headers, else a new one.
// Knows no exporter: nothing leaves the process.

import { randomBytes } from 'node:crypto';

export interface TraceContext {
  traceParent: string;
  traceState: string;
  attributes: Record<string, string>;
}

const traceParentForm = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A new span id below the caller's trace id; a malformed `traceparent` starts a new trace. */
export function makeTraceContext(headers: { traceparent?: string; tracestate?: string } = {}): TraceContext {
  const [, traceId, flags] = traceParentForm.exec(headers.traceparent ?? '') ?? [];
  const spanId = randomBytes(8).toString('hex');
  if (traceId === undefined) {
    return { traceParent: `00-${randomBytes(16).toString('hex')}-${spanId}-00`, traceState: '', attributes: {} };
  }
  return { traceParent: `00-${traceId}-${spanId}-${flags}`, traceState: headers.tracestate ?? '', attributes: {} };
}
