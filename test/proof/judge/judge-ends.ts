// Judges what a request ended as: what Graph reported is what the row says, and every other end has a cause that was really injected.
// The code of an end is never believed: it must be the code of that cause.
import type { Causes } from './causes';
import { lastChange, type History, type StatusChange } from './history';
import type { Report } from './promises';

export function judgeEnds(history: History, causes: Causes, report: Report): void {
  const pressed = new Set(
    history.posts.filter((post) => post.executedAt !== undefined).map((post) => post.clientContext),
  );
  for (const [clientContext, row] of history.rows) {
    const end = lastChange(row);
    if (end) judgeEnd(history, causes, clientContext, end, pressed.has(clientContext), report);
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

function judgeEnd(
  history: History,
  causes: Causes,
  clientContext: string,
  { to, errorCode, at }: StatusChange,
  isPressed: boolean,
  report: Report,
): void {
  const reports = history.reports.get(clientContext) ?? [];
  const reported = reports.map(({ status }) => status).join(' or ') || 'nothing';
  const isReported = reports.some(({ status }) => status === to);
  const falseStatus = (detail: string) => report('false status', clientContext, detail);
  switch (to) {
    case 'succeeded':
    case 'canceled':
      if (!isReported) falseStatus(`${to}, Graph reported ${reported}`);
      return;
    case 'failed':
      if (errorCode === 'operation-failed') {
        if (!isReported) falseStatus(`${to}, Graph reported ${reported}`);
      } else if (isPressed) falseStatus(`failed ${errorCode}, in truth pressed`);
      else if (!causes.failed(clientContext, errorCode, at))
        report('unexplained failed', clientContext, errorCode || 'without a code');
      return;
    case 'expired':
      if (isPressed) falseStatus('expired, in truth pressed');
      else if (!causes.expired(clientContext))
        report('unexplained expired', clientContext, 'with ample time and no delay');
      return;
    case 'unknown':
      if (isPressed && reports.some(({ takenAt }) => takenAt !== undefined))
        falseStatus('unknown, although a report of it was taken');
      else if (!causes.unknown(clientContext, errorCode, at))
        report('unexplained unknown', clientContext, errorCode || 'without a code');
  }
}
