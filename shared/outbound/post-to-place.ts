// One POST to a callback URL: over https on port 443 at a public address that is checked and then kept, or to the local
// origin of development.
// Knows no setting: which URLs come here was decided before. Believes neither a name server nor a redirect.
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { CallbackAnswer } from './callback-answer';
import { isPublicAddress } from './public-address';

/** Where a POST goes to: a checked address of the internet, or this machine. */
export type Place = { readonly kind: 'public'; readonly address: string } | { readonly kind: 'local' };

export interface Post {
  readonly target: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/**
 * Undefined if any address of the host is not public: then somebody plays with the name. `http:` never leaves this
 * machine.
 */
export async function placeOf({ protocol, hostname }: URL): Promise<Place | undefined> {
  if (protocol === 'http:') return { kind: 'local' };
  const found = await lookup(hostname, { all: true });
  if (!found.every(({ address }) => isPublicAddress(address))) return undefined;
  const address = (found.find(({ family }) => family === 4) ?? found[0])?.address;
  return address === undefined ? undefined : { kind: 'public', address };
}

/**
 * Connects to the address that was checked, so that the name cannot change its mind; the certificate must be the
 * name's.
 */
export function postTo(place: Place, { target, headers, body, signal }: Post): Promise<CallbackAnswer> {
  const options = {
    method: 'POST',
    path: `${target.pathname}${target.search}`,
    headers: {
      Host: target.host,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      'User-Agent': 'graph-call-tones',
      ...headers,
    },
    agent: false,
    signal,
  } as const;
  return new Promise((resolve, reject) => {
    const sent =
      place.kind === 'public'
        ? httpsRequest({ ...options, host: place.address, port: 443, servername: target.hostname })
        : httpRequest({ ...options, ...LOOPBACK, host: target.hostname, port: target.port });
    sent.on('response', (answer) => {
      resolve({ httpStatus: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
      answer.destroy();
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** `localhost` is both, as receivers listen on one or the other; whatever a name server or a hosts file says of it. */
const localhost: LookupFunction = (_hostname, _options, found) =>
  found(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);

const LOOPBACK = { lookup: localhost, autoSelectFamily: true };
