// What can explain how a request ended: faults that were really injected for it, answers that the world really gave.
// The tables are written by hand from docs/reliability.md and the error codes of the contract.
import { spelling, type AskedRequest, type Cause, type History, type StatusChange } from './history';
import { LEAD_MS, SKEW_MS } from './promises';
import { deadlineOf, earliestDeadlineOf, latestStartOf, MANY_STORAGE_FAULTS, storageFaultsOf } from './judge-times';

/** Code of an `unknown` -> the faults that can leave nobody able to tell, and say so under this code. */
const EXPLAIN_UNKNOWN: Readonly<Record<string, readonly Cause[]>> = {
  'graph-timeout': ['graphSlow', 'graphSilent', 'waySlow', 'frozen', 'heldUp'],
  'graph-connection-lost': ['graphReset'],
  'graph-fault': ['graphFaultBefore', 'graphFaultAfter'],
  'worker-lost': [
    'kill',
    'claimInDoubt',
    'tokenSlow',
    'tokenHung',
    'graphSlow',
    'graphSilent',
    'waySlow',
    'frozen',
    'heldUp',
  ],
  'notification-missing': ['notificationLost', 'notificationLate'],
  'notifications-never-seen': ['notificationLost', 'notificationLate'],
};

/** What can make the next part come too late, when it says nothing else. */
const EXPLAIN_INTERRUPTED: readonly Cause[] = [
  'kill',
  'storageRefused',
  'storageAnswerLost',
  'storageRepeatedLate',
  'storageLandsLate',
  'storageSlow',
  'outage',
  'tokenSlow',
  'tokenHung',
  'connectionSlow',
  'heldUp',
  'graphSlow',
  'graphSilent',
  'waySlow',
  'frozen',
  'strangersPart',
  'olderApp',
  'notificationLate',
  'notificationLost',
];

/** What holds up nobody who has ample time. */
const HARMLESS: readonly Cause[] = [
  'storageRepeated',
  'redelivered',
  'deleteLost',
  'callerAnswerLost',
  'callerTwice',
  'notificationTwice',
  'strangersReport',
  'otherCallsReport',
  'callbackDown',
  'callbackAnswerLost',
  'pageEmpty',
  'reader',
];

/** A report that is taken while an end is being decided and written is not known to it yet. */
const WRITE_MS = 30_000;

/** Time that a request needs alone; that a call needs which was not ready; and that each press before it may take. */
const ALONE_MS = 3000;
const READINESS_MS = 9000;
const EACH_BEFORE_MS = 6000;

/** A request of the same call, under its name. */
type OnCall = readonly [string, AskedRequest];

export interface Causes {
  /** True where an injected fault explains the `unknown` under this code. */
  unknown(clientContext: string, code: string, at: number): boolean;
  /** True where an answer or fault of the world explains the unpressed `failed` under this code. */
  failed(clientContext: string, end: Pick<StatusChange, 'errorCode' | 'at' | 'part'>): boolean;
  expired(clientContext: string): boolean;
}

