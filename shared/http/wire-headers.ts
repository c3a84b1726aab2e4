// The headers of a request as they came. With HTTP streams the library takes them from the host's
// binding data, where a query parameter or a field of the body that is called `Headers` stands in their
// place: whoever asks could say that the platform knows him (docs/decisions/0013).
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '@azure/functions';
import { noteGoneSignal } from './caller-gone';

/**
 * The header by which the Functions host says to which invocation a request
 * belongs; it replaces what a caller sends under this name.
 */
const INVOCATION_ID = 'x-ms-invocation-id';

/**
 * Gives handlers the headers that came with the request, and none at all where the request was not seen. Listens to
 * every HTTP server of the process from now on: the library's own server is one of them, and nothing else shows its
 * requests.
 */
export function makeWireHeaders(): (handler: HttpHandler) => HttpHandler {
  const seen = new Map<string, { readonly request: IncomingMessage; readonly gone: AbortController }>();
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const id = request.headers[INVOCATION_ID];
    if (typeof id !== 'string') return;
    const gone = new AbortController();
    seen.set(id, { request, gone });
    response.once('close', () => {
      seen.delete(id);
      if (!response.writableFinished) gone.abort();
    });
  });

  return (handler) => (request, context) => {
    for (const name of [...request.headers.keys()]) request.headers.delete(name);
    const wire = seen.get(context.invocationId);
    if (wire !== undefined) noteGoneSignal(request, wire.gone.signal);
    const came = Object.entries(wire?.request.headersDistinct ?? {});
    for (const [name, values = []] of came) request.headers.set(name, values.join(','));
    return handler(request, context);
  };
}
