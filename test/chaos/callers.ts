// The callers of a chaos run: they ask for tones on many calls, lose answers, ask again, ask twice at once, cancel, and hang up.
// Stands under chaos-run; remembers what was asked and what was told, for the judgement.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallOptions } from '../../local/graph-simulator/calls/calls';
import type { GraphSimulator } from '../../local/graph-simulator/server';
import type { SeededRandom } from '../proof/simulation/seeded-random';
import { FUNCTION_KEY } from './app-instances';
import { makeDialString, makePlainDialString, type AskedPart, type DialString } from './dial-strings';

/** One caller's cancelling, and what it was answered. */
export interface AskedCancel {
  /** Undefined: never answered by the app. */
  answeredAt?: number;
  /** Of the outcome in the answer. */
  status?: string;
  code?: string;
  part?: number;
}

export interface AskedRequest {
  readonly clientContext: string;
  readonly callId: string;
  /** The rare dial string that must be found nowhere. */
  readonly digits: string;
  /** What it asks for. */
  readonly parts: readonly AskedPart[];
  readonly expiresInSeconds: number;
  readonly delayBetweenTonesMs?: number;
  /** Where its end is to be heard. */
  readonly callbackUrl?: string;
  /** Just before it was first asked, and just after a caller was first told that it is accepted: 202, with a callback 200. */
  readonly askedAt: number;
  toldAt?: number;
  readonly cancels: AskedCancel[];
}

/** How calls behave, weighted. Tones sound long enough for an overlap to be seen, shorter than the app assumes. */
const SOUND = { toneLengthMs: 100, maxToneTimeMs: 1500 };
const PLANS: readonly (readonly [weight: number, plan: CallOptions])[] = [
  [14, {}],
  [2, { tokenKind: 'entra-v1' }],
  [2, { tokenKind: 'entra-v2' }],
  [2, { scenario: 'notification-late', lateMs: 1000 }],
  [2, { scenario: 'notification-twice' }],
  [2, { scenario: 'notification-never' }],
  [2, { scenario: 'notification-before-reply' }],
  [2, { scenario: 'slow', delayMs: 1000 }],
  [2, { scenario: 'slow', delayMs: 5000 }],
  [2, { scenario: 'reset-after-press' }],
  [1, { scenario: 'reset-after-press', notifies: false }],
  [1, { scenario: 'server-error' }],
  [1, { scenario: 'server-error', notifies: true, httpStatus: 503 }],
  [2, { scenario: 'throttled' }],
  [2, { scenario: 'not-established', times: 2 }],
  [1, { scenario: 'busy' }],
  [1, { scenario: 'service-unavailable' }],
  [1, { scenario: 'unauthorized-once' }],
  [1, { scenario: 'call-gone' }],
  [1, { scenario: 'forbidden' }],
  [1, { scenario: 'canceled' }],
  [1, { scenario: 'failed' }],
  [1, { scenario: 'unknown' }],
  [1, { scenario: 'terminal-reply' }],
  [1, { scenario: 'terminal-reply-failed' }],
];
/** The longest time after a press until its notification is first sent. */
export const LATEST_NOTIFICATION_MS = 5000 + 1500;

/** How many are cancelled, of one part and of several. */
const CANCELED_SHARES = { one: 0.15, several: 0.3 };
const LATEST_CANCEL_MS = 5000;
/** How many want a callback. */
const CALLBACK_SHARE = 0.35;

const MOST_ATTEMPTS = 8;
const ANSWER_LIMIT_MS = 15_000;

export interface CallersOptions {
  readonly simulator: GraphSimulator;
  readonly random: SeededRandom;
  readonly callbackUrl: string;
  readonly callbackUrlOf: (clientContext: string) => string;
  readonly liveUrls: () => readonly string[];
  readonly expiresInSeconds: readonly [from: number, to: number];
  /** Aborted: nobody listens any more. No pause goes on, and nothing is asked again. */
  readonly signal: AbortSignal;
}

export class Callers {
  readonly asked: AskedRequest[] = [];
  /** Answers by status; `none` where the connection broke or the caller hung up. */
  readonly answers: Record<string, number> = {};
  callCount = 0;

  constructor(private readonly options: CallersOptions) {}

  /** One call after the other, with a few requests on each, until told to stop. */
  async converseUntil(stopped: () => boolean): Promise<void> {
    while (!stopped() && !this.options.signal.aborted) await this.converse();
  }

  /** A plain request on a call of its own. */
  async askOnce(): Promise<AskedRequest> {
    const request = this.#newRequest(this.#newCall({}), makePlainDialString(this.options.random));
    await this.#ask(request);
    return request;
  }

