// What a person can send to whoever supports the app: ids, codes, counts and times of a request.
// No keys, no function key; the clientContext is in it, because it is the request's name.
import type { Outcome } from './outcome';

export function supportText(outcome: Outcome, host: string, now: number): string {
  const lines: readonly (readonly [string, string | number | undefined])[] = [
    ['app', host],
    ['clientContext', outcome.clientContext],
    ['callId', outcome.callId],
    ['status', outcome.status],
    ['error.code', outcome.errorCode],
    ['waitingFor', outcome.waitingFor],
    ['waitingBehind', outcome.waitingBehind],
    ['operationId', outcome.operationId],
    ['completionReason', outcome.completionReason],
    ['resultInfo.code', outcome.resultCode],
    ['resultInfo.subcode', outcome.resultSubcode],
    ['part', outcome.part],
    ['partCount', outcome.partCount],
    ['toneCount', outcome.toneCount],
    ['playedToneCount', outcome.playedToneCount],
    ['pauseMs', outcome.pauseMs],
    ['acceptedAt', iso(outcome.acceptedAt)],
    ['expiresAt', iso(outcome.expiresAt)],
    ['sentAt', iso(outcome.sentAt)],
    ['finishedAt', iso(outcome.finishedAt)],
    ['copiedAt', iso(now)],
  ];
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${onOneLine(value)}`])).join('\n');
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** A value with line breaks could pretend to be other lines. */
function onOneLine(value: string | number): string {
  return String(value).replaceAll(/\p{Cc}/gu, ' ');
}
