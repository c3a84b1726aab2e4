// What the world noted of a history: what was asked, what left for Graph and what became of it, what a reader of the table saw,
// and every fault that was injected. All times are true times in milliseconds; nothing in here was taken from the rules.
import type { Stated } from './promises';
import type { SeenCancel } from './seen-cancel';
import type { SeenWait } from './seen-wait';

/** The name of a fault that the world injected. */
export type Cause = string;

/** Tones that were asked to be pressed in one go. */
export interface AskedPart {
  /** The pause that was asked for before it. */
  readonly pauseMs: number;
  /** The tones in Graph's words; never printed. */
  readonly tones: readonly string[];
  /** How long the delays between its tones take. */
  readonly delaysMs: number;
}

export interface AskedRequest {
  readonly callId: string;
  /** The tenant that it names; absent: the app's own. */
  readonly tenantId?: string;
  /** When it was first sent, by the caller's account. */
  readonly askedAt: number;
  readonly expiresInMs: number;
  readonly parts: readonly AskedPart[];
  /** When a caller was first answered 202. */
  answeredAt?: number;
  /** A caller was answered 409. */
  refused?: true;
  /** A caller was promised that its callback hears the end. */
  subscribed?: true;
}

/** One change of the status in the table, as a reader sees it. */
export interface StatusChange {
  readonly at: number;
  /** Undefined: there was no row. */
  readonly from: string | undefined;
  readonly to: string;
  readonly errorCode: string;
  /** When the write was sent to storage. */
  readonly sentAt: number;
  /** The part that the row says it is at, and the tones that it says were played. */
  readonly part: number;
  readonly played: number | undefined;
  /** The clientContext that the row names as the one before it. */
  readonly after: string;
}

export interface SeenRow {
  readonly changes: StatusChange[];
  /** When the write that made the row was sent to storage. */
  readonly madeAt: number;
  /** When each claim was sent to storage, of those that arrived. */
  readonly claims: number[];
  deletedAt?: number;
  /** The name of the one before it, and the tones that were played, at the end. */
  after: string;
  played?: number | undefined;
}

/** One request that left for Graph. */
export interface SeenPost {
  /** Of the request. */
  readonly clientContext: string;
  /** From 1: by the name that Graph was given. */
  readonly part: number;
  readonly tones: readonly string[];
  readonly callId: string;
  /** Whose token it has; absent: the app's own tenant's. */
  readonly tenantId?: string;
  /** When its claim was sent to storage. */
  readonly claimedAt: number;
  /** When the app last asked its clock whether there is time. */
  readonly permittedAt: number;
  /** The time limit that the app set for it. */
  readonly limitMs: number;
  /** When it left: later than permitted where the process was frozen. */
  readonly leftAt: number;
  /** The delay that the world injected: a frozen process, and a way beyond the longest usual one. */
  readonly heldUpMs: number;
  /** Until when Graph could still execute or play it, by the world's own account. */
  mayPlayUntil: number;
  /** When Graph executed it; undefined: never. */
  executedAt?: number;
}

/** An answer of the world that proves that nothing was pressed. */
export interface Refusal {
  readonly at: number;
  readonly part: number;
  readonly code: string;
  readonly again: 'later' | 'never';
  readonly retryAfterMs: number;
}

/** A report of the end of an operation that Graph sent, in its reply or as a notification. */
export interface SentReport {
  readonly status: string;
  /** Nobody pressed that: somebody else's operation has its name. */
  readonly isForeign?: true;
  /** Each time that it reached the app, whatever became of it there. */
  readonly arrivals: number[];
  /** When the app first answered it 202. */
  takenAt?: number;
}

export interface InjectedFault {
  readonly at: number;
  readonly cause: Cause;
}

export interface SeenCall {
  readonly readyAt: number;
  /** Until when its own notifications let the app believe that it takes no tones; Infinity where the one that says so was lost. */
  believedNotReadyUntil?: number;
  readonly endsAt: number;
}

export interface TimerRun {
  readonly startedAt: number;
  ok?: boolean;
}

/** The last message of a request was handled for good. */
export interface Drop {
  readonly at: number;
  readonly clientContext: string;
}

/** Something that stands in the table, and nothing in the index by which the timer could find it. */
export interface Unfindable {
  readonly at: number;
  readonly clientContext: string;
}

export interface History {
  readonly stated: Stated;
  readonly requests: Map<string, AskedRequest>;
  readonly rows: Map<string, SeenRow>;
  readonly posts: SeenPost[];
  readonly refusals: Map<string, Refusal[]>;
  /** By the name that Graph was given: of the request or of its part. */
  readonly reports: Map<string, SentReport[]>;
  /** By clientContext; `''` holds what concerns everybody. */
  readonly faults: Map<string, InjectedFault[]>;
  readonly calls: Map<string, SeenCall>;
  /** By clientContext: every time that somebody cancelled it. */
  readonly cancels: Map<string, SeenCancel[]>;
  /** By clientContext: everybody who waited for its end. */
  readonly waits: Map<string, SeenWait[]>;
  readonly timerRuns: TimerRun[];
  readonly drops: Drop[];
  readonly unfindable: Unfindable[];
  /** The most messages of a request that were on the queue at one time. */
  readonly copies: Map<string, number>;
  /** What each callback's receiver was sent last. */
  readonly heard: Map<string, string>;
  /** When the history ends. */
  endsAt: number;
  /** It did not come to its end within the limit of events. */
  livelock?: true;
}

export function emptyHistory(stated: Stated): History {
  return {
    stated,
    requests: new Map(),
    rows: new Map(),
    posts: [],
    refusals: new Map(),
    reports: new Map(),
    faults: new Map(),
    calls: new Map(),
    cancels: new Map(),
    waits: new Map(),
    timerRuns: [],
    drops: [],
    unfindable: [],
    copies: new Map(),
    heard: new Map(),
    endsAt: 0,
  };
}

/** The status that a reader of the table sees last. */
export function lastChange(row: SeenRow | undefined): StatusChange | undefined {
  return row?.changes.at(-1);
}

/** One call in every spelling: Graph writes its id with or without dashes, in either case. */
export function spelling(callId: string): string {
  return callId.replaceAll('-', '').toLowerCase();
}

export function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}
