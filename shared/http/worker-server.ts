// Lets every server of the process, the library's own among them, take what the Functions host sends it: an invocation
// whose request does not reach the library waits in vain (docs/decisions/0013-http-streams.md).
// Knows nothing of the requests.
import http, { type RequestListener, type ServerOptions } from 'node:http';

const DEFAULTS: ServerOptions = {
  /** Bytes: twice the largest request that a host passes on. Node by itself refuses more than 16 KiB, the host 32. */
  maxHeaderSize: 128 * 1024,
  /**
   * Milliseconds. The host's client uses a connection again that was idle for a minute at most (.NET's
   * SocketsHttpHandler.PooledConnectionIdleTimeout). Node closes it after five seconds: now and then just when it is
   * used again, and that request may be lost.
   */
  keepAliveTimeout: 130_000,
};

/** The library makes its server without options and takes none; to be called before the app has started. */
export function fitServersToTheHost(): void {
  const { createServer } = http;
  const fitting = (first?: ServerOptions | RequestListener, second?: RequestListener) =>
    typeof first === 'function' ? createServer(DEFAULTS, first) : createServer({ ...DEFAULTS, ...first }, second);
  http.createServer = fitting;
}
