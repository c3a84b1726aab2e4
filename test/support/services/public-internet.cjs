// A stand-in for the public internet: names resolve to the addresses of TEST_PUBLIC_INTERNET, and port 443 of these leads to a local port.
// Loaded before an app by NODE_OPTIONS=--require, so that the app itself runs unchanged; or by a test, which calls `routeInternet`.
'use strict';
const dns = require('node:dns');
const net = require('node:net');

/** @param {Record<string, { addresses: readonly string[], port: number }>} hosts */
function routeInternet(hosts) {
  const lookup = dns.promises.lookup;
  const connect = net.Socket.prototype.connect;
  const portOf = new Map(
    Object.values(hosts).flatMap(({ addresses, port }) => addresses.map((address) => [address, port])),
  );
  dns.promises.lookup = async (hostname, options) => {
    const host = hosts[hostname];
    if (host === undefined) return lookup(hostname, options);
    if (host.addresses.length === 0)
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
    const found = host.addresses.map((address) => ({ address, family: net.isIP(address) }));
    return options?.all ? found : found[0];
  };
  net.Socket.prototype.connect = function (...args) {
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    const port = options?.port === 443 ? portOf.get(options.host) : undefined;
    if (port === undefined) return connect.apply(this, args);
    return connect.call(
      this,
      { ...options, host: '127.0.0.1', port },
      typeof args.at(-1) === 'function' ? args.at(-1) : undefined,
    );
  };
  return function restore() {
    dns.promises.lookup = lookup;
    net.Socket.prototype.connect = connect;
  };
}

module.exports = { routeInternet };

if (process.env.TEST_PUBLIC_INTERNET) routeInternet(JSON.parse(process.env.TEST_PUBLIC_INTERNET));