  async converse(): Promise<void> {
    const { random } = this.options;
    const callId = this.#newCall(this.#pickPlan());
    const others: Promise<void>[] = [];
    for (let remaining = random.between(1, 5); remaining > 0 && !this.options.signal.aborted; remaining -= 1) {
      const request = this.#newRequest(callId, makeDialString(random));
      const asking = this.#ask(request);
      if (random.chance(0.1)) others.push(this.#ask(request));
      if (random.chance(0.7)) await asking;
      else others.push(asking);
      if (random.chance(0.2)) others.push(this.#pause(random.between(0, 4000)).then(() => this.#ask(request)));
      if (random.chance(request.parts.length > 1 ? CANCELED_SHARES.several : CANCELED_SHARES.one)) {
        const cancels = random.chance(0.2) ? 2 : 1;
        const canceling = this.#pause(random.between(0, LATEST_CANCEL_MS));
        for (let count = 0; count < cancels; count += 1) others.push(canceling.then(() => this.#cancel(request)));
      }
      await this.#pause(random.between(0, 500));
    }
    if (random.chance(0.08)) others.push(this.#hangUp(callId));
    await Promise.all(others);
  }

  #pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.options.signal }).catch(() => undefined);
  }

  #newCall(plan: CallOptions): string {
    const callId = randomUUID();
    this.options.simulator.putCall(callId, { callbackUrl: this.options.callbackUrl, ...SOUND, ...plan });
    this.callCount += 1;
    return callId;
  }

  #pickPlan(): CallOptions {
    let draw = this.options.random.between(
      1,
      PLANS.reduce((sum, [weight]) => sum + weight, 0),
    );
    for (const [weight, plan] of PLANS) {
      draw -= weight;
      if (draw <= 0) return plan;
    }
    return {};
  }

  #newRequest(callId: string, dialString: DialString): AskedRequest {
    const { random, expiresInSeconds, callbackUrlOf } = this.options;
    const clientContext = `chaos-${this.asked.length}`;
    const request: AskedRequest = {
      clientContext,
      callId,
      ...dialString,
      expiresInSeconds: random.between(...expiresInSeconds),
      ...(random.chance(0.5) && { delayBetweenTonesMs: random.between(0, 200) }),
      ...(random.chance(CALLBACK_SHARE) && { callbackUrl: callbackUrlOf(clientContext) }),
      askedAt: Date.now(),
      cancels: [],
    };
    this.asked.push(request);
    return request;
  }

  /** Until told 202, or given up: as a caller does that follows the contract. */
  async #ask(request: AskedRequest): Promise<void> {
    const { random } = this.options;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS && !this.options.signal.aborted; attempt += 1) {
      const limitMs = random.chance(0.06) ? random.between(5, 300) : ANSWER_LIMIT_MS;
      const status = await this.#post(request, limitMs);
      this.answers[status] = (this.answers[status] ?? 0) + 1;
      // A subscriber of a webhook is answered 200.
      if (status === (request.callbackUrl === undefined ? '202' : '200')) {
        request.toldAt ??= Date.now();
        return;
      }
      await this.#pause(random.between(50, 900));
    }
  }

  /** Until answered what became of it, or given up. A name that is not known yet was never accepted here. */
  async #cancel({ clientContext, cancels }: AskedRequest): Promise<void> {
    const { random, signal } = this.options;
    const cancel: AskedCancel = {};
    cancels.push(cancel);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS && !signal.aborted; attempt += 1) {
      const limitMs = random.chance(0.06) ? random.between(5, 300) : ANSWER_LIMIT_MS;
      const { status, text } = await this.#send('cancelTones', { clientContext }, limitMs);
      const name = `cancel ${status}`;
      this.answers[name] = (this.answers[name] ?? 0) + 1;
      if (status === '404') return;
      if (status === '200' || status === '202') {
        const outcome = JSON.parse(text) as { status: string; part?: number; error?: { code: string } };
        const { status: became, part, error } = outcome;
        Object.assign(cancel, { answeredAt: Date.now(), status: became, part, code: error?.code });
        return;
      }
      await this.#pause(random.between(50, 900));
    }
  }

  async #post(
    { parts: _parts, askedAt: _askedAt, toldAt: _toldAt, cancels: _cancels, ...body }: AskedRequest,
    limitMs: number,
  ): Promise<string> {
    return (await this.#send('enqueueTones', body, limitMs)).status;
  }

  async #send(route: string, body: object, limitMs: number): Promise<{ status: string; text: string }> {
    const unknown = { status: 'none', text: '' };
    const urls = this.options.liveUrls();
    const url = urls[this.options.random.between(0, urls.length - 1)];
    if (url === undefined) return unknown;
    try {
      const answer = await fetch(`${url}/api/${route}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'x-functions-key': FUNCTION_KEY },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(limitMs),
      });
      return { status: String(answer.status), text: await answer.text() };
    } catch {
      // Killed, reset, or hung up: whatever it was, the caller knows nothing and asks again.
      return unknown;
    }
  }

  /** The call ends, and Graph tells it. */
  async #hangUp(callId: string): Promise<void> {
    await this.#pause(this.options.random.between(0, 3000));
    const url = `${this.options.simulator.url}/simulator/calls/${callId}?notify=true`;
    const answer = await fetch(url, { method: 'DELETE', signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    // An answer that is not read holds its connection open.
    await answer.arrayBuffer();
  }
}
