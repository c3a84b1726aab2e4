// The headers of a request as they came. With HTTP streams the library takes them from the host's
// binding data, where a query parameter or a field of the body that is called `Headers` stands in their
// place: whoever asks could say that the platform knows him (docs/decisions/0013).
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '@azure/functions';

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
  const seen = new Map<string, IncomingMessage>();
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const id = request.headers[INVOCATION_ID];
    if (typeof id !== 'string') return;
    seen.set(id, request);
    response.once('close', () => seen.delete(id));
  });

  return (handler) => (request, context) => {
    for (const name of [...request.headers.keys()]) request.headers.delete(name);
    const came = Object.entries(seen.get(context.invocationId)?.headersDistinct ?? {});
    for (const [name, values = []] of came) request.headers.set(name, values.join(','));
    return handler(request, context);
  };
}
