// What is untrue about a final status, in the light of what Graph did with each part.
// Knows one request and its row; the times are judged elsewhere.
import type { Row } from '../../support/services/stored-rows';
import type { PartAccount, RequestAccount } from './parts-account';

/** Undefined: it may be true. */
export function faultOfStatus({ request, parts }: RequestAccount, row: Row): string | undefined {
  const status = String(row.status);
  const code = typeof row.errorCode === 'string' ? row.errorCode : '';
  const said = `${status} ${code}`.trim();
  const last = parts.findLast(({ presses }) => presses.length > 0);
  const fault =
    code === 'canceled-by-caller'
      ? faultOfCanceled(request.cancels.length, parts, last)
      : faultOf(status, code, parts, last, row);
  return fault && `${said}, ${fault}`;
}

/** Nothing was pressed, or what was pressed was played and something was left. */
function faultOfCanceled(
  cancels: number,
  parts: readonly PartAccount[],
  last: PartAccount | undefined,
): string | undefined {
  if (cancels === 0) return 'and no caller cancelled it';
  if (last === undefined) return undefined;
  if (last === parts.at(-1)) return 'in truth every part was pressed';
  return last.end === 'succeeded' && last.reportedFrom < Infinity ? undefined : `in truth ${String(last.end)}`;
}

function faultOf(
  status: string,
  code: string,
  parts: readonly PartAccount[],
  last: PartAccount | undefined,
  row: Row,
): string | undefined {
  const isReport = status === 'succeeded' || status === 'canceled' || code === 'operation-failed';
  if (isReport) return faultOfReported(status, parts, last, row);
  if (status === 'unknown') {
    const isTaken = (parts[Number(row.part ?? 1) - 1]?.recordedBy ?? Infinity) < Infinity;
    return isTaken ? 'although Graph’s report was taken' : undefined;
  }
  if (last === undefined) return undefined;
  // A later part that could not be pressed in time, or was refused, ends what was played so far.
  const isBetween = status === 'failed' && last !== parts.at(-1) && last.end === 'succeeded';
  return isBetween && last.reportedFrom < Infinity ? undefined : 'in truth pressed';
}

function faultOfReported(
  status: string,
  parts: readonly PartAccount[],
  last: PartAccount | undefined,
  row: Row,
): string | undefined {
  if (last === undefined) return 'in truth not pressed';
  if (last.end !== status) return `in truth ${last.end}`;
  if (status === 'succeeded' && last !== parts.at(-1)) return 'and not every part was pressed';
  const { operationId } = last.presses[0] ?? {};
  return row.operationId !== undefined && row.operationId !== operationId ? 'of another operation' : undefined;
}
