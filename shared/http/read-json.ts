// Reads a request's body up to a limit, and as JSON: each fault is its own problem.
// Used by functions/enqueue-tones and functions/call-notifications.
import { isUtf8 } from 'node:buffer';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { problem } from './problem';

export type BodyRead = { readonly kind: 'read'; readonly bytes: Uint8Array } | { readonly kind: 'too-large' };

/** The Functions host hands on only bodies with a Content-Length, so that a chunked one arrives empty. */
export const EMPTY_BODY = 'The body is empty. Send it with a Content-Length: a chunked body does not arrive.';

/** Reads no more than `maxBytes`; what is longer is left unread. */
export async function readBody(request: HttpRequest, maxBytes: number): Promise<BodyRead> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return { kind: 'too-large' };
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (request.body !== null) {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > maxBytes) return { kind: 'too-large' };
      chunks.push(chunk);
    }
  }
  return { kind: 'read', bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) };
}

export type JsonRead =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'problem'; readonly response: HttpResponseInit };

/** The body as JSON (RFC 8259: UTF-8), or 413, 415 or 400. */
export async function readJson(request: HttpRequest, maxBytes: number): Promise<JsonRead> {
  const unsupported = mediaTypeFault(request);
  if (unsupported !== undefined)
    return { kind: 'problem', response: problem('unsupported-media-type', { detail: unsupported }) };
  const body = await readBody(request, maxBytes);
  if (body.kind === 'too-large') {
    return {
      kind: 'problem',
      response: problem('body-too-large', { detail: `The body may have at most ${maxBytes} bytes.` }),
    };
  }
  if (body.bytes.byteLength === 0) return malformed(EMPTY_BODY);
  if (!isUtf8(body.bytes)) return malformed();
  try {
    return { kind: 'json', value: JSON.parse(new TextDecoder().decode(body.bytes)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return malformed();
  }
}

function malformed(detail = 'The body cannot be parsed as JSON in UTF-8.'): JsonRead {
  return { kind: 'problem', response: problem('malformed-json', { detail }) };
}

function mediaTypeFault(request: HttpRequest): string | undefined {
  if (request.headers.get('content-encoding') !== null) return 'A Content-Encoding is not supported.';
  const contentType = request.headers.get('content-type') ?? '';
  if (contentType.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json')
    return 'The Content-Type must be application/json.';
  return charsetsOf(contentType).every((charset) => /^utf-?8$/i.test(charset))
    ? undefined
    : 'The charset of the Content-Type must be UTF-8.';
}

/** One parameter of a media type (RFC 9110, section 5.6.6): what stands in quotes may hold a semicolon. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;

function charsetsOf(contentType: string): string[] {
  return [...contentType.matchAll(PARAMETER)]
    .filter(([, name]) => name?.toLowerCase() === 'charset')
    .map(([, , quoted, bare]) => quoted ?? bare?.trim() ?? '');
}
