// What can explain how a request ended: faults that were really injected for it, answers that the world really gave.
// The tables are written by hand from docs/reliability.md and the error codes of the contract.
import { spelling, type AskedRequest, type Cause, type History } from './history';
import { LEAD_MS, SKEW_MS } from './promises';
import { deadlineOf, earliestDeadlineOf, MANY_STORAGE_FAULTS, storageFaultsOf } from './judge-times';

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
};

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

/** Time that a request needs alone; that a call needs which was not ready; and that each press before it may take. */
const ALONE_MS = 3000;
const READINESS_MS = 9000;
const EACH_BEFORE_MS = 6000;

export interface Causes {
  /** True where an injected fault explains the `unknown` under this code. */
  unknown(clientContext: string, code: string, at: number): boolean;
  /** True where an answer or fault of the world explains the unpressed `failed` under this code. */
  failed(clientContext: string, code: string, at: number): boolean;
  expired(clientContext: string): boolean;
}

export function causesOfHistory(history: History): Causes {
  const { requests, faults, refusals, calls, posts } = history;
  const byCall = Map.groupBy(requests, ([, { callId }]) => spelling(callId));
  const causesOf = (clientContext: string) => (faults.get(clientContext) ?? []).map(({ cause }) => cause);
  const has = (clientContext: string, causes: readonly Cause[]) =>
    causesOf(clientContext).some((cause) => causes.includes(cause));

  function callHasEnded(clientContext: string, at: number): boolean {
    const call = calls.get(spelling(requests.get(clientContext)?.callId ?? ''));
    return (call?.endsAt ?? Infinity) <= at;
  }

  function unknown(clientContext: string, code: string, at: number): boolean {
    if (code === 'call-ended-meanwhile') return callHasEnded(clientContext, at);
    if (has(clientContext, EXPLAIN_UNKNOWN[code] ?? [])) return true;
    if (code !== 'worker-lost') return false;
    const storageFaults = storageFaultsOf(history, clientContext);
    const repeated = has(clientContext, ['claimRepeated']);
    return storageFaults >= MANY_STORAGE_FAULTS || (storageFaults > 0 && repeated);
  }

  function failed(clientContext: string, code: string, at: number): boolean {
    if (code === 'call-ended') return callHasEnded(clientContext, at);
    if (code === 'delivery-failed') return has(clientContext, ['poisoned']);
    return (refusals.get(clientContext) ?? []).some((refusal) => {
      if (refusal.code !== code) return false;
      if (refusal.again === 'never') return true;
      const nextInMs = Math.max(history.stated.longestWaitMs, refusal.retryAfterMs);
      return earliestDeadlineOf(history, clientContext) - at <= nextInMs + LEAD_MS + 2 * SKEW_MS;
    });
  }

  /** Other presses on its call, a call that was not ready, a deadline too short for both; an answer or a fault that delays. */
  function expired(clientContext: string): boolean {
    const request = requests.get(clientContext);
    if (request === undefined) return false;
    const onCall = byCall.get(spelling(request.callId)) ?? [];
    if (refusals.has(clientContext) || isDelayed(onCall)) return true;
    const before = posts.filter((post) => post.clientContext !== clientContext && isSameCall(post, request)).length;
    const readyAt = calls.get(spelling(request.callId))?.readyAt ?? 0;
    const needs = ALONE_MS + EACH_BEFORE_MS * before + (readyAt > request.askedAt ? READINESS_MS : 0);
    return deadlineOf(history, clientContext) - Math.max(request.askedAt, readyAt) < needs;
  }

  function isDelayed(onCall: readonly (readonly [string, AskedRequest])[]): boolean {
    return ['', ...onCall.map(([name]) => name)].some((name) =>
      causesOf(name).some((cause) => !HARMLESS.includes(cause)),
    );
  }

  return { unknown, failed, expired };
}

function isSameCall(one: { readonly callId: string }, other: { readonly callId: string }): boolean {
  return spelling(one.callId) === spelling(other.callId);
}
