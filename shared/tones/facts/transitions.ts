// The facts by which each event ends a request: pure functions, no decision about races.
// The only place that makes the facts of an end; knows nothing of who finds it, or of how it is written.
import { errorMessage, type ErrorCode, type GraphFault } from './error-catalogue';
import { judge, type OperationReport } from './operation-report';
import type { End, OutcomeFacts } from './outcome-facts';
import { currentPart, playedWith } from './parts/parts-of-row';

type Facts = Partial<OutcomeFacts>;

function end(facts: Omit<Facts, 'status'> & Pick<End, 'status' | 'finishedAt'>): End {
  return facts as End;
}

/**
 * pausing | sending -> failed: the next part came too late; it is not pressed. Says what held it up, if anything did.
 */
export function interrupted(row: Pick<OutcomeFacts, 'waitCode' | 'waitDetail'>, now: number): End {
  return end({
    status: 'failed',
    finishedAt: now,
    ...withError(row.waitCode || 'sequence-interrupted', row.waitDetail || undefined),
  });
}

/**
 * The part was played, and no other is pressed: sending | running | unknown -> canceled, where a caller asked for it;
 * unknown -> failed: too long ago for the next one.
 */
export function playedLast(row: OutcomeFacts, operationId: string | undefined, now: number, sentAt?: number): End {
  const playedToneCount = playedWith(row);
  const played = {
    ...(operationId !== undefined && { operationId }),
    ...(playedToneCount !== undefined && { playedToneCount }),
    ...(sentAt !== undefined && { sentAt }),
  };
  return row.cancelRequestedAt === undefined
    ? end({ ...played, ...interrupted({}, now) })
    : canceledByCaller(now, played);
}

/** What a request that expires was waiting for. */
export interface Expiry {
  /** clientContext of the request before it on the call that was not done. */
  readonly behind?: string | undefined;
  /** The request before those that were never pressed: whoever comes behind need not walk over them again. */
  readonly turnAfter?: string | undefined;
}

/**
 * accepted | sending -> expired: the deadline came first; certainly never pressed. Says what it waited for, if it did.
 */
export function expired(row: Pick<OutcomeFacts, 'waitCode' | 'waitDetail'>, now: number, expiry: Expiry = {}): End {
  const { behind, turnAfter } = expiry;
  return end({
    status: 'expired',
    finishedAt: now,
    ...(turnAfter !== undefined && { turnAfter }),
    ...(!row.waitCode && behind !== undefined
      ? withError('request-before-not-done', `clientContext ${behind}`)
      : withError(row.waitCode || 'expired', row.waitDetail || undefined)),
  });
}

type Played = Pick<OutcomeFacts, 'operationId' | 'playedToneCount' | 'sentAt' | 'cancelId'>;

/** accepted | pausing -> canceled: a caller asked for it before it was pressed, or before its next part was. */
export function canceledByCaller(now: number, played: Played = {}): End {
  return end({ ...played, status: 'canceled', finishedAt: now, ...withError('canceled-by-caller') });
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

/**
 * sending | running | unknown -> what Graph reported of the part that the row is at, if it is the last part or was not
 * played.
 */
export function reported(report: OperationReport, now: number, sentAt?: number, row?: OutcomeFacts): End {
  const status = judge(report);
  const toneCount = row && currentPart(row).toneCount;
  const { code, subcode, message } = report.resultInfo ?? {};
  return end({
    status,
    finishedAt: now,
    ...(sentAt !== undefined && { sentAt }),
    ...(toneCount !== undefined && {
      playedToneCount: (row?.playedToneCount ?? 0) + (status === 'succeeded' ? toneCount : 0),
    }),
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

/** True when the watch of a claimed row is over: nobody will know any more. */
export function isUnwatched(row: OutcomeFacts, now: number): boolean {
  return (row.status === 'sending' || row.status === 'running') && now >= (row.watchUntil ?? Infinity);
}

/** The end of a row whose watch is over. `wasNotified`: a notification of its call was seen. */
export function unwatched(row: OutcomeFacts, now: number, wasNotified: boolean): End {
  const missing = wasNotified ? 'notification-missing' : 'notifications-never-seen';
  return unknown({ code: row.status === 'sending' ? 'worker-lost' : missing }, now);
}

/** The end of a row whose next part came too late; undefined while it has time, or is not between two parts. */
export function overduePart(row: OutcomeFacts, now: number): End | undefined {
  return row.status === 'pausing' && now > (row.latestStart ?? Infinity) ? interrupted(row, now) : undefined;
}
