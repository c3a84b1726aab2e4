// The tokens of one tenant: kept while they are good, asked for once by many at the same time, and given up in time.
// Knows no other tenant: nothing in here is shared between two.
import type { AccessToken, TokenCredential } from '@azure/identity';
import { withinTimeLimit } from '../time-limit';
import { tokenFailureOf, type TokenFailure } from './token-failure';

export type TokenReply = { readonly kind: 'token'; readonly token: string } | TokenFailure;

export interface TenantTokensOptions {
  readonly scope: string;
  /** Longest wait for one token, in milliseconds. */
  readonly timeoutMs: number;
  /** A new credential has an empty cache. */
  readonly makeCredential: () => Promise<TokenCredential>;
  /** Epoch milliseconds. By default the system's clock. */
  readonly now?: () => number;
}

export type GetTenantToken = (options: { readonly fresh: boolean }) => Promise<TokenReply>;

/** One request to the authority, and all who wait for it. */
interface Flight {
  readonly fresh: boolean;
  readonly reply: Promise<TokenReply>;
}

/** A token that ends sooner is asked for anew, as the library does: clocks differ, and a press takes its time. */
const LEAST_LEFT_MS = 300_000;

/** Longest wait for what another call asked. */
const LONGEST_JOIN_MS = 1000;

/**
 * Never throws. Calls at the same time share one request. A token that should be refreshed, but is still good, is
 * refreshed while it is used: the library would let a press wait for that, and lose the token if it failed.
 *
 * One call asks and waits; the others join it for a second at most, and not at all while the authority is in trouble:
 * the request before failed for now. So a tenant whose authority is silent holds one worker for long, and not all that
 * press for other tenants, too.
 */
export function makeTenantTokens(options: TenantTokensOptions): GetTenantToken {
  const { scope, timeoutMs, makeCredential, now = Date.now } = options;
  let credential: Promise<TokenCredential> | undefined;
  let kept: AccessToken | undefined;
  let flight: Flight | undefined;
  let trouble: TokenFailure | undefined;

  async function acquire(fresh: boolean): Promise<TokenReply> {
    if (fresh || credential === undefined) credential = makeCredential();
    const used = credential;
    try {
      const accessToken = await (await used).getToken(scope);
      if (accessToken === null) return { kind: 'unavailable' };
      if (credential === used) kept = accessToken;
      return { kind: 'token', token: accessToken.token };
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

  function start(fresh: boolean): Flight {
    const reply = ask(fresh).finally(() => {
      if (flight === mine) flight = undefined;
    });
    const mine: Flight = { fresh, reply };
    flight = mine;
    return mine;
  }

  return async ({ fresh }) => {
    if (fresh) kept = undefined;
    if (kept !== undefined && kept.expiresOnTimestamp - now() > LEAST_LEFT_MS) {
      if (now() >= (kept.refreshAfterTimestamp ?? Infinity) && flight === undefined) start(false);
      return { kind: 'token', token: kept.token };
    }
    const isOlder = fresh && flight !== undefined && !flight.fresh;
    if (flight === undefined || (isOlder && trouble === undefined)) return start(fresh).reply;
    return trouble ?? soon(flight.reply, Math.min(LONGEST_JOIN_MS, timeoutMs));
  };
}

/** What another call asked, if it is answered in time. */
function soon(reply: Promise<TokenReply>, limitMs: number): Promise<TokenReply> {
  return withinTimeLimit<TokenReply, TokenReply>(
    limitMs,
    () => reply,
    () => ({ kind: 'unavailable', detail: 'no answer yet' }),
  );
}
