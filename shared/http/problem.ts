// Errors as RFC 9457 problem details: stable types, no stack trace, no echo of what was sent.
// Knows no function: which problems one answers is described in openapi/.
import type { HttpResponseInit } from '@azure/functions';

/** Codes of `type`, as `urn:problem:<code>`; they never change. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid.' },
  'malformed-json': { status: 400, title: 'The body is not JSON.' },
  'malformed-notification': { status: 400, title: 'The body is not a notification.' },
  unauthenticated: { status: 401, title: 'The caller is not authenticated.' },
  'not-found': { status: 404, title: 'There is no such tone request.' },
  'receiver-unknown': { status: 404, title: 'There is no such receiver of notifications.' },
  'client-context-reused': { status: 409, title: 'The clientContext belongs to a different request.' },
  'body-too-large': { status: 413, title: 'The body is too large.' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json, without Content-Encoding.' },
  'receiver-failed': { status: 502, title: 'The receiver did not take the notification.' },
  'storage-unavailable': { status: 503, title: 'Storage cannot be reached.' },
  'signing-keys-unavailable': { status: 503, title: 'The keys that prove the sender cannot be fetched.' },
  unhealthy: { status: 503, title: 'A part of the service cannot be reached.' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One fault of a request: RFC 6901 pointer into the body, or the name of a query parameter. */
export interface ProblemError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

export interface ProblemParts {
  readonly detail: string;
  readonly errors?: readonly ProblemError[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nothing that this app answers may be stored by anybody on the way. */
export const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/** Seconds after which a caller who met a 503 asks again. */
const RETRY_AFTER_SECONDS = '2';

export function problem(code: ProblemCode, { detail, errors, headers }: ProblemParts): HttpResponseInit {
  const { status, title } = PROBLEMS[code];
  return {
    status,
    headers: {
      ...NO_STORE,
      'Content-Type': 'application/problem+json',
      ...(status === 503 && { 'Retry-After': RETRY_AFTER_SECONDS }),
      ...headers,
    },
    body: JSON.stringify({ type: `urn:problem:${code}`, title, status, detail, ...(errors && { errors }) }),
  };
}
