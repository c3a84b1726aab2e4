// An HTTP client that does what two actions of Logic Apps do: HTTP (follows a 202 by polling its Location) and HTTP Webhook
// (subscribes, waits for a POST, unsubscribes). Both send again what failed or stayed unanswered.
// @see https://learn.microsoft.com/azure/connectors/connectors-native-http, …/logic-apps/error-exception-handling#retry-policies
import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from './workflow-definition';

export interface ActionRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** False: `"retryPolicy": { "type": "none" }`. Default: true. */
  readonly isRetried?: boolean;
}

export interface ActionOutputs {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

export interface ActionEnd {
  readonly status: 'Succeeded' | 'Failed' | 'TimedOut' | 'Cancelled';
  /** Absent where there was no answer. */
  readonly outputs?: ActionOutputs;
}

export interface CallbackListener {
  /** What `listCallbackUrl()` gives. */
  readonly url: string;
  /** The first POST to it. */
  readonly called: Promise<Pick<ActionOutputs, 'headers' | 'body'>>;
}

export interface LogicAppClientOptions {
  /** Logic Apps sends the action's headers also when it polls, Power Automate does not. Default: true. */
  readonly repeatsHeaders?: boolean;
  /** Waits before the first, second, … retry; as many as there are. Logic Apps: four, growing, 5 to 45 s; here shorter. */
  readonly retryWaitsMs?: readonly number[];
}

export interface SentRequest {
  readonly method: string;
  readonly uri: string;
  readonly hasKey: boolean;
  /** Undefined: the connection was lost. */
  readonly status: number | undefined;
}

const RETRIED = (status: number) => status === 408 || status === 429 || status >= 500;
const DEFAULT_RETRY_AFTER_SECONDS = 20;
/** What Logic Apps adds to every request; the app must not mind. */
const OWN_HEADERS = {
  'User-Agent': 'azure-logic-apps/1.0',
  'Accept-Language': 'en-US',
  'x-ms-workflow-name': 'played',
  'x-ms-client-tracking-id': 'played',
};

export class LogicAppClient {
  /** Everything that was sent, in order. */
  readonly sent: SentRequest[] = [];
  /** Seconds that were waited between polls, in order. */
  readonly pollWaits: number[] = [];
  readonly #repeatsHeaders: boolean;
  readonly #retryWaitsMs: readonly number[];

  constructor({ repeatsHeaders = true, retryWaitsMs = [50, 100, 200, 400] }: LogicAppClientOptions = {}) {
    this.#repeatsHeaders = repeatsHeaders;
    this.#retryWaitsMs = retryWaitsMs;
  }

  /** One HTTP action, which ends with the final answer. Without a limit it takes what it takes. */
  async http(request: ActionRequest, limitMs = Infinity): Promise<ActionEnd> {
    const deadline = Date.now() + limitMs;
    let outputs = await this.#send(request);
    while (outputs?.statusCode === 202 && outputs.headers['location'] !== undefined) {
      const seconds = Number(outputs.headers['retry-after'] ?? DEFAULT_RETRY_AFTER_SECONDS);
      const rest = deadline - Date.now();
      await pause(Math.max(0, Math.min(seconds * 1000, rest)));
      if (Date.now() >= deadline) return { status: 'TimedOut', outputs };
      this.pollWaits.push(seconds);
      // Only an absolute URL is followed: `new URL` throws for any other.
      const uri = new URL(outputs.headers['location']).href;
      outputs = await this.#send({
        method: 'GET',
        uri,
        ...(this.#repeatsHeaders && request.headers && { headers: request.headers }),
      });
    }
    return ended(outputs);
  }

  /** One request and its answer, whatever it is: an action that takes a 202 as its end. */
  async once(request: ActionRequest): Promise<ActionEnd> {
    return ended(await this.#send(request));
  }

  /** One HTTP Webhook action: ends with the POST to its callback URL, and unsubscribes however it ends, the run's cancelling included. */
  async webhook(
    subscribe: ActionRequest,
    unsubscribe: ActionRequest,
    listener: CallbackListener,
    limitMs: number,
    cancelled: Promise<'cancelled'> = new Promise(() => undefined),
  ): Promise<ActionEnd> {
    const subscribed = ended(await this.#send(subscribe));
    if (subscribed.outputs?.statusCode === 202)
      throw new Error('A subscribe that is answered 202 is polled, and its callback is not waited for.');
    if (subscribed.status === 'Failed') return subscribed;
    const giveUp = new AbortController();
    const late = pause(limitMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
    const called = await Promise.race([listener.called, late, cancelled]);
    giveUp.abort();
    const forgotten = await this.#send(unsubscribe);
    if (called === 'cancelled') return { status: 'Cancelled' };
    if (forgotten === undefined || forgotten.statusCode >= 300)
      return { status: 'Failed', ...(forgotten && { outputs: forgotten }) };
    return called === undefined
      ? { status: 'TimedOut' }
      : { status: 'Succeeded', outputs: { statusCode: 200, ...called } };
  }

  /** Undefined: the connection was lost each time. */
  async #send(request: ActionRequest): Promise<ActionOutputs | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      const outputs = await this.#sendOnce(request);
      const waitMs = this.#retryWaitsMs[attempt];
      const isLast = waitMs === undefined || request.isRetried === false;
      if (isLast || (outputs !== undefined && !RETRIED(outputs.statusCode))) return outputs;
      await pause(waitMs);
    }
  }

  async #sendOnce({ method, uri, headers = {}, body }: ActionRequest): Promise<ActionOutputs | undefined> {
    const hasKey = Object.keys(headers).some((name) => name.toLowerCase() === 'x-functions-key');
    const note = (status: number | undefined) => this.sent.push({ method, uri, hasKey, status });
    try {
      const type = body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' };
      const answer = await fetch(uri, {
        method,
        redirect: 'manual',
        headers: { ...OWN_HEADERS, ...type, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      note(answer.status);
      return { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body: parsed(text) };
    } catch (error) {
      // What `fetch` throws for a connection that was refused, reset or closed; by name, because jest has a TypeError of its own.
      if ((error as Error).name !== 'TypeError') throw error;
      note(undefined);
      return undefined;
    }
  }
}

function ended(outputs: ActionOutputs | undefined): ActionEnd {
  if (outputs === undefined) return { status: 'Failed' };
  return { status: outputs.statusCode >= 200 && outputs.statusCode < 300 ? 'Succeeded' : 'Failed', outputs };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text;
  }
}
