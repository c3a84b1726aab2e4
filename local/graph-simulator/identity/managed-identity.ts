// The managed identity endpoint as Azure App Service documents it, and the check of the tokens that it issued.
// https://learn.microsoft.com/azure/app-service/overview-managed-identity
// (REST endpoint reference). Stands beside graph-api.
import { timingSafeEqual, verify } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson, sendJson } from '../exchange';
import { isObject } from '../calls/scenarios';
import type { TokenMint } from './tokens';

const GRAPH_ROOTS = [
  'https://graph.microsoft.com',
  'https://graph.microsoft.us',
  'https://dod-graph.microsoft.us',
  'https://microsoftgraph.chinacloudapi.cn',
];
const SYSTEM_ASSIGNED_CLIENT_ID = '5e5f3c39-4d3c-4b6c-9a65-0d7c2c1f0a11';
const MAX_REVOKED = 10_000;

export interface ManagedIdentityOptions {
  identityHeader: string;
  /** The user-assigned identities that exist. Absent: every client id. */
  identityClientIds?: readonly string[];
  accessTokenLifetimeSeconds: number;
  /** `roles` of every access token: the application permissions that an administrator consented to. */
  identityRoles: readonly string[];
}

export class ManagedIdentity {
  readonly #revoked = new Set<string>();
  #available = true;

  constructor(
    private readonly mint: TokenMint,
    private readonly options: ManagedIdentityOptions,
    private readonly rootUrl: () => string,
  ) {}

  /** `GET /msi/token?resource=…&api-version=2019-08-01[&client_id=…]` with the secret header. */
  answer(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    const refuse = (status: number, message: string): void =>
      sendJson(response, status, { statusCode: status, message });
    if (request.method !== 'GET') return refuse(405, 'Only GET is supported.');
    const secret = request.headers['x-identity-header'];
    if (typeof secret !== 'string') return refuse(401, 'The X-IDENTITY-HEADER header is missing.');
    if (!sameText(secret, this.options.identityHeader)) return refuse(403, 'The X-IDENTITY-HEADER header is wrong.');
    if (!this.#available) return refuse(503, 'The identity service is unavailable.');
    if (query.get('api-version') !== '2019-08-01') return refuse(400, 'The api-version must be 2019-08-01.');
    const resource = query.get('resource');
    if (!resource) return refuse(400, 'The resource is missing.');
    const clientId = query.get('client_id') ?? SYSTEM_ASSIGNED_CLIENT_ID;
    const known = this.options.identityClientIds;
    if (query.has('client_id') && known && !known.includes(clientId)) {
      return refuse(
        400,
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      );
    }
    const { accessTokenLifetimeSeconds: lifetime, identityRoles } = this.options;
    const { token, expiresAt } = this.mint.forResource(resource, clientId, lifetime, { roles: identityRoles });
    sendJson(response, 200, {
      access_token: token,
      expires_on: String(expiresAt),
      resource,
      token_type: 'Bearer',
      client_id: clientId,
    });
  }

  /** What is wrong with the Authorization header of a request to Graph; undefined when nothing is. */
  faultOf(authorization: string | undefined): string | undefined {
    const token = bearerOf(authorization);
    if (token === undefined) return 'Access token is empty.';
    const parts = token.split('.');
    const [header, payload, signature] = parts;
    if (parts.length !== 3 || !header || !payload || !signature)
      return 'CompactToken parsing failed with error code: 80049217';
    const claims = decode(payload);
    const { alg, kid } = decode(header);
    const key = this.mint.rings.entra.remembered.find((candidate) => candidate.kid === kid);
    const signed = Buffer.from(`${header}.${payload}`);
    if (alg !== 'RS256' || !key || !verify('RSA-SHA256', signed, key.publicKey, Buffer.from(signature, 'base64url'))) {
      return 'Signature is invalid.';
    }
    if (typeof claims['exp'] !== 'number' || claims['exp'] * 1000 <= Date.now())
      return 'Lifetime validation failed, the token is expired.';
    const audiences = [...GRAPH_ROOTS, this.rootUrl()];
    if (typeof claims['aud'] !== 'string' || !audiences.includes(claims['aud'].replace(/\/$/, '')))
      return 'Invalid audience.';
    if (this.#revoked.has(token)) return 'The token was revoked.';
    return undefined;
  }

  /** What this Authorization header says of who asks; nothing of it is checked here. */
  claimsOf(authorization: string | undefined): Record<string, unknown> {
    return decode(bearerOf(authorization)?.split('.')[1] ?? '');
  }

  /** The token of this Authorization header is refused from now on. */
  revoke(authorization: string | undefined): void {
    const token = bearerOf(authorization);
    if (this.#revoked.size >= MAX_REVOKED) this.#revoked.clear();
    if (token !== undefined) this.#revoked.add(token);
  }

  setAvailable(available: boolean): void {
    this.#available = available;
  }

  reset(): void {
    this.#revoked.clear();
    this.#available = true;
  }
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

function decode(part: string): Record<string, unknown> {
  const parsed = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(parsed?.value) ? parsed.value : {};
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
