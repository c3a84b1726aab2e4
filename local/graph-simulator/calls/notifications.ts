// Notifications: POSTs to a call's callback URL with a signed token, what the callback answered, and a bounded retry.
// Knows no operation: it is given what is to be sent, and when.
import { randomUUID } from 'node:crypto';
import { BoundedLog, type LogFilter, type Numbered } from './bounded-log';
import type { SimulatedCall } from './calls';
import { isObject, type TokenKind } from './scenarios';
import type { Schedule } from './schedule';
import type { TokenMint } from '../identity/tokens';

export interface NotificationAttempt {
  readonly at: string;
  readonly durationMs: number;
  /** The callback's status; absent when there was no answer, then `error` says why. */
  readonly status?: number;
  readonly wwwAuthenticate?: string;
  readonly error?: string;
}

export interface SentNotification extends Numbered {
  readonly callId: string;
  readonly clientContext?: string;
  readonly operationId?: string;
  /** What it is about. `custom`: a body that the control API was given. */
  readonly about: 'operation' | 'call' | 'custom';
  readonly tokenKind: TokenKind | 'given';
  readonly attempts: readonly NotificationAttempt[];
  /** True when no further attempt will be made. */
  readonly finished: boolean;
  /** True when the last attempt was answered with 2xx. */
  readonly delivered: boolean;
}

export interface NotificationSubject {
  about: SentNotification['about'];
  clientContext?: string;
  operationId?: string;
  /** Sent as it is in place of a signed token; empty: no Authorization header. */
  authorization?: string;
}

export interface NotificationRetry {
  /** Attempts in all, for 503 and where no connection was made. */
  attempts: number;
  /** Before the second attempt; doubled each time. */
  pauseMs: number;
}

const ANSWER_TIMEOUT_MS = 5_000;
const CUT_SHORT = 'AbortError';

export class Notifier {
  readonly #log = new BoundedLog<SentNotification>();
  #cut = new AbortController();

  constructor(
    private readonly mint: TokenMint,
    private readonly schedule: Schedule,
    private readonly retry: NotificationRetry,
  ) {}

  /**
   * Sends a body to the call's callback URL; resolves when it was answered or given up. Undefined: the call has no URL.
   */
  async send(call: SimulatedCall, subject: NotificationSubject, body: object): Promise<SentNotification | undefined> {
    const { callbackUrl, tokenKind: kind = 'calling-service', issuer } = call.options;
    if (callbackUrl === undefined) return undefined;
    const { authorization, ...about } = subject;
    const attempts: NotificationAttempt[] = [];
    const tokenKind = authorization === undefined ? kind : 'given';
    const entry: { -readonly [K in keyof SentNotification]: SentNotification[K] } = this.#log.add((sequence) => ({
      sequence,
      callId: call.id,
      ...about,
      tokenKind,
      attempts,
      finished: false,
      delivered: false,
    }));
    const text = JSON.stringify(body);
    for (let pauseMs = this.retry.pauseMs; ; pauseMs *= 2) {
      const bearer = authorization ?? `Bearer ${this.mint.forNotification(kind, call.appId, call.tenantId, issuer)}`;
      const attempt = await this.#post(callbackUrl, call.chainId, bearer, text);
      attempts.push(attempt);
      entry.delivered = attempt.status !== undefined && attempt.status >= 200 && attempt.status < 300;
      const unanswered = attempt.error === 'TimeoutError' || attempt.error === CUT_SHORT;
      const again = attempt.status === 503 || (attempt.status === undefined && !unanswered);
      if (!again || attempts.length >= this.retry.attempts || !(await this.schedule.wait(pauseMs))) break;
    }
    entry.finished = true;
    return entry;
  }

  list(filter: LogFilter = {}): SentNotification[] {
    return this.#log.list(filter);
  }

  /** Cuts what is under way and forgets what was sent. */
  clear(): void {
    this.#cut.abort();
    this.#cut = new AbortController();
    this.#log.clear();
  }

  async #post(url: string, chainId: string, authorization: string, text: string): Promise<NotificationAttempt> {
    const startedAtMs = Date.now();
    const at = new Date(startedAtMs).toISOString();
    const headers = {
      'Content-Type': 'application/json',
      'Scenario-ID': randomUUID(),
      'X-Microsoft-Skype-Chain-ID': chainId,
      'X-Microsoft-Skype-Message-ID': randomUUID(),
      ...(authorization !== '' && { Authorization: authorization }),
    };
    const end = endOfPost(this.#cut.signal);
    try {
      const { signal } = end;
      const answer = await fetch(url, { method: 'POST', headers, body: text, redirect: 'manual', signal });
      await answer.arrayBuffer();
      const wwwAuthenticate = answer.headers.get('www-authenticate');
      return {
        at,
        durationMs: Date.now() - startedAtMs,
        status: answer.status,
        ...(wwwAuthenticate !== null && { wwwAuthenticate }),
      };
    } catch (error) {
      return { at, durationMs: Date.now() - startedAtMs, error: reasonOf(error) };
    } finally {
      end.release();
    }
  }
}

/**
 * Comes when everything is cut short, or when the answer takes too long. Not
 * AbortSignal.any: Node 20 collects what it waits for.
 */
function endOfPost(cut: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const follow = (): void => controller.abort(cut.reason);
  const timer = setTimeout(() => controller.abort(new DOMException('no answer', 'TimeoutError')), ANSWER_TIMEOUT_MS);
  cut.addEventListener('abort', follow);
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      cut.removeEventListener('abort', follow);
    },
  };
}

/** True when a reset or a close ended the sending. */
export function wasCutShort(sent: SentNotification | undefined): boolean {
  return sent?.attempts.at(-1)?.error === CUT_SHORT;
}

/** `ECONNREFUSED` and the like where a connection failed, else the error's name (`TimeoutError`, `AbortError`). */
function reasonOf(error: unknown): string {
  // By shape, not by class: under Jest the errors of fetch come from another realm.
  if (!isObject(error)) return 'unknown';
  const cause = error['cause'];
  if (isObject(cause) && typeof cause['code'] === 'string') return cause['code'];
  return typeof error['name'] === 'string' ? error['name'] : 'unknown';
}
