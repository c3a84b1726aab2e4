// Where tokens for Graph come from: the tenant of the call, each with a credential and a cache of its own.
// Knows neither what a token is used for nor how one is had.
import type { GraphSettings } from '../settings/graph-settings';
import { makeCredential } from './credentials';
import { makeTenantTokens, type GetTenantToken, type TokenReply } from './tenant-tokens';

export interface TokenWish {
  /** A tenant of GRAPH_TENANT_IDS; absent: the app's own. */
  readonly tenantId?: string | undefined;
  /**
   * The cached one was refused by Graph, so ask anew. The answer may be the same token again: the credential then
   * cannot refresh it (a managed identity's tokens are cached by the platform and, for the whole process, by the
   * library).
   */
  readonly fresh: boolean;
}

/** Tokens for Graph. Never throws. */
export interface GraphTokenSource {
  /** A token; from the cache while it is valid, else from the authority. Calls at the same time share one request. */
  getToken(wish: TokenWish): Promise<TokenReply>;
}

export interface TokenSourceOptions {
  /** Longest wait for one token, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5000;

export function makeGraphTokenSource(
  settings: GraphSettings,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: TokenSourceOptions = {},
): GraphTokenSource {
  const { scope } = settings;
  const tokensOf = (tenantId?: string): GetTenantToken =>
    makeTenantTokens({ scope, timeoutMs, makeCredential: () => makeCredential(settings, tenantId, timeoutMs) });
  const own = tokensOf();
  const others = new Map(settings.tenantIds.map((tenantId) => [tenantId, tokensOf(tenantId)]));

  return {
    async getToken({ tenantId, fresh }) {
      const isOwn = tenantId === undefined || tenantId === settings.tenantId?.toLowerCase();
      const tokens = isOwn ? own : others.get(tenantId);
      return tokens === undefined ? { kind: 'refused', code: 'tenant-not-listed' } : tokens({ fresh });
    },
  };
}
