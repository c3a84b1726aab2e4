// One POST over HTTP, sent once: never repeated, never redirected, ended by its time limit; and what became of it.
// Knows HTTP and Node's fetch, nothing of Graph.
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { readAnswerUpTo } from '../bounded-body';
import { isRecord } from './operation';

/** What became of a request that left, or tried to. */
export type Exchange =
  /** Status and headers came. `body`: parsed JSON; undefined if it was none, was too long, or did not come in time. */
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly location?: string;
      readonly retryAfter?: string;
      readonly body: unknown;
    }
  /** No connection came about (name, TCP or TLS), so not a byte of the request was sent. */
  | { readonly kind: 'not-connected'; readonly code?: string }
  /** `mayLeave` said no: not a byte of the request was sent. */
  | { readonly kind: 'held-back' }
  /** No headers within the time limit. */
  | { readonly kind: 'timeout' }
  /** Broken after the request may have been sent. */
  | { readonly kind: 'lost'; readonly code?: string };

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  /** For headers and body together, in milliseconds, at least 1. */
  readonly timeoutMs: number;
  /** Asked when the connection is there, right before the first byte: name, TCP and TLS may have taken seconds. */
  readonly mayLeave?: () => boolean;
}

/** Longest body that is read, in bytes; Graph's are below 2 KiB. */
const MAX_BODY_BYTES = 65_536;

/** A timer cannot wait longer (about 24 days). */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Sends one POST. Never throws. `fetch` is for tests; by default Node's own. */
export async function exchange(post: Post, fetch: typeof globalThis.fetch = globalThis.fetch): Promise<Exchange> {
  watchUndici();
  const abort = new AbortController();
  let heldBack = false;
  const guard: Guard = () => {
    if (isGranted(post.mayLeave)) return;
    heldBack = true;
    abort.abort();
  };
  const timer = setTimeout(() => abort.abort(), Math.min(Math.max(post.timeoutMs, 1), MAX_TIMEOUT_MS));
  try {
    const response = await guards.run(guard, () => fetch(post.url, requestInit(post, abort.signal)));
    const location = response.headers.get('location');
    const retryAfter = response.headers.get('retry-after');
    const { status } = response;
    return {
      kind: 'reply',
      status,
      ...(location !== null && { location }),
      ...(retryAfter !== null && { retryAfter }),
      body: await bodyOf(response),
    };
  } catch (error) {
    if (heldBack) return { kind: 'held-back' };
    if (abort.signal.aborted) return { kind: 'timeout' };
    const cause = isRecord(error) ? error['cause'] : undefined;
    const code = codeOf(cause);
    return { kind: provesNoConnection(cause) ? 'not-connected' : 'lost', ...(code !== undefined && { code }) };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The body is a stream, because fetch repeats a request by itself, also a POST, when the server answers 421 (or 401
 * with credentials included) and the body can be made again (Fetch standard, HTTP-network-or-cache fetch; tried with
 * Node 20 and 24). A stream cannot be made again, so one call of fetch is at most one request.
 */
function requestInit({ body, headers }: Post, signal: AbortSignal): RequestInit {
  const bytes = new TextEncoder().encode(body);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return {
    method: 'POST',
    headers: { ...headers, 'Content-Length': String(bytes.byteLength) },
    body: stream,
    duplex: 'half',
    redirect: 'manual',
    credentials: 'omit',
    signal,
  };
}

/** The body as JSON; undefined where it is none. The status stands, whatever happens to the body. */
async function bodyOf(response: Response): Promise<unknown> {
  try {
    const bytes = await readAnswerUpTo(response, MAX_BODY_BYTES);
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Cut off, too late, or no JSON: all the same to the caller.
    return undefined;
  }
}

/** Errors that undici itself reported as a failure to connect: proof, whatever their code. */
const connectFailures = new WeakSet<object>();

/** Aborts its request unless it may leave. */
type Guard = () => void;
/** The guard of the exchange under way, and of each of undici's requests: made within it, and written outside. */
const guards = new AsyncLocalStorage<Guard>();
const guardOf = new WeakMap<object, Guard>();
let watching = false;

/**
 * https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md. `sendHeaders` comes before the head
 * is written, which goes out together with the first part of the body (tried with Node 20, 22 and 24); a fetch that
 * reports nothing is not held back.
 */
function watchUndici(): void {
  if (watching) return;
  watching = true;
  subscribe('undici:client:connectError', (message) => {
    if (isRecord(message) && isRecord(message['error'])) connectFailures.add(message['error']);
  });
  subscribe('undici:request:create', (message) => {
    const guard = guards.getStore();
    if (guard !== undefined && isRecord(message) && isRecord(message['request']))
      guardOf.set(message['request'], guard);
  });
  subscribe('undici:client:sendHeaders', (message) => {
    if (isRecord(message) && isRecord(message['request'])) guardOf.get(message['request'])?.();
  });
}

/** What is thrown in a channel would end the process: a broken answer is a no. */
function isGranted(mayLeave: Post['mayLeave']): boolean {
  try {
    return mayLeave === undefined || mayLeave();
  } catch {
    return false;
  }
}

/**
 * Codes that only a connection that did not come about can have; they serve where undici reports nothing (another
 * fetch). The verification of the certificate comes before the first byte of the request.
 * https://docs.openssl.org/3.0/man1/openssl-verification-options/,
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const CONNECT_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_TLS_CERT_ALTNAME_FORMAT',
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
]);

function provesNoConnection(cause: unknown): boolean {
  if (!isRecord(cause)) return false;
  if (connectFailures.has(cause)) return true;
  const { syscall } = cause;
  return syscall === 'connect' || syscall === 'getaddrinfo' || CONNECT_CODES.has(codeOf(cause) ?? '');
}

function codeOf(cause: unknown): string | undefined {
  const code = isRecord(cause) ? cause['code'] : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined;
}
