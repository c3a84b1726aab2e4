// Reads a request's body up to a limit, and as JSON: each fault is its own problem.
// A body may come with a Content-Length or in chunks; nothing of it is kept in a log or an answer.
import { isUtf8 } from 'node:buffer';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { readUpTo } from '../bounded-body';
import { problem } from './problem';

export type BodyRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  /** The caller, or the network, ended it before its time: nobody waits for the answer. */
  | { readonly kind: 'broken-off' };

export const EMPTY_BODY = 'The body is empty.';
export const BROKEN_OFF_BODY = 'The body broke off.';

/** Keeps no more than `maxBytes`, whether the length was declared or not. */
export async function readBody(request: HttpRequest, maxBytes: number): Promise<BodyRead> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return { kind: 'too-large' };
  if (request.body === null) return { kind: 'read', bytes: new Uint8Array() };
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  try {
    const bytes = await readUpTo(reader, maxBytes);
    if (bytes !== undefined) return { kind: 'read', bytes };
  } catch {
    // The error is the network's own, or the parser's: all that can be said of it is that the body is not whole.
    return { kind: 'broken-off' };
  }
  void letGoBy(reader);
  return { kind: 'too-large' };
}

/**
 * Takes the rest of a body off the wire and keeps nothing of it. The host relays no answer before it has sent the whole
 * request: a body left half read would keep the caller waiting, and one that is cancelled would take the connection
 * with it. (Node itself lets a body go by that nobody has begun to read.)
 */
async function letGoBy(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // It broke off: then there is nothing more to take.
  }
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
  if (body.kind === 'broken-off') return malformed(BROKEN_OFF_BODY);
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
