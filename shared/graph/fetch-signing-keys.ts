// Fetches OpenID metadata and the signing keys that it points to, and imports those that can sign a notification.
// Remembers nothing, and knows no token: what the keys are for is decided above.
import type { CryptoKey } from 'jose';
import { readAnswerUpTo } from '../bounded-body';
import { isSecureUrl } from '../settings/secure-url';
import { errorName } from '../tones/event-log';
import { isRecord } from './operation';

/** A key that may have signed a token. */
export interface SigningKey {
  readonly key: CryptoKey;
  /** Whose tokens the key may sign, where the key says so (Entra's keys do; may hold the placeholder `{tenantid}`). */
  readonly issuer?: string;
}

/** Why no keys were fetched. Stable, for logs. */
export type SigningKeysFaultCode =
  /** A URL that is neither https nor http on a loopback host. */
  | 'url-not-allowed'
  /** No answer, a broken connection, a redirect (never followed), or no whole answer in time; see `cause`. */
  | 'fetch-failed'
  | 'http-status'
  | 'answer-too-large'
  | 'answer-not-json'
  /** The metadata names no `jwks_uri`. */
  | 'jwks-uri-missing'
  /** The key set holds no RSA key that may sign and can be imported. */
  | 'no-usable-key'
  /** Not foreseen; see `cause`. */
  | 'unexpected';

/** No keys were fetched. The message names what was asked for, never an answer. */
export class SigningKeysFault extends Error {
  override readonly name = 'SigningKeysFault';

  constructor(
    readonly code: SigningKeysFaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Longest metadata or key set that is read, in bytes. Entra's are under 20 KiB. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Shorter RSA keys verify nothing (RFC 7518, 3.3). */
const MIN_MODULUS_BITS = 2048;

/**
 * The keys of an OpenID provider by `kid`. A key counts if it is RSA, has a `kid`, is not for another use or algorithm,
 * and can be imported; of two with the same `kid` the first counts. Both requests together take at most `timeoutMs`.
 *
 * @throws SigningKeysFault
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 */
export async function fetchSigningKeys(
  metadataUrl: string,
  fetch: Fetch,
  timeoutMs: number,
): Promise<ReadonlyMap<string, SigningKey>> {
  const signal = AbortSignal.timeout(timeoutMs);
  const metadata = await fetchJson(metadataUrl, 'metadata', fetch, signal);
  const jwksUri = metadata['jwks_uri'];
  if (typeof jwksUri !== 'string')
    throw new SigningKeysFault('jwks-uri-missing', 'The OpenID metadata names no jwks_uri.');
  const { keys } = await fetchJson(jwksUri, 'key set', fetch, signal);
  const usable = await importKeys(Array.isArray(keys) ? keys : []);
  if (usable.size === 0) throw new SigningKeysFault('no-usable-key', 'The key set holds no RSA key for signatures.');
  return usable;
}

async function fetchJson(
  url: string,
  what: string,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  if (!URL.canParse(url) || !isSecureUrl(new URL(url)))
    throw new SigningKeysFault('url-not-allowed', `The URL of the ${what} must be https, or http on a loopback host.`);
  const bytes = await fetchBytes(url, what, fetch, signal);
  try {
    const answer: unknown = JSON.parse(bytes.toString('utf8'));
    if (isRecord(answer)) return answer;
  } catch (cause) {
    // The engine's message quotes the answer: only its name is kept.
    throw new SigningKeysFault('answer-not-json', `The ${what} is no JSON.`, {
      cause: errorName(cause),
    });
  }
  throw new SigningKeysFault('answer-not-json', `The ${what} is no JSON object.`);
}

async function fetchBytes(url: string, what: string, fetch: Fetch, signal: AbortSignal): Promise<Buffer> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new SigningKeysFault('http-status', `The ${what} was answered with HTTP ${response.status}.`);
    }
    const bytes = await readAnswerUpTo(response, MAX_ANSWER_BYTES);
    if (bytes !== undefined) return bytes;
    throw new SigningKeysFault('answer-too-large', `The ${what} is longer than ${MAX_ANSWER_BYTES} bytes.`);
  } catch (cause) {
    throw cause instanceof SigningKeysFault
      ? cause
      : new SigningKeysFault('fetch-failed', `The ${what} could not be fetched.`, { cause });
  }
}

async function importKeys(jwks: readonly unknown[]): Promise<ReadonlyMap<string, SigningKey>> {
  const usable = new Map<string, SigningKey>();
  for (const jwk of jwks) {
    if (!isRecord(jwk)) continue;
    const { kid, issuer } = jwk;
    if (typeof kid !== 'string' || kid === '' || usable.has(kid)) continue;
    const key = await importKey(jwk);
    if (key !== undefined) usable.set(kid, { key, ...(typeof issuer === 'string' && { issuer }) });
  }
  return usable;
}

/** Undefined for a key of another kind or use, and for one that cannot be imported: it spoils no other. */
async function importKey(jwk: Readonly<Record<string, unknown>>): Promise<CryptoKey | undefined> {
  const { kty, n, e, use = 'sig', alg = 'RS256' } = jwk;
  if (kty !== 'RSA' || use !== 'sig' || alg !== 'RS256' || typeof n !== 'string' || typeof e !== 'string')
    return undefined;
  const { importJWK } = await import('jose');
  try {
    // Only the public numbers are taken over, whatever else the entry holds.
    const key = await importJWK({ kty, n, e }, 'RS256');
    return key instanceof Uint8Array || modulusBitsOf(key) < MIN_MODULUS_BITS ? undefined : key;
  } catch {
    return undefined;
  }
}

function modulusBitsOf({ algorithm }: CryptoKey): number {
  return 'modulusLength' in algorithm && typeof algorithm.modulusLength === 'number' ? algorithm.modulusLength : 0;
}
