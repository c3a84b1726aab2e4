// Tokens: what Microsoft's calling service and Entra put into them, and
// how they are signed; broken ones too, for tests.
// Knows no HTTP, and nothing of what a token is sent with.
import { createHmac, randomUUID, sign } from 'node:crypto';
import { makeSigningKey, type KeyRing, type SigningKey } from './keys';
import type { TokenKind } from '../calls/scenarios';

export const CALLING_SERVICE_ISSUER = 'https://api.botframework.com';
/** "Skype Teams Calling API Service", the caller of Entra-signed notifications. */
export const CALLING_SERVICE_APP_ID = '26a18ebc-cdf7-4a6a-91cb-beb352805e81';

export const TOKEN_KEYS = ['calling-service', 'entra', 'unpublished'] as const;
export type TokenKey = (typeof TOKEN_KEYS)[number];
export const SIGNATURES = ['valid', 'tampered', 'none', 'hs256'] as const;
export type TokenSignature = (typeof SIGNATURES)[number];

export interface TokenRequest {
  kind: TokenKind;
  /** Over the kind's own claims; null takes a claim away. */
  claims?: Record<string, unknown>;
  /** Over the kind's own header; null takes a member away. */
  header?: Record<string, unknown>;
  /** Default: the kind's own. `unpublished` is in no metadata. */
  key?: TokenKey;
  /** Default `valid`. `hs256` uses the public key's PEM as the secret, the classic confusion. */
  signature?: TokenSignature;
}

const LIFETIME_SECONDS = 3_600;
const REUSE_MS = 300_000;
const MAX_REUSED = 1_000;
const MAX_ISSUED = 1_000;

export class TokenMint {
  readonly #reused = new Map<string, { token: string; mintedAtMs: number }>();
  readonly #issued: string[] = [];
  #unpublished: Promise<SigningKey> | undefined;

  constructor(
    readonly rings: { readonly callingService: KeyRing; readonly entra: KeyRing },
    private readonly defaults: { tenantId: string; appId: string },
  ) {}

  /** A token of a notification. As the real service does, it sends one token for some minutes. */
  forNotification(kind: TokenKind, audience: string, tenantId: string, issuer = CALLING_SERVICE_ISSUER): string {
    const key = this.#ringOf(kind).current;
    const name = JSON.stringify([kind, audience, tenantId, issuer, key.kid]);
    const known = this.#reused.get(name);
    if (known && Date.now() - known.mintedAtMs < REUSE_MS) return known.token;
    const claims = kind === 'calling-service' ? { iss: issuer } : {};
    const token = this.#sign(key, headerOf(key), { ...claimsOf(kind, audience, tenantId), ...claims });
    if (this.#reused.size >= MAX_REUSED) this.#reused.clear();
    this.#reused.set(name, { token, mintedAtMs: Date.now() });
    return token;
  }

  /** An access token as an app or a managed identity gets it from Entra (version 1.0). */
  forResource(
    resource: string,
    clientId: string,
    lifetimeSeconds: number,
    more: { readonly tid?: string; readonly roles?: readonly string[] } = {},
  ): { token: string; expiresAt: number } {
    const claims = { ...claimsOf('entra-v1', resource, more.tid ?? this.defaults.tenantId), ...more };
    const expiresAt = nowSeconds() + lifetimeSeconds;
    const identity = {
      appid: clientId,
      appidacr: '2',
      idtyp: 'app',
      oid: clientId,
      sub: clientId,
      exp: expiresAt,
    };
    const key = this.rings.entra.current;
    return { token: this.#sign(key, headerOf(key), { ...claims, ...identity }), expiresAt };
  }

  /** Any token that a test asks for. */
  async mint(request: TokenRequest): Promise<string> {
    const { kind, signature = 'valid' } = request;
    const key = await this.#keyOf(request);
    const claims = merge(claimsOf(kind, this.defaults.appId, this.defaults.tenantId), request.claims);
    const algorithm = { valid: 'RS256', tampered: 'RS256', none: 'none', hs256: 'HS256' }[signature];
    return this.#sign(key, merge({ ...headerOf(key), alg: algorithm }, request.header), claims, signature);
  }

  /** The newest thousand tokens, of every kind: none of them may be found in what an app prints or stores. */
  get issued(): readonly string[] {
    return this.#issued;
  }

  #sign(...given: Parameters<typeof signToken>): string {
    const token = signToken(...given);
    this.#issued.push(token);
    if (this.#issued.length > MAX_ISSUED) this.#issued.shift();
    return token;
  }

  #ringOf(kind: TokenKind): KeyRing {
    return kind === 'calling-service' ? this.rings.callingService : this.rings.entra;
  }

  async #keyOf({ kind, key }: TokenRequest): Promise<SigningKey> {
    switch (key) {
      case undefined:
        return this.#ringOf(kind).current;
      case 'calling-service':
        return this.rings.callingService.current;
      case 'entra':
        return this.rings.entra.current;
      case 'unpublished':
        this.#unpublished ??= makeSigningKey();
        return this.#unpublished;
      default:
        return key satisfies never;
    }
  }
}

function headerOf(key: SigningKey): Record<string, unknown> {
  return { typ: 'JWT', alg: 'RS256', kid: key.kid, x5t: key.kid };
}

function claimsOf(kind: TokenKind, audience: string, tenantId: string): Record<string, unknown> {
  const now = nowSeconds();
  const times = { aud: audience, tid: tenantId, iat: now, nbf: now, exp: now + LIFETIME_SECONDS };
  switch (kind) {
    case 'calling-service':
      return { iss: CALLING_SERVICE_ISSUER, ...times };
    case 'entra-v2':
      return {
        iss: `https://login.microsoftonline.com/${tenantId}/v2.0`,
        ...times,
        azp: CALLING_SERVICE_APP_ID,
        azpacr: '2',
        uti: randomUUID(),
        ver: '2.0',
      };
    case 'entra-v1':
      return {
        iss: `https://sts.windows.net/${tenantId}/`,
        ...times,
        appid: CALLING_SERVICE_APP_ID,
        appidacr: '2',
        uti: randomUUID(),
        ver: '1.0',
      };
    default:
      return kind satisfies never;
  }
}

function merge(own: Record<string, unknown>, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...own, ...changes }).filter(([, value]) => value !== null));
}

function signToken(key: SigningKey, header: object, claims: object, signature: TokenSignature = 'valid'): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signatureOf(signed, key, signature).toString('base64url')}`;
}

function signatureOf(signed: string, key: SigningKey, signature: TokenSignature): Buffer {
  if (signature === 'none') return Buffer.alloc(0);
  if (signature === 'hs256')
    return createHmac('sha256', key.publicKey.export({ type: 'spki', format: 'pem' }))
      .update(signed)
      .digest();
  const bytes = sign('RSA-SHA256', Buffer.from(signed), key.privateKey);
  if (signature === 'tampered') bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
