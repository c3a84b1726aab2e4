// Puts a span around an invocation: of an HTTP function, or of a message, which carries the trace on.
// The handlers know nothing of it.
import type { HttpHandler, InvocationContext } from '@azure/functions';
import { noTelemetry, type SpanAttributes, type Telemetry } from './telemetry';

/** The trace goes on from the host's own span of the invocation. No part of the URL is given: it may hold a token. */
export function tracedHttp(telemetry: Telemetry, handler: HttpHandler): HttpHandler {
  if (telemetry === noTelemetry) return handler;
  return (request, context) =>
    telemetry.inSpan(
      context.functionName,
      {
        kind: 'server',
        parent: traceparentOf(context),
        attributes: { 'http.request.method': request.method, ...invocationOf(context) },
      },
      async () => {
        const response = await handler(request, context);
        const status = response.status ?? 200;
        telemetry.describe({ 'http.response.status_code': status });
        if (status >= 500) telemetry.fail(String(status));
        return response;
      },
    );
}

/**
 * The trace goes on from whoever put the message on the queue, which the
 * host cannot know; the host's own span is linked.
 */
export function tracedMessage<T extends object>(
  telemetry: Telemetry,
  handler: (message: T | undefined, context: InvocationContext) => Promise<void>,
): (message: T | undefined, context: InvocationContext) => Promise<void> {
  if (telemetry === noTelemetry) return handler;
  return (message, context) => {
    const sender = senderOf(message);
    const own = traceparentOf(context);
    const attributes = {
      'messaging.system': 'azure_storage_queue',
      'messaging.operation.type': 'process',
      ...invocationOf(context),
    };
    return telemetry.inSpan(
      context.functionName,
      { kind: 'consumer', parent: sender ?? own, links: sender === undefined ? [] : [own], attributes },
      () => handler(message, context),
    );
  };
}

/** The trace that a message carries, where it carries one. */
function senderOf(message: object | undefined): string | undefined {
  const { traceparent } = (message ?? {}) as { readonly traceparent?: string };
  return traceparent;
}

/** Absent, or empty, where the host has no span of its own. */
export function traceparentOf(context: InvocationContext | undefined): string | undefined {
  return context?.traceContext?.traceParent || undefined;
}

function invocationOf(context: InvocationContext): SpanAttributes {
  return { 'faas.invocation_id': context.invocationId };
}
