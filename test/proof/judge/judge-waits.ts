// Judges what callers who wait were answered: what the row was, an end that stands, and no pending answer after the end.
// Of a row it takes the status alone.
import { lastChange, type History } from './history';
import { dueAtOf } from './judge-times';
import { isEnd, type Report } from './promises';
import type { SeenWait, WaitAnswer } from './seen-wait';

/** A look that begins so long after the end shows it. */
const SHOWS_WITHIN_MS = 2000;

export function judgeWaits(history: History, report: Report): void {
  for (const [clientContext, waits] of history.waits)
    for (const { askedAt, answer } of waits) if (answer) judgeAnswer(history, clientContext, askedAt, answer, report);
}

function judgeAnswer(
  history: History,
  clientContext: string,
  askedAt: number,
  answer: WaitAnswer,
  report: Report,
): void {
  const { at, status } = answer;
  const row = history.rows.get(clientContext);
  if (status === undefined) {
    const isDeleted = row?.deletedAt !== undefined && row.deletedAt <= at;
    if ((history.requests.get(clientContext)?.answeredAt ?? Infinity) < askedAt && !isDeleted)
      report('false status', clientContext, 'a waiter was answered 404, although it had been accepted');
    return;
  }
  const wasSo = row?.changes.some((change) => change.to === status && change.at <= at) ?? false;
  const end = lastChange(row)?.to;
  if (!wasSo) report('false status', clientContext, `a waiter was answered ${status}, which it was not`);
  else if (isEnd(status) && status !== 'unknown' && status !== end)
    report('false status', clientContext, `a waiter was answered ${status}, and it became ${end}`);
  else if (!isEnd(status)) judgePending(history, clientContext, answer, report);
}

/** A look ends what is overdue: nobody is answered that it is open once it is due. */
function judgePending(
  history: History,
  clientContext: string,
  { at, lookedAt, status }: WaitAnswer,
  report: Report,
): void {
  const row = history.rows.get(clientContext);
  if (row === undefined || !history.requests.has(clientContext)) return;
  const endedAt = row.changes.find(({ to }) => isEnd(to))?.at ?? Infinity;
  const posts = history.posts.filter((post) => post.clientContext === clientContext && post.permittedAt <= at);
  const part = row.changes.findLast((change) => change.at <= at)?.part ?? 1;
  const lateMs = lookedAt - Math.min(endedAt, dueAtOf(history, clientContext, row, posts, { at, from: status, part }));
  if (lateMs > SHOWS_WITHIN_MS) report('kept waiting', clientContext, `answered ${status} ${lateMs} ms after its end`);
}

/** What waiting came to, for the floors of a run. */
export interface WaitFigures {
  readonly waiters: number;
  /** Those that were answered an end. */
  readonly waitersServed: number;
}

export const NO_WAITS: WaitFigures = { waiters: 0, waitersServed: 0 };

export function waitFiguresOf({ waits }: History): WaitFigures {
  const all: SeenWait[] = [...waits.values()].flat();
  return { waiters: all.length, waitersServed: all.filter(({ answer }) => isEnd(answer?.status ?? '')).length };
}
