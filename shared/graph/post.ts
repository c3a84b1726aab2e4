// One POST to a call of Graph, under a permit: it leaves at most once, its
// token goes to Graph only, and every answer is a reply.
// Knows no verb: each is a small file on top (send-dtmf-tones). The only
// file that knows @microsoft/microsoft-graph-client.
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type * as GraphClient from '@microsoft/microsoft-graph-client';
import type { GraphSettings } from '../settings/graph-settings';
import { onceLoaded } from '../once';
import type { PressPermit } from '../tones/ports/graph-calls';
import { CALL_ID_PATTERN } from '../tones/request/tone-request';
import { exchange, type Exchange } from './exchange';
import { isRecord } from './operation';
import { refused, toPostReply, withoutToken, type PostReply } from './post-reply';
import type { TokenReply } from './tenant-tokens';
import type { TokenFailure } from './token-failure';
import type { GraphTokenSource } from './token-source';

/** What is asked of a call. */
export interface CallPost {
  readonly callId: string;
  /** Whose token it takes; absent: the app's own tenant's. */
  readonly tenantId?: string | undefined;
  /** The last segment of the path: `sendDtmfTones`. */
  readonly verb: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends one POST to a call. Never throws: every failure is a reply. */
export type PostToCall = (post: CallPost, permit: () => PressPermit) => Promise<PostReply>;

export interface PostToCallOptions {
  readonly settings: GraphSettings;
  readonly tokenSource: GraphTokenSource;
  /** By default Node's own. */
  readonly fetch?: typeof globalThis.fetch;
  /** Epoch milliseconds; only for a Retry-After that is a date. By default the system's clock. */
  readonly now?: () => number;
}

/** How far one attempt came. */
type Attempt =
  | { readonly kind: 'no-token'; readonly failure: TokenFailure }
  /** The URL is not the one that the token may go to. Not reachable with a checked callId; guarded all the same. */
  | { readonly kind: 'wrong-url' }
  | { readonly kind: 'not-permitted' }
  /** Broken by a fault of ours (or of the library) before anything was sent. */
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'exchanged'; readonly exchange: Exchange; readonly token: string };

/**
 * `POST {base}/{version}/{communications|app}/calls/{id}/{verb}`
 * (https://learn.microsoft.com/graph/api/resources/call).
 *
 * Nothing is repeated but one send with a fresh token after a 401, where the credential gives a different token; the
 * permit is asked again before it. The permit is asked before a connection is looked for, and once more when it is
 * there: making one can take seconds. The time limit that it first grants holds for each send, headers and body
 * together.
 */
export function makePostToCall({ settings, tokenSource, fetch, now = Date.now }: PostToCallOptions): PostToCall {
  // Kept: each import() goes through the module loader, which costs a press a fraction of a millisecond.
  const load = onceLoaded((): Promise<typeof GraphClient> => import('@microsoft/microsoft-graph-client'));

  return async function postToCall(post, permit) {
    // Graph's client neither encodes segments nor keeps `..` out of them.
    if (!CALL_ID_PATTERN.test(post.callId)) return refused('invalid-argument', 'never', false, 'callId');
    const { tenantId } = post;
    const first = await attempt(post, permit, await tokenSource.getToken({ tenantId, fresh: false }));
    if (first.kind !== 'exchanged' || !isUnauthorized(first.exchange)) return toReply(first, now());
    const fresh = await tokenSource.getToken({ tenantId, fresh: true });
    if (fresh.kind !== 'token') return withoutToken(fresh, true);
    // The credential cannot refresh: a managed identity's token, for instance, stays the same for hours.
    if (fresh.token === first.token) return toReply(first, now());
    return toReply(await attempt(post, permit, fresh), now());
  };

  async function attempt(post: CallPost, permit: () => PressPermit, reply: TokenReply): Promise<Attempt> {
    if (reply.kind !== 'token') return { kind: 'no-token', failure: reply };
    const { token } = reply;
    // Graph's client turns errors into its own and loses their causes, so the chain records what happened.
    let result: Attempt = { kind: 'not-permitted' };
    const chain = chainOf(settings, post, token, async (request) => {
      result = request === undefined ? { kind: 'wrong-url' } : await send(request, token, permit, fetch);
    });
    try {
      await run(await load(), settings, post, chain);
    } catch (error) {
      // exchange() never throws, so whatever broke did so before it, and
      // nothing was sent; or after it, and the answer stands.
      if ((result as Attempt).kind !== 'exchanged') result = { kind: 'broken', detail: nameOf(error) };
    }
    return result;
  }
}

