// Microsoft's Graph client as its documentation sets it up: the default chain
// of middleware, with its retries of 429, 503 and 504.
// Only the first link is ours: over `http:`, as the simulator speaks, the stock one sends no token.
import { ManagedIdentityCredential } from '@azure/identity';
import { Client, MiddlewareFactory, type Context, type Middleware } from '@microsoft/microsoft-graph-client';

const SCOPE = 'https://graph.microsoft.com/.default';

const TONE_OF_KEY: Readonly<Record<string, string>> = { '*': 'star', '#': 'pound' };

export interface TonesAsked {
  readonly callId: string;
  readonly digits: string;
  readonly clientContext: string;
  readonly delayBetweenTonesMs?: number;
}

/** POSTs sendDtmfTones and gives Graph's operation; throws Graph's errors, as the client does. */
export function makeSendDtmfTones(): (asked: TonesAsked) => Promise<{ id: string; status: string }> {
  const credential = new ManagedIdentityCredential({ clientId: process.env['GRAPH_CLIENT_ID'] ?? '' });
  const [, ...stockLinks] = MiddlewareFactory.getDefaultMiddlewareChain({ getAccessToken: () => Promise.resolve('') });
  const bearer: Middleware & { next?: Middleware } = {
    async execute(context: Context) {
      const { token } = await credential.getToken(SCOPE);
      context.options = {
        ...context.options,
        headers: { ...(context.options?.headers as Record<string, string>), Authorization: `Bearer ${token}` },
      };
      await bearer.next?.execute(context);
    },
    setNext(next) {
      bearer.next = next;
    },
  };
  const client = Client.initWithMiddleware({
    baseUrl: process.env['GRAPH_BASE_URL'] ?? '',
    middleware: [bearer, ...stockLinks],
  });
  return async ({ callId, digits, clientContext, delayBetweenTonesMs }) => {
    const tones = [...digits].map((key) => TONE_OF_KEY[key] ?? `tone${key}`);
    const body = { tones, clientContext, ...(delayBetweenTonesMs !== undefined && { delayBetweenTonesMs }) };
    return (await client.api(`/communications/calls/${callId}/sendDtmfTones`).post(body)) as {
      id: string;
      status: string;
    };
  };
}
