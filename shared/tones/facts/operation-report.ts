// What Graph reports of the end of a sendDtmfTones operation, and what that means.
// Judged in one place; knows nothing of how a report comes, in a reply or in a notification.

/** Graph's resultInfo; each part may be missing. */
export interface ResultInfo {
  readonly code?: number;
  /** A code was there, but is no Int32: it is stored nowhere, and certainly is not 2xx. */
  readonly codeIsUnreadable?: true;
  readonly subcode?: number;
  readonly message?: string;
}

/** The end of one operation as Graph reported it, in canonical spelling (camelCase enum values, numbers as numbers). */
export interface OperationReport {
  readonly clientContext: string;
  readonly callId: string;
  /** The tenant that the token of its notification names, in lower case. */
  readonly tenantId?: string;
  readonly operationId?: string;
  /** Graph's operation status (`completed`, `failed`, …); absent where the item has none. */
  readonly status?: string;
  /** `completedSuccessfully`, `mediaOperationCanceled`, `unknown`, or what Graph adds. */
  readonly completionReason?: string;
  readonly resultInfo?: ResultInfo;
}

export type ReportedStatus = 'succeeded' | 'failed' | 'canceled';

/** Subcode of a media operation that was cancelled (platform's published list). */
const CANCELED_SUBCODE = 8508;

/**
 * What an operation that ended came to. Graph's `completed` alone is not success: its documented failures are
 * `completed` too (call: sendDtmfTones, examples "Error 1" and "Error 2").
 */
export function judge(report: OperationReport): ReportedStatus {
  const { completionReason, resultInfo, status } = report;
  if (completionReason === 'mediaOperationCanceled' || resultInfo?.subcode === CANCELED_SUBCODE) return 'canceled';
  const { code, codeIsUnreadable = false } = resultInfo ?? {};
  const codeIsGood = code === undefined ? !codeIsUnreadable : code >= 200 && code <= 299;
  return completionReason === 'completedSuccessfully' && status !== 'failed' && codeIsGood ? 'succeeded' : 'failed';
}