/** As Graph's client has made it: a URL string, plain headers, JSON text. */
interface BuiltRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The chain of Graph's client: adds the token to a request that goes where it
 * may, and hands it on; undefined: it goes elsewhere.
 */
function chainOf(
  settings: GraphSettings,
  post: CallPost,
  token: string,
  handOn: (request: BuiltRequest | undefined) => Promise<void>,
): Middleware {
  const url = urlOf(settings, post);
  return {
    async execute({ request, options }: Context) {
      if (request !== url || !isBelow(url, settings.baseUrl)) return handOn(undefined);
      const { headers, body } = options as { headers: Record<string, string>; body: string };
      return handOn({ url, headers: { ...headers, Authorization: `Bearer ${token}` }, body });
    },
  };
}

async function send(
  request: BuiltRequest,
  token: string,
  permit: () => PressPermit,
  fetch: typeof globalThis.fetch | undefined,
): Promise<Attempt> {
  const granted = permit();
  if (granted.kind === 'no') return { kind: 'not-permitted' };
  const mayLeave = () => permit().kind === 'go';
  const sent = await exchange({ ...request, timeoutMs: granted.timeoutMs, mayLeave }, fetch);
  return { kind: 'exchanged', token, exchange: sent };
}

/** Graph's client builds the URL and hands the request to the chain; the chain has recorded what came of it. */
async function run(
  { Client, ResponseType }: typeof GraphClient,
  { baseUrl, apiVersion, callsPath }: GraphSettings,
  { callId, verb, body }: CallPost,
  middleware: Middleware,
): Promise<void> {
  const client = Client.initWithMiddleware({ baseUrl, defaultVersion: apiVersion, middleware });
  await client
    .api(`/${callsPath}/calls/${encodeURIComponent(callId)}/${verb}`)
    .headers({ Accept: 'application/json', 'Content-Type': 'application/json' })
    .responseType(ResponseType.RAW)
    .post(body);
}

/** The only URL that a POST to this call may go to. */
function urlOf({ baseUrl, apiVersion, callsPath }: GraphSettings, { callId, verb }: CallPost): string {
  return `${baseUrl}/${apiVersion}/${callsPath}/calls/${callId}/${verb}`;
}

/** The path of such a URL for a trace: the verb, and nothing of the call. */
export function callPathTemplate({ pathname }: URL): string {
  return `/calls/{id}/${pathname.slice(pathname.lastIndexOf('/') + 1)}`;
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

/** Graph's client keeps the name of the error that it wraps as `code`. */
function nameOf(error: unknown): string {
  const name = isRecord(error) ? error['code'] || error['name'] : undefined;
  return typeof name === 'string' ? name : typeof error;
}

function isUnauthorized(result: Exchange): boolean {
  return result.kind === 'reply' && result.status === 401;
}

function toReply(result: Attempt, now: number): PostReply {
  switch (result.kind) {
    case 'no-token':
      return withoutToken(result.failure, false);
    case 'wrong-url':
      return refused('invalid-argument', 'never', false, 'URL');
    case 'not-permitted':
      return { kind: 'not-permitted' };
    case 'broken':
      return refused('delivery-failed', 'never', false, result.detail);
    case 'exchanged':
      return toPostReply(result.exchange, now);
    default:
      return result satisfies never;
  }
}
