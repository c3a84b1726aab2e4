// The facts that each event adds to a row: pure functions, no decision about races.
// The only place that makes the facts of an end; knows nothing of who finds it, or of how it is written.
import { runningWatchUntil, settledAtOf, type DeliveryPolicy } from './delivery-policy';
import { errorMessage, type ErrorCode, type GraphFault } from './error-catalogue';
import { judge, type OperationReport } from './operation-report';
import { delaysMs, type RunSize } from './tone-run';
import { isFinal, type End, type OpenFacts, type OutcomeFacts } from './outcome-facts';

type Facts = Partial<OutcomeFacts>;

function end(facts: Omit<Facts, 'status'> & Pick<End, 'status' | 'finishedAt'>): End {
  return facts as End;
}

/** accepted -> sending: one worker is about to press. */
export function claimed(
  size: RunSize,
  claimId: string,
  now: number,
  policy: DeliveryPolicy,
): OpenFacts & { readonly status: 'sending' } {
  return {
    status: 'sending',
    claimId,
    claimedAt: now,
    watchUntil: now + policy.sendGraceMs,
    settledAt: settledAtOf(size, now, policy),
  };
}

/** sending -> accepted: certainly not pressed, and there is time for another attempt. */
export function givenBack(notBefore: number, fault: GraphFault | undefined): OpenFacts {
  return {
    status: 'accepted',
    claimId: '',
    notBefore,
    ...(fault && { waitCode: fault.code, ...(fault.detail !== undefined && { waitDetail: fault.detail }) }),
  };
}

/** sending -> running: Graph took it. */
export function running(
  size: RunSize,
  operationId: string | undefined,
  sentAt: number,
  policy: DeliveryPolicy,
): OpenFacts {
  return {
    status: 'running',
    ...(operationId !== undefined && { operationId }),
    sentAt,
    watchUntil: runningWatchUntil(size, sentAt, policy),
  };
}

/** What a request that expires was waiting for. */
export interface Expiry {
  /** clientContext of the request before it on the call that was not done. */
  readonly behind?: string | undefined;
  /** The request before those that were never pressed: whoever comes behind need not walk over them again. */
  readonly after?: string | undefined;
}

/**
 * accepted | sending -> expired: the deadline came first; certainly never pressed. Says what it waited for, if it did.
 */
export function expired(row: Pick<OutcomeFacts, 'waitCode' | 'waitDetail'>, now: number, expiry: Expiry = {}): End {
  const { behind, after } = expiry;
  return end({
    status: 'expired',
    finishedAt: now,
    ...(after !== undefined && { after }),
    ...(row.waitCode === undefined && behind !== undefined
      ? withError('request-before-not-done', `clientContext ${behind}`)
      : withError(row.waitCode ?? 'expired', row.waitDetail)),
  });
}

/** -> failed: certainly not pressed. */
export function failed(fault: GraphFault, now: number, sentAt?: number): End {
  return end({
    status: 'failed',
    finishedAt: now,
    ...(sentAt !== undefined && { sentAt }),
    ...withError(fault.code, fault.detail),
  });
}

/** sending | running -> unknown: it may have been pressed, and nobody can know. */
export function unknown(fault: GraphFault, now: number, sentAt?: number): End {
  return end({
    status: 'unknown',
    finishedAt: now,
    ...(sentAt !== undefined && { sentAt }),
    ...withError(fault.code, fault.detail),
  });
}

/** sending | running | unknown -> what Graph reported. */
export function reported(report: OperationReport, now: number, sentAt?: number): End {
  const status = judge(report);
  const { code, subcode, message } = report.resultInfo ?? {};
  return end({
    status,
    finishedAt: now,
    ...(sentAt !== undefined && { sentAt }),
    ...(report.operationId !== undefined && { operationId: report.operationId }),
    ...(report.completionReason !== undefined && { completionReason: report.completionReason }),
    ...(code !== undefined && { resultCode: code }),
    ...(subcode !== undefined && { resultSubcode: subcode }),
    ...(message !== undefined && { resultMessage: message }),
    ...reportedError(status),
  });
}

type ErrorFacts = Pick<OutcomeFacts, 'errorCode' | 'errorMessage'>;

function reportedError(status: ReturnType<typeof judge>): ErrorFacts {
  switch (status) {
    case 'succeeded':
      return {};
    case 'canceled':
      return withError('operation-canceled');
    case 'failed':
      return withError('operation-failed');
  }
}

function withError(code: ErrorCode, detail?: string): ErrorFacts {
  return { errorCode: code, errorMessage: errorMessage(code, detail) };
}

/**
 * What Graph's answer adds to a row that was given up as `unknown`: it also takes back the error that was noted then.
 */
export function insteadOfUnknown(facts: End): End {
  return end({ errorCode: '', errorMessage: '', ...facts });
}

/**
 * The end of a claimed row whose watch is over: nobody will know any more;
 * undefined while it is watched, or not claimed.
 */
export function unwatched(row: OutcomeFacts, now: number): End | undefined {
  if (row.status !== 'sending' && row.status !== 'running') return undefined;
  if (now < (row.watchUntil ?? Infinity)) return undefined;
  return unknown({ code: row.status === 'sending' ? 'worker-lost' : 'notification-missing' }, now);
}

/** True when the deadline of a row that was never pressed has passed. */
export function isExpired(row: OutcomeFacts, now: number): boolean {
  return row.status === 'accepted' && now >= (row.expiresAt ?? Infinity);
}

/** True when a report may still decide the row. */
export function awaitsReport(row: OutcomeFacts): boolean {
  return row.status === 'sending' || row.status === 'running' || row.status === 'unknown';
}

/** What a predecessor's row means for the request behind it. */
export type PredecessorState =
  | { readonly kind: 'done' }
  /** Final, but never claimed: it says nothing of those before it. */
  | { readonly kind: 'skip'; readonly after: string | undefined }
  /** Not done; `until` is when it is likely to be, where that is known. */
  | { readonly kind: 'wait'; readonly until?: number };

/**
 * Rules 2 and 3 of docs/decisions/0002-claim-and-chain.md: final **and** ever
 * claimed; `unknown` only after its press has surely settled.
 */
export function predecessorState(row: OutcomeFacts | undefined, now: number): PredecessorState {
  if (row === undefined) return { kind: 'done' };
  if (row.status === 'running') return { kind: 'wait', until: (row.sentAt ?? now) + delaysMs(row) };
  if (!isFinal(row.status)) return { kind: 'wait' };
  if (row.claimedAt === undefined) return { kind: 'skip', after: row.after };
  if (row.status === 'unknown' && row.settledAt !== undefined && now < row.settledAt)
    return { kind: 'wait', until: row.settledAt };
  return { kind: 'done' };
}
