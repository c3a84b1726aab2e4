// Lets every server of the process, the library's own among them, read headers as long as the host lets through.
// Node refuses more than 16 KiB, the host more than 32: what lies between would be refused before the
// library sees it, and its invocation would wait in vain (docs/decisions/0013-http-streams.md).
import http, { type RequestListener, type ServerOptions } from 'node:http';

/** Twice as much as the request that the largest host passes on. */
const HEADER_LIMIT_BYTES = 128 * 1024;

/** The library makes its server without options and takes none; to be called before the app has started. */
export function allowLongHeaders(): void {
  const { createServer } = http;
  const withLongHeaders = (first?: ServerOptions | RequestListener, second?: RequestListener) =>
    typeof first === 'function'
      ? createServer({ maxHeaderSize: HEADER_LIMIT_BYTES }, first)
      : createServer({ maxHeaderSize: HEADER_LIMIT_BYTES, ...first }, second);
  http.createServer = withLongHeaders;
}
