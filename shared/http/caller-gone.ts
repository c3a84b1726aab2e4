// Whether the caller of a request still waits for its answer: known where the worker's own server sees the connection
// close.
// Knows no function; a request of which nothing is known counts as waited for.
import type { HttpRequest } from '@azure/functions';

const SIGNALS = new WeakMap<HttpRequest, AbortSignal>();

export function noteGoneSignal(request: HttpRequest, signal: AbortSignal): void {
  SIGNALS.set(request, signal);
}

/** Aborted once the caller is gone; undefined where that is not known. */
export function goneSignalOf(request: HttpRequest): AbortSignal | undefined {
  return SIGNALS.get(request);
}
