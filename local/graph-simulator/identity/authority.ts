// Entra's token endpoint for an app by itself (client credentials), one for each tenant, over HTTPS.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. Knows no call: what a token of
// a tenant may do is decided in graph-api.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readBody, sendJson } from '../exchange';
import { ClientProof, type ClientProofOptions } from './client-proof';
import type { TokenMint } from './tokens';

/**
 * What a tenant has made of the app. `not-installed`, `no-service-principal`, `disabled` and `unknown` are the answers of
 * Entra (400 or 401 with `error_codes`); a token of `without-permission` has no role. `failing` is 503, and `silent` no
 * answer at all.
 */
export type TenantMode =
  | 'consented'
  | 'without-permission'
  | 'not-installed'
  | 'no-service-principal'
  | 'disabled'
  | 'unknown'
  | 'failing'
  | 'silent';

export interface AuthorityOptions extends ClientProofOptions {
  /** PEM. The app under test must trust the certificate, for `localhost`. */
  readonly tls: { readonly certificate: string; readonly privateKey: string };
  /** By the tenant's GUID in lower case; every other tenant is `unknown`. */
  readonly tenants: Readonly<Record<string, TenantMode>>;
  /** Default 3,600. */
  readonly tokenLifetimeSeconds?: number;
  /** `refresh_in`: when a client should ask for the next one, though it may use this one on. Default: not said. */
  readonly tokenRefreshInSeconds?: number;
}

export interface TokenRequestSeen {
  readonly tenantId: string;
  /** 200 with a token; absent where there was no answer. */
  readonly status?: number;
}

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes; the statuses were seen. */
const REFUSALS = {
  'not-installed': { status: 400, error: 'unauthorized_client', code: 700016 },
  'no-service-principal': { status: 401, error: 'invalid_client', code: 7000229 },
  disabled: { status: 401, error: 'unauthorized_client', code: 7000112 },
  unknown: { status: 400, error: 'invalid_request', code: 90002 },
} as const;

const WRONG_PROOF = { status: 401, error: 'invalid_client', code: 7000215 } as const;
const ROUTE = /^\/([^/]+)\/(v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)$/;
const MAX_BODY_BYTES = 64 * 1024;
export const CALLS_ROLE = 'Calls.Initiate.All';

export class Authority {
  readonly #seen: TokenRequestSeen[] = [];
  readonly #modes: Map<string, TenantMode>;
  readonly #proof: ClientProof;
  readonly #server: Server;

  private constructor(
    private readonly mint: TokenMint,
    private readonly appId: string,
    private readonly options: AuthorityOptions,
  ) {
    this.#modes = new Map(Object.entries(options.tenants));
    this.#proof = new ClientProof(mint, appId, options);
    this.#server = createServer({ cert: options.tls.certificate, key: options.tls.privateKey }, (request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(mint: TokenMint, appId: string, options: AuthorityOptions): Promise<Authority> {
    const authority = new Authority(mint, appId, options);
    authority.#server.listen(0, '127.0.0.1');
    await once(authority.#server, 'listening');
    return authority;
  }

  /** For GRAPH_AUTHORITY_HOST. */
  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a tenant makes of the app from now on. */
  setTenant(tenantId: string, mode: TenantMode): void {
    this.#modes.set(tenantId, mode);
  }

  /** Every request for a token, oldest first. */
  tokenRequests(tenantId?: string): readonly TokenRequestSeen[] {
    return this.#seen.filter((seen) => tenantId === undefined || seen.tenantId === tenantId);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, tenantId = '', document] = ROUTE.exec(new URL(request.url ?? '/', this.url).pathname) ?? [];
    if (document === undefined) return sendJson(response, 404, { error: 'not_found' });
    // For every tenant: of Microsoft's own clouds the library knows these URLs without asking.
    if (document.endsWith('configuration')) return sendJson(response, 200, this.#configurationOf(tenantId));
    const form = new URLSearchParams(await readBody(request, MAX_BODY_BYTES));
    const seen: { -readonly [K in keyof TokenRequestSeen]: TokenRequestSeen[K] } = { tenantId };
    this.#seen.push(seen);
    const mode = this.#modes.get(tenantId) ?? 'unknown';
    if (mode === 'silent') return;
    const { status, body } = this.#reply(mode, tenantId, form);
    seen.status = status;
    sendJson(response, status, body);
  }

  #reply(
    mode: Exclude<TenantMode, 'silent'>,
    tenantId: string,
    form: URLSearchParams,
  ): { status: number; body: object } {
    if (mode === 'failing') return { status: 503, body: { error: 'temporarily_unavailable', error_codes: [90033] } };
    if (mode in REFUSALS) return refusal(REFUSALS[mode as keyof typeof REFUSALS]);
    if (!this.#proof.holds(form, `${this.url}/${tenantId}/oauth2/v2.0/token`)) return refusal(WRONG_PROOF);
    const { tokenLifetimeSeconds: lifetimeSeconds = 3600, tokenRefreshInSeconds } = this.options;
    const refreshIn = tokenRefreshInSeconds !== undefined && { refresh_in: tokenRefreshInSeconds };
    const resource = (form.get('scope') ?? '').replace(/\/\.default$/, '');
    const { token } = this.mint.forResource(resource, this.appId, lifetimeSeconds, {
      tid: tenantId,
      ...(mode === 'consented' && { roles: [CALLS_ROLE] }),
    });
    const body = { token_type: 'Bearer', expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds, ...refreshIn };
    return { status: 200, body: { ...body, access_token: token } };
  }

  #configurationOf(tenantId: string): object {
    const base = `${this.url}/${tenantId}`;
    return {
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    };
  }
}

/** As Entra words it, without the names that its text would have. */
function refusal({ status, error, code }: { status: number; error: string; code: number }) {
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: The simulator refuses.`,
      error_codes: [code],
      timestamp: `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`,
      trace_id: randomUUID(),
      correlation_id: randomUUID(),
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
}
