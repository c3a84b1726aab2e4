// Real HttpRequest and InvocationContext of @azure/functions, as the worker would hand them to a function.
// Used by the unit tests of functions/ and shared/http.
import { HttpRequest, InvocationContext, type HttpRequestInit, type HttpResponseInit } from '@azure/functions';

export interface Invocation {
  readonly context: InvocationContext;
  /** `level event`, in order: `information tones-accepted`. */
  readonly events: string[];
  /** Whole lines, in order. */
  readonly lines: string[];
}

export function invocationOf(functionName: string): Invocation {
  const lines: string[] = [];
  const events: string[] = [];
  const logHandler = (level: string, ...parts: unknown[]) => {
    const line = parts.map(String).join(' ');
    lines.push(line);
    events.push(`${level} ${line.split(' ', 1)[0] ?? ''}`);
  };
  return { context: new InvocationContext({ functionName, logHandler }), events, lines };
}

export const ORIGIN = 'http://functions.test:7071';

export function get(pathAndQuery: string, headers: Record<string, string> = {}): HttpRequest {
  return new HttpRequest({ method: 'GET', url: `${ORIGIN}${pathAndQuery}`, headers });
}

export function post(path: string, body: unknown, headers: Record<string, string> = {}): HttpRequest {
  return postText(path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function postText(path: string, text: string, headers: Record<string, string> = {}): HttpRequest {
  return new HttpRequest({ method: 'POST', url: `${ORIGIN}${path}`, headers, body: { string: text } });
}

export function postBytes(path: string, bytes: Uint8Array, headers: Record<string, string> = {}): HttpRequest {
  const init: HttpRequestInit = { method: 'POST', url: `${ORIGIN}${path}`, headers, body: { bytes } };
  return new HttpRequest(init);
}

/** The parsed body of a problem answer. */
export function problemOf(response: HttpResponseInit): unknown {
  if (typeof response.body !== 'string') throw new Error('the answer has no text');
  return JSON.parse(response.body);
}

/** The response's header, whatever the case of its name. */
export function headerOf(response: HttpResponseInit, name: string): string | null {
  return new Headers(response.headers).get(name);
}
