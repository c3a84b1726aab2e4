// Sees everything that happens in a world and writes it down as a history. It judges nothing and decides nothing.
// Reads stored rows as a reader of the table would: plain names and plain text; knows no rule, no constant and no type of the app.
import {
  append,
  emptyHistory,
  spelling,
  type AskedRequest,
  type Cause,
  type History,
  type SeenPost,
  type SentReport,
  type TimerRun,
} from './history';
import { judge } from './judge';
import { readPartName } from './part-names';
import { isEnd, type Stated, type Violation } from './promises';
import type { SeenCancel } from './seen-cancel';
import type { SeenWait, WaitAnswer } from './seen-wait';

/** What a witness must see of a world. */
export interface Witnessed {
  readonly time: { readonly now: number };
  readonly tracing: boolean;
}

/** A row as a reader of the table sees it. */
export interface ReadRow {
  readonly status: string;
  readonly errorCode?: string;
  readonly after?: string;
  readonly part?: number;
  readonly playedToneCount?: number;
}

export type Asked = Pick<AskedRequest, 'callId' | 'tenantId' | 'expiresInMs' | 'parts'> & {
  readonly clientContext: string;
};

/** A report on its way: what becomes of it is noted. */
export interface ReportOnItsWay {
  /** It reached the app. */
  arrived(): void;
  /** The app answered 202. */
  taken(): void;
}

export class Witness {
  readonly history: History;
  readonly traces: string[] = [];
  faultCount = 0;

  constructor(
    private readonly world: Witnessed,
    stated: Stated,
  ) {
    this.history = emptyHistory(stated);
  }

  trace(clientContext: string, text: string): void {
    this.traces.push(`${String(this.world.time.now % 100_000_000).padStart(11)} ${clientContext.padEnd(6)} ${text}`);
  }

  /** A fault was injected: counted. */
  fault(cause: Cause, clientContext: string): void {
    this.faultCount += 1;
    this.note(cause, clientContext);
  }

  /** Something that follows from a fault. */
  note(cause: Cause, clientContext: string): void {
    if (this.world.tracing) this.trace(clientContext, `FAULT ${cause}`);
    append(this.history.faults, clientContext, { at: this.world.time.now, cause });
  }

  asked({ clientContext, ...request }: Asked): void {
    const { requests } = this.history;
    if (requests.has(clientContext)) return;
    requests.set(clientContext, { ...request, askedAt: this.world.time.now });
  }

  /** A caller was answered 202 or 200; with a callback, that it hears the end. */
  answered(clientContext: string, withCallback: boolean): void {
    const request = this.history.requests.get(clientContext);
    if (request === undefined) return;
    request.answeredAt ??= this.world.time.now;
    if (withCallback) request.subscribed = true;
  }

  refusedAsReused(clientContext: string): void {
    const request = this.history.requests.get(clientContext);
    if (request) request.refused = true;
  }

  /** Somebody cancels the request. */
  cancelAsked(clientContext: string): SeenCancel {
    const cancel: SeenCancel = { askedAt: this.world.time.now };
    append(this.history.cancels, clientContext, cancel);
    return cancel;
  }

  /** With what the answer shows; undefined: 404. */
  cancelAnswered(cancel: SeenCancel, row: { readonly status: string; readonly part?: number } | undefined): void {
    const { status, part = 1 } = row ?? {};
    cancel.answer = { at: this.world.time.now, status, part, postsAfter: [], statusesAfter: [] };
  }

  /** Somebody begins to wait for the end. */
  waits(clientContext: string): SeenWait {
    const wait: SeenWait = { askedAt: this.world.time.now };
    append(this.history.waits, clientContext, wait);
    return wait;
  }

  waiterAnswered(clientContext: string, wait: SeenWait, answer: WaitAnswer): void {
    wait.answer = answer;
    if (this.world.tracing) this.trace(clientContext, `a waiter sees ${answer.status ?? 404}`);
  }

  call(callId: string, readyAt: number, endsAt: number): void {
    this.history.calls.set(spelling(callId), { readyAt, endsAt });
  }

