// Judges what a request ended as: what Graph reported is what the row says, and every other end has a cause that was really injected.
// The code of an end is never believed: it must be the code of that cause.
import type { Causes } from './causes';
import { CANCELED_BY_CALLER, judgeCanceledByCaller } from './judge-cancels';
import { lastChange, type History, type SeenRow, type StatusChange } from './history';
import { isPressed, playedAt, reportsOfPart } from './parts-account';
import type { Report } from './promises';

export function judgeEnds(history: History, causes: Causes, report: Report): void {
  for (const [clientContext, row] of history.rows) {
    const end = lastChange(row);
    if (end) judgeEnd(history, causes, clientContext, end, report);
    judgePartsOfRow(history, clientContext, row, report);
    for (const { to, errorCode, at } of row.changes.slice(0, -1)) {
      if (to === 'unknown' && !causes.unknown(clientContext, errorCode, at))
        report('unexplained unknown', clientContext, `${errorCode || 'without a code'}, and then cleared`);
    }
  }
  for (const [clientContext, { refused }] of history.requests) {
    const isForeign = history.faults.get(clientContext)?.some(({ cause }) => cause === 'strangersReport') === true;
    if (refused && !isForeign) report('false status', clientContext, 'answered 409 for its own request');
  }
}

function judgeEnd(history: History, causes: Causes, clientContext: string, end: StatusChange, report: Report): void {
  const { to, from, errorCode, at, part } = end;
  const partCount = history.requests.get(clientContext)?.parts.length ?? 1;
  const reports = reportsOfPart(history, clientContext, part);
  const wasPressed = isPressed(history, clientContext, part);
  const reported = reports.map(({ status }) => status).join(' or ') || 'nothing';
  const isReported = reports.some(({ status }) => status === to);
  const falseStatus = (detail: string) => report('false status', clientContext, detail);
  switch (to) {
    case 'succeeded':
    case 'canceled':
      if (errorCode === CANCELED_BY_CALLER && to === 'canceled')
        return judgeCanceledByCaller(history, clientContext, end, report);
      if (to === 'succeeded' && from !== undefined && part !== partCount)
        falseStatus(`succeeded at part ${part} of ${partCount}`);
      else if (!isReported) falseStatus(`${to}, Graph reported ${reported}`);
      return;
    case 'failed':
      if (errorCode === 'operation-failed') {
        if (!isReported) falseStatus(`${to}, Graph reported ${reported}`);
      } else if (from === 'unknown' && errorCode === 'sequence-interrupted') {
        if (playedAt(history, clientContext, part) > at || part === partCount)
          falseStatus(`interrupted after part ${part} of ${partCount}, Graph reported ${reported}`);
      } else if (wasPressed) falseStatus(`failed ${errorCode}, in truth pressed`);
      else if (!causes.failed(clientContext, end))
        report('unexplained failed', clientContext, errorCode || 'without a code');
      return;
    case 'expired':
      if (wasPressed || part > 1) falseStatus('expired, in truth pressed');
      else if (!causes.expired(clientContext))
        report('unexplained expired', clientContext, 'with ample time and no delay');
      return;
    case 'unknown':
      if (wasPressed && reports.some(({ takenAt, isForeign }) => takenAt !== undefined && !isForeign))
        falseStatus('unknown, although a report of it was taken');
      else if (!causes.unknown(clientContext, errorCode, at))
        report('unexplained unknown', clientContext, errorCode || 'without a code');
  }
}

/** The part that a row says it is at is the one after those that Graph reported as played. */
function judgePartsOfRow(history: History, clientContext: string, { changes }: SeenRow, report: Report): void {
  for (const { to, at, part } of changes) {
    const isAhead = part > 1 && playedAt(history, clientContext, part - 1) > at;
    if (isAhead) report('false status', clientContext, `${to} at part ${part}, the one before it was not played`);
    if (isPressed(history, clientContext, part + 1) && at === changes.at(-1)?.at)
      report('false status', clientContext, `${to} at part ${part}, in truth part ${part + 1} was pressed`);
  }
}
