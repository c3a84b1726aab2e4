// The facts that each event adds to a row: pure functions, no decision about races.
// Used by the rules (accept-tones, press-tones, record-report, close-overdue, bury-tones), which write them conditionally.
import { halfOfGraceMs, runningWatchUntil, settledAtOf, type DeliveryPolicy } from './delivery-policy';
import { errorMessage, type ErrorCode, type GraphFault } from './error-catalogue';
import { judge, type OperationReport } from './operation-report';
import { isFinal, type OutcomeFacts } from './outcome-facts';

type Facts = Partial<OutcomeFacts>;

/** accepted -> sending: one worker is about to press. */
export function claimed(
  row: Pick<OutcomeFacts, 'toneCount' | 'delayBetweenTonesMs'>,
  claimId: string,
  now: number,
  policy: DeliveryPolicy,
): Facts {
  return {
    status: 'sending',
    claimId,
    claimedAt: now,
    watchUntil: now + policy.sendGraceMs,
    settledAt: settledAtOf(row, now, policy),
  };
}

/** sending -> accepted: certainly not pressed, and there is time for another attempt. */
export function givenBack(notBefore: number, fault: GraphFault | undefined): Facts {
  return {
    status: 'accepted',
    claimId: '',
    notBefore,
    ...(fault && { waitCode: fault.code, ...(fault.detail !== undefined && { waitDetail: fault.detail }) }),
  };
}

/** sending -> running: Graph took it. */
export function running(
  row: Pick<OutcomeFacts, 'toneCount' | 'delayBetweenTonesMs'>,
  operationId: string | undefined,
  sentAt: number,
  policy: DeliveryPolicy,
): Facts {
  return {
    status: 'running',
    ...(operationId !== undefined && { operationId }),
    sentAt,
    watchUntil: runningWatchUntil(row, sentAt, policy),
  };
}

/** accepted | sending -> expired: the deadline came first; certainly never pressed. Says what it waited for, if it did. */
export function expired(row: Pick<OutcomeFacts, 'waitCode' | 'waitDetail'>, now: number): Facts {
  return { status: 'expired', finishedAt: now, ...withError(row.waitCode ?? 'expired', row.waitDetail) };
}

/** -> failed: certainly not pressed. */
export function failed(fault: GraphFault, now: number, sentAt?: number): Facts {
  return {
    status: 'failed',
    finishedAt: now,
    ...(sentAt !== undefined && { sentAt }),
    ...withError(fault.code, fault.detail),
  };
}

/** sending | running -> unknown: it may have been pressed, and nobody can tell. */
export function unknown(fault: GraphFault, now: number, sentAt?: number): Facts {
  return {
    status: 'unknown',
    finishedAt: now,
    ...(sentAt !== undefined && { sentAt }),
    ...withError(fault.code, fault.detail),
  };
}

/** sending | running | unknown -> what Graph reported. */
export function reported(report: OperationReport, now: number): Facts & Pick<OutcomeFacts, 'status'> {
  const status = judge(report);
  const { code, subcode, message } = report.resultInfo ?? {};
  return {
    status,
    finishedAt: now,
    ...(report.operationId !== undefined && { operationId: report.operationId }),
    ...(report.completionReason !== undefined && { completionReason: report.completionReason }),
    ...(code !== undefined && { resultCode: code }),
    ...(subcode !== undefined && { resultSubcode: subcode }),
    ...(message !== undefined && { resultMessage: message }),
    ...reportedError(status),
  };
}

function reportedError(status: ReturnType<typeof judge>): Facts {
  switch (status) {
    case 'succeeded':
      return {};
    case 'canceled':
      return withError('operation-canceled');
    case 'failed':
      return withError('operation-failed');
  }
}

function withError(code: ErrorCode, detail?: string): Facts {
  return { errorCode: code, errorMessage: errorMessage(code, detail) };
}

/** What Graph's answer adds to a row that was given up as `unknown`: it also takes back the error that was noted then. */
export function insteadOfUnknown(facts: Facts): Facts {
  return { errorCode: '', errorMessage: '', ...facts };
}

/** The facts that end a row whose time has passed; undefined while it has time, or is final. */
export function overdueFacts(row: OutcomeFacts, now: number): Facts | undefined {
  switch (row.status) {
    case 'accepted':
      return now >= (row.expiresAt ?? Infinity) ? expired(row, now) : undefined;
    case 'sending':
      return now >= (row.watchUntil ?? Infinity) ? unknown({ code: 'worker-lost' }, now) : undefined;
    case 'running':
      return now >= (row.watchUntil ?? Infinity) ? unknown({ code: 'notification-missing' }, now) : undefined;
    case 'succeeded':
    case 'failed':
    case 'canceled':
    case 'expired':
    case 'unknown':
      return undefined;
    // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
    default:
      return row.status satisfies never;
  }
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
  /** Not done; `untilMs` is when it is likely to be, where that can be told. */
  | { readonly kind: 'wait'; readonly until?: number };

/** delivery rule 2 and 3: final **and** ever claimed; `unknown` only after its press has surely settled. */
export function predecessorState(row: OutcomeFacts | undefined, now: number): PredecessorState {
  if (row === undefined) return { kind: 'done' };
  if (row.status === 'running')
    return { kind: 'wait', until: (row.sentAt ?? now) + (row.toneCount ?? 0) * (row.delayBetweenTonesMs ?? 0) };
  if (!isFinal(row.status)) return { kind: 'wait' };
  if (row.claimedAt === undefined) return { kind: 'skip', after: row.after };
  if (row.status === 'unknown' && row.settledAt !== undefined && now < row.settledAt)
    return { kind: 'wait', until: row.settledAt };
  return { kind: 'done' };
}

/** Latest moment at which the POST of a claim may start. */
export function latestPostStart(claimedAt: number, policy: DeliveryPolicy): number {
  return claimedAt + halfOfGraceMs(policy);
}
