// Runs an HTTP function: its request comes with the invocation, or is passed on to
// the app's own server while the invocation waits for it.
// Knows neither routes nor keys; one of the two ways holds for the whole app.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Forward } from './http-proxy';
import type { RouteMatch } from './http-routes';
import { empty, fromRpcHttp, toRpcHttp, type HttpAnswer } from './rpc-http';
import { toTriggerMetadata } from './trigger-metadata';
import type { Invoke } from '../worker/invocation';
import { makeTraceContext } from '../worker/trace-context';

export interface RoutedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly route: RouteMatch;
}

/** Undefined where the app has answered by itself, or nobody waits for an answer any more. */
export type RunHttpFunction = (routed: RoutedRequest) => Promise<HttpAnswer | undefined>;

/** @param forward given where the app takes its requests itself. */
export function makeRunHttpFunction(invoke: Invoke, forward: Forward | undefined): RunHttpFunction {
  return forward === undefined
    ? (routed) => runWithRequest(invoke, routed)
    : (routed) => runBesideRequest(invoke, forward, routed);
}

async function runWithRequest(invoke: Invoke, { request, target, query, route }: RoutedRequest): Promise<HttpAnswer> {
  const http = toRpcHttp(request, target, query, route.params, await readBody(request));
  const result = await invoke(route.target, { data: { http }, traceContext: makeTraceContext(traceHeaders(request)) });
  return result.succeeded ? fromRpcHttp(result.response.returnValue) : empty(500);
}

async function runBesideRequest(
  invoke: Invoke,
  forward: Forward,
  { request, response, target, query, route }: RoutedRequest,
): Promise<HttpAnswer | undefined> {
  // Also the real host reads a body of a declared length before it starts the function.
  const body = await readBody(request);
  const invocationId = randomUUID();
  const forwarding = forward(request, response, { invocationId, target, body });
  const result = await invoke(route.target, {
    invocationId,
    data: { http: {} },
    metadata: toTriggerMetadata(request, query, route.params, body),
    traceContext: makeTraceContext(traceHeaders(request)),
  });
  if (!result.succeeded) forwarding.giveUp();
  return (await forwarding.done) === 'failed' ? empty(500) : undefined;
}

/** A body of a declared length. As on the real host, another one does not come with the invocation. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) === 0) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function traceHeaders({ headersDistinct }: IncomingMessage): { traceparent?: string; tracestate?: string } {
  const traceparent = headersDistinct.traceparent?.[0];
  const tracestate = headersDistinct.tracestate?.join(',');
  return { ...(traceparent !== undefined && { traceparent }), ...(tracestate !== undefined && { tracestate }) };
}