export function causesOfHistory(history: History): Causes {
  const { requests, faults, refusals, calls, posts } = history;
  const byCall = Map.groupBy(requests, ([, { callId }]) => spelling(callId));
  const causesOf = (clientContext: string) => (faults.get(clientContext) ?? []).map(({ cause }) => cause);
  const has = (clientContext: string, causes: readonly Cause[]) =>
    causesOf(clientContext).some((cause) => causes.includes(cause));

  /** A report of one of the call's requests was taken before. */
  function wasReported(clientContext: string, before: number): boolean {
    const onCall = byCall.get(spelling(requests.get(clientContext)?.callId ?? '')) ?? [];
    return onCall.some(([name, { parts }]) =>
      parts.some((_part, index) =>
        (history.reports.get(index === 0 ? name : `${name};part=${index + 1}`) ?? []).some(
          ({ takenAt = Infinity, isForeign }) => !isForeign && takenAt < before,
        ),
      ),
    );
  }

  function callHasEnded(clientContext: string, at: number): boolean {
    const call = calls.get(spelling(requests.get(clientContext)?.callId ?? ''));
    return (call?.endsAt ?? Infinity) <= at;
  }

  function unknown(clientContext: string, code: string, at: number): boolean {
    if (code === 'call-ended-meanwhile') return callHasEnded(clientContext, at);
    if (code === 'notifications-never-seen' && wasReported(clientContext, at - WRITE_MS)) return false;
    if (has(clientContext, EXPLAIN_UNKNOWN[code] ?? [])) return true;
    if (code !== 'worker-lost') return false;
    const storageFaults = storageFaultsOf(history, clientContext);
    const repeated = has(clientContext, ['claimRepeated']);
    return storageFaults >= MANY_STORAGE_FAULTS || (storageFaults > 0 && repeated);
  }

  function failed(clientContext: string, { errorCode, at, part }: Parameters<Causes['failed']>[1]): boolean {
    if (errorCode === 'call-ended') return callHasEnded(clientContext, at);
    if (errorCode === 'delivery-failed') return has(clientContext, ['poisoned']);
    if (errorCode === 'sequence-interrupted') return part > 1 && has(clientContext, EXPLAIN_INTERRUPTED);
    const deadline =
      part === 1 ? earliestDeadlineOf(history, clientContext) : latestStartOf(history, clientContext, part);
    return (refusals.get(clientContext) ?? []).some((refusal) => {
      if (refusal.code !== errorCode || refusal.part !== part) return false;
      if (refusal.again === 'never') return true;
      const nextInMs = Math.max(history.stated.longestWaitMs, refusal.retryAfterMs);
      return deadline - at <= nextInMs + LEAD_MS + 2 * SKEW_MS;
    });
  }

  /** Other presses on its call, a call that was not ready, a deadline too short for both; an answer or a fault that delays. */
  function expired(clientContext: string): boolean {
    const request = requests.get(clientContext);
    if (request === undefined) return false;
    const onCall = byCall.get(spelling(request.callId)) ?? [];
    if (refusals.has(clientContext) || isDelayed(onCall)) return true;
    const before = posts.filter((post) => post.clientContext !== clientContext && isSameCall(post, request));
    const pressedMs = before.reduce((sum, post) => sum + EACH_BEFORE_MS + pauseOf(post.clientContext, post.part), 0);
    const beforeMs = pressedMs + pausedBefore(clientContext, request, onCall);
    const pauseMs = pauseOf(clientContext, 1);
    const call = calls.get(spelling(request.callId));
    const { readyAt: isReadyAt = 0, believedNotReadyUntil: heardAt = 0 } = call ?? {};
    const readyAt = Math.max(isReadyAt, heardAt === Infinity ? 0 : heardAt);
    const isDoubted = heardAt === Infinity || readyAt > request.askedAt;
    const needs = ALONE_MS + pauseMs + beforeMs + (isDoubted ? READINESS_MS + pauseMs : 0);
    // A first attempt to ask may have made no row: an older app refuses what it does not know.
    const { madeAt = request.askedAt } = history.rows.get(clientContext) ?? {};
    return deadlineOf(history, clientContext) - Math.max(madeAt, readyAt) < needs;
  }

  /** Requests before it that waited out their first pause, and then had no time left: they held it up as long. */
  function pausedBefore(clientContext: string, { askedAt }: AskedRequest, onCall: readonly OnCall[]): number {
    const left = new Set(posts.map((post) => post.clientContext));
    const others = onCall.filter(
      ([name, other]) => name !== clientContext && !left.has(name) && other.askedAt <= askedAt + ALONE_MS,
    );
    return others.reduce((sum, [name]) => sum + (pauseOf(name, 1) && EACH_BEFORE_MS + pauseOf(name, 1)), 0);
  }

  function pauseOf(clientContext: string, part: number): number {
    return requests.get(clientContext)?.parts[part - 1]?.pauseMs ?? 0;
  }

  function isDelayed(onCall: readonly OnCall[]): boolean {
    return ['', ...onCall.map(([name]) => name)].some((name) =>
      causesOf(name).some((cause) => !HARMLESS.includes(cause)),
    );
  }

  return { unknown, failed, expired };
}

function isSameCall(one: { readonly callId: string }, other: { readonly callId: string }): boolean {
  return spelling(one.callId) === spelling(other.callId);
}
