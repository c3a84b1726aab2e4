// Makes tokens, good and forged, and the OpenID providers whose keys sign them; with node:crypto alone, so that it shares no mistake
// with the guard. Used by the tests of shared/graph's tokens and keys.
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Fetch } from '../../../../shared/graph/fetch-signing-keys';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const makeKeyPair = (modulusLength = 2048): KeyPair => generateKeyPairSync('rsa', { modulusLength });

export const jwkOf = ({ publicKey }: KeyPair, kid: string, more: object = {}): object => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  ...more,
});

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A compact JWS over any header and claims (strings stand for themselves). */
export function signToken(header: unknown, claims: unknown, { privateKey }: KeyPair): string {
  const content = `${base64url(header)}.${base64url(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
}

/** The classic confusion: a public key used as the secret of an HMAC. */
export function signWithPublicKeyAsSecret(header: unknown, claims: unknown, { publicKey }: KeyPair): string {
  const content = `${base64url(header)}.${base64url(claims)}`;
  return `${content}.${createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' }))
    .update(content)
    .digest('base64url')}`;
}

export function unsigned(header: unknown, claims: unknown, signature = ''): string {
  return `${base64url(header)}.${base64url(claims)}.${signature}`;
}

/** Answers by URL, and the URLs asked for. A function is asked anew each time and may throw; whatever is not listed is 404. */
export function makeFetch(answers: Readonly<Record<string, object | (() => Response | Promise<Response>)>>): {
  fetch: Fetch;
  asked: string[];
} {
  const asked: string[] = [];
  const fetch: Fetch = async (url) => {
    asked.push(url);
    const answer = answers[url];
    if (typeof answer === 'function') return (answer as () => Response | Promise<Response>)();
    return answer === undefined ? new Response('', { status: 404 }) : Response.json(answer);
  };
  return { fetch, asked };
}
