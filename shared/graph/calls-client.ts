// Graph's calling API as the domain wants it: one press is at most one POST, its token goes to Graph only, and every answer is a reply.
// Implements the port GraphCalls; the only file that knows @microsoft/microsoft-graph-client, which it loads on first use.
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type * as GraphClient from '@microsoft/microsoft-graph-client';
import type { GraphSettings } from '../settings/graph-settings';
import { onceLoaded } from '../once';
import type { ErrorCode } from '../tones/facts/error-catalogue';
import type { GraphCalls, Press, PressPermit, PressReply } from '../tones/ports';
import { CALL_ID_PATTERN } from '../tones/request/tone-request';
import type { GraphTokenSource, TokenReply } from './credentials';
import { exchange, type Exchange } from './exchange';
import { isRecord } from './operation';
import { toPressReply } from './press-reply';

export interface GraphCallsOptions {
  readonly settings: GraphSettings;
  readonly tokenSource: GraphTokenSource;
  /** By default Node's own. */
  readonly fetch?: typeof globalThis.fetch;
  /** Epoch milliseconds; only for a Retry-After that is a date. By default the system's clock. */
  readonly now?: () => number;
}

/** How far one attempt came. */
type Attempt =
  | { readonly kind: 'no-token'; readonly detail?: string }
  /** The URL is not the one that the token may go to. Not reachable with a checked callId; guarded all the same. */
  | { readonly kind: 'wrong-url' }
  | { readonly kind: 'not-permitted' }
  /** Broken by a fault of ours (or of the library) before anything was sent. */
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'exchanged'; readonly exchange: Exchange; readonly token: string };

/**
 * `POST {base}/{version}/{communications|app}/calls/{id}/sendDtmfTones`
 * (https://learn.microsoft.com/graph/api/call-senddtmftones).
 *
 * Nothing is repeated but one send with a fresh token after a 401, where the credential gives a different token; the permit is
 * asked again before it. The permit is asked before a connection is looked for, and once more when it is there: making one can take
 * seconds. The time limit that it first grants holds for each send, headers and body together.
 */
export function makeGraphCalls({ settings, tokenSource, fetch, now = Date.now }: GraphCallsOptions): GraphCalls {
  // Kept: each import() goes through the module loader, which costs a press a part of a millisecond.
  const load = onceLoaded((): Promise<typeof GraphClient> => import('@microsoft/microsoft-graph-client'));

  return {
    async sendDtmfTones(press, permit) {
      // Graph's client neither encodes segments nor keeps `..` out of them.
      if (!CALL_ID_PATTERN.test(press.callId)) return refused('invalid-argument', 'never', false, 'callId');
      const first = await attempt(press, permit, await tokenSource.getToken({ fresh: false }));
      if (first.kind !== 'exchanged' || !isUnauthorized(first.exchange)) return toReply(first, press, now());
      const fresh = await tokenSource.getToken({ fresh: true });
      if (fresh.kind === 'unavailable') return refused('token-unavailable', 'later', true, fresh.detail);
      // The credential cannot refresh: a managed identity's token, for instance, stays the same for hours.
      if (fresh.token === first.token) return toReply(first, press, now());
      return toReply(await attempt(press, permit, fresh), press, now());
    },
  };

  async function attempt(press: Press, permit: () => PressPermit, reply: TokenReply): Promise<Attempt> {
    if (reply.kind === 'unavailable')
      return { kind: 'no-token', ...(reply.detail !== undefined && { detail: reply.detail }) };
    const url = pressUrl(settings, press.callId);
    const record: { result: Attempt } = { result: { kind: 'not-permitted' } };
    // Graph's client turns errors into its own and loses their causes, so the last link of the chain records what happened.
    const send: Middleware = {
      async execute({ request, options }: Context) {
        const granted = permit();
        if (granted.kind === 'no') return;
        // Graph's client has made them so: a URL string, plain headers, JSON text.
        const { headers, body } = options as { headers: Record<string, string>; body: string };
        const mayLeave = () => permit().kind === 'go';
        const post = { url: request as string, headers, body, timeoutMs: granted.timeoutMs, mayLeave };
        record.result = { kind: 'exchanged', token: reply.token, exchange: await exchange(post, fetch) };
      },
    };
    const authenticate: Middleware = {
      async execute(context) {
        if (context.request !== url || !isBelow(url, settings.baseUrl)) {
          record.result = { kind: 'wrong-url' };
          return;
        }
        context.options = {
          ...context.options,
          headers: { ...context.options?.headers, Authorization: `Bearer ${reply.token}` },
        };
        await send.execute(context);
      },
    };
    try {
      await run(press, authenticate);
    } catch (error) {
      // exchange() never throws, so whatever broke did so before it, and nothing was sent; or after it, and the answer stands.
      if (record.result.kind !== 'exchanged') record.result = { kind: 'broken', detail: nameOf(error) };
    }
    return record.result;
  }

  /** Graph's client builds the URL and hands the request to the chain; what came of it, the chain has recorded. */
  async function run(press: Press, chain: Middleware): Promise<void> {
    const { Client, ResponseType } = await load();
    const client = Client.initWithMiddleware({
      baseUrl: settings.baseUrl,
      defaultVersion: settings.apiVersion,
      middleware: chain,
    });
    await client
      .api(`/${settings.callsPath}/calls/${encodeURIComponent(press.callId)}/sendDtmfTones`)
      .headers({ Accept: 'application/json', 'Content-Type': 'application/json' })
      .responseType(ResponseType.RAW)
      .post(toBody(press));
  }
}

/** Graph's client keeps the name of the error that it wraps as `code`. */
function nameOf(error: unknown): string {
  const name = isRecord(error) ? error['code'] || error['name'] : undefined;
  return typeof name === 'string' ? name : typeof error;
}

/** The only URL that a press of this call may go to. */
function pressUrl({ baseUrl, apiVersion, callsPath }: GraphSettings, callId: string): string {
  return `${baseUrl}/${apiVersion}/${callsPath}/calls/${callId}/sendDtmfTones`;
}

/** Compared as the URL parser reads both, so that nothing which it rewrites leads elsewhere. */
function isBelow(url: string, baseUrl: string): boolean {
  const target = new URL(url);
  const base = new URL(baseUrl);
  return (
    target.href === url &&
    target.origin === base.origin &&
    target.pathname.startsWith(`${base.pathname.replace(/\/$/, '')}/`)
  );
}

/** https://learn.microsoft.com/graph/api/call-senddtmftones, request body; no delay given means that Graph decides. */
function toBody({ tones, delayBetweenTonesMs, clientContext }: Press) {
  return { tones, ...(delayBetweenTonesMs !== undefined && { delayBetweenTonesMs }), clientContext };
}

function isUnauthorized(result: Exchange): boolean {
  return result.kind === 'reply' && result.status === 401;
}

function toReply(result: Attempt, press: Press, now: number): PressReply {
  switch (result.kind) {
    case 'no-token':
      return refused('token-unavailable', 'later', false, result.detail);
    case 'wrong-url':
      return refused('invalid-argument', 'never', false, 'URL');
    case 'not-permitted':
      return { kind: 'not-permitted' };
    case 'broken':
      return refused('delivery-failed', 'never', false, result.detail);
    case 'exchanged':
      return toPressReply(result.exchange, press, now);
    default:
      return result satisfies never;
  }
}

function refused(code: ErrorCode, again: 'never' | 'later', answered: boolean, detail?: string): PressReply {
  return { kind: 'refused', fault: { code, ...(detail !== undefined && { detail }) }, again, answered };
}