  believedNotReady(callId: string, until: number): void {
    const call = this.history.calls.get(spelling(callId));
    if (call) call.believedNotReadyUntil = until;
  }

  /** A claim that was sent at `sentAt` arrived. */
  claimed(clientContext: string, sentAt: number): void {
    this.history.rows.get(clientContext)?.claims.push(sentAt);
  }

  posted(post: SeenPost): void {
    this.history.posts.push(post);
    for (const { answer } of this.history.cancels.get(post.clientContext) ?? []) answer?.postsAfter.push(post.part);
    if (this.world.tracing)
      this.trace(post.clientContext, `POST of part ${post.part} left, held up ${post.heldUpMs} ms`);
  }

  pressed(post: SeenPost, endsAt: number, result: string): void {
    post.executedAt = this.world.time.now;
    post.mayPlayUntil = endsAt;
    if (this.world.tracing) this.trace(post.clientContext, `PRESSED until ${endsAt % 100_000_000}, ${result}`);
  }

  refused(name: string, code: string, again: 'later' | 'never', retryAfterMs: number): void {
    const { clientContext, part } = readPartName(name);
    append(this.history.refusals, clientContext, { at: this.world.time.now, part, code, again, retryAfterMs });
  }

  /** Graph sends a report under that name. */
  reported(name: string, status: string, isForeign = false): ReportOnItsWay {
    const sent: SentReport = { status, arrivals: [], ...(isForeign && { isForeign }) };
    append(this.history.reports, name, sent);
    return {
      arrived: () => void sent.arrivals.push(this.world.time.now),
      taken: () => void (sent.takenAt ??= this.world.time.now),
    };
  }

  /** The last report under that name was the reply itself, and the app was given it. */
  reportedInReply(name: string): void {
    this.history.reports.get(name)?.at(-1)?.arrivals.push(this.world.time.now);
  }

  timerStarted(): TimerRun {
    const run: TimerRun = { startedAt: this.world.time.now };
    this.history.timerRuns.push(run);
    return run;
  }

  /** A row was written by a request that was sent to storage at `sentAt`; `isOpen`: an open entry stands for it. */
  rowWritten(clientContext: string, before: ReadRow | undefined, row: ReadRow, sentAt: number, isOpen: boolean): void {
    const { rows } = this.history;
    const seen = rows.get(clientContext) ?? { changes: [], claims: [], madeAt: sentAt, after: '' };
    rows.set(clientContext, seen);
    delete seen.deletedAt;
    const { status: to, errorCode = '', after = '', part = 1, playedToneCount: played } = row;
    seen.after = after;
    seen.played = played;
    if (before?.status === to) return;
    for (const { answer } of this.history.cancels.get(clientContext) ?? []) answer?.statusesAfter.push(to);
    seen.changes.push({ at: this.world.time.now, from: before?.status, to, errorCode, sentAt, part, played, after });
    if (!isOpen) this.entryMissing(clientContext, row);
  }

  /** Nothing in the index stands for the row as it is now. */
  entryMissing(clientContext: string, row: ReadRow | undefined): void {
    if (row === undefined || isEnd(row.status)) return;
    this.history.unfindable.push({ at: this.world.time.now, clientContext });
  }

  rowDeleted(clientContext: string): void {
    const row = this.history.rows.get(clientContext);
    if (row) row.deletedAt = this.world.time.now;
  }

  /** `live`: the request's messages that are on the queue now. */
  messageAdded(clientContext: string, live: number): void {
    const { copies } = this.history;
    copies.set(clientContext, Math.max(live, copies.get(clientContext) ?? 0));
  }

  messageDropped(clientContext: string, left: number): void {
    if (left === 0) this.history.drops.push({ at: this.world.time.now, clientContext });
  }

  /** Once nothing happens any more. */
  judge(): Violation[] {
    this.history.endsAt = this.world.time.now;
    const violations = judge(this.history);
    if (this.world.tracing) {
      for (const { promise, clientContext, detail } of violations)
        this.trace(clientContext, `VIOLATION ${promise}: ${detail}`);
    }
    return violations;
  }
}
