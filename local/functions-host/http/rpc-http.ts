// Converts an HTTP request to the worker's RpcHttp and an RpcHttp answer to what Node.js sends.
// Knows no function; the shapes are those of the real host with this worker.

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

import type { Nullable, RpcHttpCookie, RpcHttpData, RpcTypedData } from '../worker/core-contract';

export interface HttpAnswer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

export function empty(status: number): HttpAnswer {
  return { status, headers: {}, body: Buffer.alloc(0) };
}

/**
 * The URL is `http://`, the Host header and the target as sent; repeated headers and query values are joined by a
 * comma. An empty body is absent, as on the real host.
 */
export function toRpcHttp(
  request: IncomingMessage,
  target: string,
  query: URLSearchParams,
  params: Record<string, string>,
  body: Buffer | undefined,
): RpcHttpData {
  return {
    method: request.method ?? 'GET',
    url: `http://${request.headers.host ?? ''}${target}`,
    nullableHeaders: joined(Object.entries(request.headersDistinct).map(([name, values]) => [name, values ?? []])),
    nullableQuery: joinedQuery(query),
    nullableParams: joined(Object.entries(params).map(([name, value]) => [name, [value]])),
    body: body === undefined ? null : { bytes: body },
  };
}

/** A function that answers nothing at all is a 204. */
export function fromRpcHttp(returnValue: RpcTypedData | null | undefined): HttpAnswer {
  const http = returnValue?.http;
  if (http === null || http === undefined) return empty(204);

  const headers: OutgoingHttpHeaders = { ...http.headers };
  const cookies = (http.cookies ?? []).map(toSetCookie);
  const setCookie = headers['set-cookie'];
  if (cookies.length > 0) headers['set-cookie'] = setCookie === undefined ? cookies : [String(setCookie), ...cookies];
  return { status: Number(http.statusCode), headers, body: bytesOf(http.body) };
}

function joined(entries: (readonly [string, readonly string[]])[]): Record<string, Nullable<string>> {
  return Object.fromEntries(entries.map(([name, values]) => [name, { value: values.join(',') }]));
}

/** Names that differ in case only are one name on the real host, spelt as it came first. */
function joinedQuery(query: URLSearchParams): Record<string, Nullable<string>> {
  const values = new Map<string, [string, string[]]>();
  for (const [name, value] of query) {
    const key = name.toLowerCase();
    const known = values.get(key);
    if (known === undefined) values.set(key, [name, [value]]);
    else known[1].push(value);
  }
  return joined([...values.values()]);
}

function bytesOf(body: RpcTypedData | null | undefined): Buffer {
  if (body?.bytes !== null && body?.bytes !== undefined) {
    return Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength);
  }
  return Buffer.from(body?.string ?? body?.json ?? '');
}

/** ASP.NET's form of a cookie: the path is `/` unless given. */
function toSetCookie(cookie: RpcHttpCookie): string {
  const parts = [`${cookie.name}=${encodeURIComponent(cookie.value ?? '')}`];
  const expiresSeconds = cookie.expires?.value?.seconds;
  if (typeof expiresSeconds === 'number') parts.push(`expires=${new Date(expiresSeconds * 1_000).toUTCString()}`);
  if (typeof cookie.maxAge?.value === 'number') parts.push(`max-age=${Math.trunc(cookie.maxAge.value)}`);
  if (cookie.domain?.value) parts.push(`domain=${cookie.domain.value}`);
  parts.push(`path=${cookie.path?.value || '/'}`);
  if (cookie.secure?.value) parts.push('secure');
  if (cookie.sameSite === 'lax' || cookie.sameSite === 'strict') parts.push(`samesite=${cookie.sameSite}`);
  if (cookie.sameSite === 'explicitNone') parts.push('samesite=none');
  if (cookie.httpOnly?.value) parts.push('httponly');
  return parts.join('; ');
}
