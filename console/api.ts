// The app's published API, asked over HTTP: each answer is a value, and so is each trouble.
// Holds no key: it is asked for with every request, and goes into a header only.
import { fieldsOf, toCallList, toOutcome, type CallList, type Outcome } from './outcome';
import type { EnqueueBody } from './request-form';
import { troubleOf, type Trouble } from './trouble';

export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly isPending: boolean }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export interface Api {
  readonly enqueue: (body: EnqueueBody) => Promise<Answer<Outcome>>;
  readonly outcome: (clientContext: string) => Promise<Answer<Outcome>>;
  readonly call: (callId: string) => Promise<Answer<CallList>>;
  readonly cancel: (clientContext: string) => Promise<Answer<Outcome>>;
}

/** What is used of a browser's fetch. */
export type Fetch = (url: URL, question: Question) => Promise<Pick<Response, 'status' | 'type' | 'text'>>;

interface Question {
  readonly method?: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly cache: 'no-store';
  readonly redirect: 'manual';
  readonly referrerPolicy: 'no-referrer';
  readonly signal: AbortSignal;
}

export interface ApiPorts {
  readonly fetch: Fetch;
  /** The address of the page: the functions are its neighbours, whatever the prefix of the routes. */
  readonly pageUrl: string;
  /** Empty: none is sent, as where App Service Authentication is on. */
  readonly key: () => string;
}

/** Longer than any answer of the app takes that is asked without a preference to wait. */
const ANSWER_TIMEOUT_MS = 30_000;

export function makeApi({ fetch, pageUrl, key }: ApiPorts): Api {
  const base = new URL(pageUrl);
  base.pathname = base.pathname.replace(/\/+$/, '');

  async function ask<T>(target: string, read: (body: unknown) => T | undefined, sent?: object): Promise<Answer<T>> {
    const functionKey = key().trim();
    // What no header can hold is no key: the browser would refuse to send it, as if the network were down.
    if (/[^\x21-\x7e]/.test(functionKey)) return trouble({ kind: 'key' });
    const received = await receive(fetch, new URL(target, base), {
      headers: {
        ...(functionKey !== '' && { 'x-functions-key': functionKey }),
        ...(sent !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(sent !== undefined && { method: 'POST', body: JSON.stringify(sent) }),
    });
    if (received === undefined) return trouble({ kind: 'unreachable' });
    const value = received.status === 200 || received.status === 202 ? read(received.body) : undefined;
    return value === undefined
      ? trouble(troubleOf(received))
      : { kind: 'ok', value, isPending: received.status === 202 };
  }

  const query = (name: string, value: string) => `?${new URLSearchParams({ [name]: value }).toString()}`;
  return {
    enqueue: (body) => ask('./enqueueTones', toOutcome, body),
    outcome: (clientContext) => ask(`./toneOutcome${query('clientContext', clientContext)}`, toOutcome),
    call: (callId) => ask(`./callTones${query('callId', callId)}`, toCallList),
    cancel: (clientContext) => ask('./cancelTones', toOutcome, { clientContext }),
  };
}

function trouble(what: Trouble): { readonly kind: 'trouble'; readonly trouble: Trouble } {
  return { kind: 'trouble', trouble: what };
}

/** Undefined where no whole answer came. */
async function receive(ask: Fetch, url: URL, request: Pick<Question, 'method' | 'headers' | 'body'>) {
  try {
    const answer = await ask(url, {
      ...request,
      cache: 'no-store',
      // A redirect leads to a sign-in: the key must not follow it.
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const body = parsed(await answer.text());
    return { status: answer.status, isRedirect: answer.type === 'opaqueredirect', body };
  } catch {
    // All that a browser says of it is that there was no answer.
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    // Empty, or of somebody else.
    return undefined;
  }
}
