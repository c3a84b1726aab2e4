// Puts a span around a request of ours: the POST to Graph, to a callback, to a receiver of notifications.
// The request goes out as it is, with no header added, and nothing of its
// URL but what its template keeps is in the span.
import { noTelemetry, type Telemetry } from './telemetry';

/**
 * `fetch`, with a span around the time to the answer's headers. `templateOf`: the path with `{…}` for what varies, and
 * the span's name behind the method; the URL itself is in no span.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client
 */
export function tracedFetch(
  telemetry: Telemetry,
  templateOf: (url: URL) => string,
  send: typeof globalThis.fetch = globalThis.fetch,
): typeof globalThis.fetch {
  if (telemetry === noTelemetry) return send;
  return (input, init) => {
    const method = init?.method ?? 'GET';
    const url = new URL(input instanceof Request ? input.url : input);
    const template = templateOf(url);
    return telemetry.inSpan(
      `${method} ${template}`,
      {
        kind: 'client',
        attributes: { 'http.request.method': method, 'server.address': url.hostname, 'url.template': template },
      },
      async () => {
        const response = await send(input, init);
        telemetry.describe({ 'http.response.status_code': response.status });
        if (response.status >= 400) telemetry.fail(String(response.status));
        return response;
      },
    );
  };
}

/** What a POST to the URL of somebody else came to; all but `taken` are failures. */
interface PostReply {
  readonly kind: 'taken' | 'refused' | 'failed';
  readonly httpStatus?: number;
}

/** Nothing of the URL is in the span, not even its host. `name`: to whom, in our words. */
export function tracedPost<Args extends unknown[], Reply extends PostReply>(
  telemetry: Telemetry,
  name: 'callback' | 'receiver',
  post: (...args: Args) => Promise<Reply>,
): (...args: Args) => Promise<Reply> {
  if (telemetry === noTelemetry) return post;
  return (...args) =>
    telemetry.inSpan(`POST ${name}`, { kind: 'client', attributes: { 'http.request.method': 'POST' } }, async () => {
      const reply = await post(...args);
      if (reply.httpStatus !== undefined) telemetry.describe({ 'http.response.status_code': reply.httpStatus });
      if (reply.kind !== 'taken') telemetry.fail(String(reply.httpStatus ?? reply.kind));
      return reply;
    });
}
