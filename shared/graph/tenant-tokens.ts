// The tokens of one tenant: kept while they are valid, asked for once by many at the same time, and given up in time.
// Knows no other tenant: nothing in here is shared between two.
import type { TokenCredential } from '@azure/identity';
import { withinTimeLimit } from '../time-limit';
import { tokenFailureOf, type TokenFailure } from './token-failure';

export type TokenReply = { readonly kind: 'token'; readonly token: string } | TokenFailure;

export interface TenantTokensOptions {
  readonly scope: string;
  /** Longest wait for one token, in milliseconds. */
  readonly timeoutMs: number;
  /** A new credential has an empty cache. */
  readonly makeCredential: () => Promise<TokenCredential>;
}

export type GetTenantToken = (options: { readonly fresh: boolean }) => Promise<TokenReply>;

/** One request to the authority, and all who wait for it. */
interface Flight {
  readonly fresh: boolean;
  readonly reply: Promise<TokenReply>;
}

/**
 * Never throws. Calls at the same time share one request. While the authority is in trouble (the request before failed
 * for now), one call at a time asks and waits; every other is answered at once with that failure. So a tenant whose
 * authority is silent holds one worker, and not all that press for other tenants, too.
 */
export function makeTenantTokens({ scope, timeoutMs, makeCredential }: TenantTokensOptions): GetTenantToken {
  let credential: Promise<TokenCredential> | undefined;
  let flight: Flight | undefined;
  let trouble: TokenFailure | undefined;

  async function acquire(fresh: boolean): Promise<TokenReply> {
    if (fresh || credential === undefined) credential = makeCredential();
    const used = credential;
    try {
      const accessToken = await (await used).getToken(scope);
      return accessToken === null ? { kind: 'unavailable' } : { kind: 'token', token: accessToken.token };
    } catch (error) {
      // The next attempt starts anew: a credential keeps the certificate that
      // it read first, also when the file was replaced.
      if (credential === used) credential = undefined;
      return tokenFailureOf(error);
    }
  }

  async function ask(fresh: boolean): Promise<TokenReply> {
    const reply = await withinTimeLimit<TokenReply, TokenReply>(
      timeoutMs,
      () => acquire(fresh),
      () => ({ kind: 'unavailable', detail: `no answer within ${timeoutMs} ms` }),
    );
    trouble = reply.kind === 'unavailable' ? reply : undefined;
    return reply;
  }

  return async ({ fresh }) => {
    if (flight !== undefined && trouble !== undefined) return trouble;
    if (flight === undefined || (fresh && !flight.fresh)) {
      const reply = ask(fresh).finally(() => {
        if (flight === mine) flight = undefined;
      });
      const mine: Flight = { fresh, reply };
      flight = mine;
    }
    return flight.reply;
  };
}
