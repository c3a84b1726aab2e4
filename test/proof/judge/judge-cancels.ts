// Judges cancelling: what was answered `canceled` is never pressed after that, what was answered 202 ends with its part,
// and nobody is `canceled` who was not cancelled. Of a row it takes the status and the part alone.
import { lastChange, type History, type StatusChange } from './history';
import { isEndedByOthers, isPressed, playedAt, reportsOfPart } from './parts-account';
import { isEnd, type Report } from './promises';
import type { CancelAnswer, SeenCancel } from './seen-cancel';

/** The code of an end that a caller asked for. */
export const CANCELED_BY_CALLER = 'canceled-by-caller';
/** A request that waits for a press. */
const WAITS = ['accepted', 'pausing'];

export function judgeCancels(history: History, report: Report): void {
  for (const [clientContext, cancels] of history.cancels)
    for (const cancel of cancels) judgeAnswer(history, clientContext, cancel, report);
}

function judgeAnswer(history: History, clientContext: string, { askedAt, answer }: SeenCancel, report: Report): void {
  if (answer === undefined) {
    if (history.faults.size === 0) report('cancel lost', clientContext, 'never answered, and nothing went wrong');
    return;
  }
  const { status, at } = answer;
  const postsAfter = answer.postsAfter.filter((part) => !isLostToOthers(history, clientContext, part));
  const request = history.requests.get(clientContext);
  const row = history.rows.get(clientContext);
  if (status === undefined) {
    const isDeleted = row?.deletedAt !== undefined && row.deletedAt <= at;
    if ((request?.answeredAt ?? Infinity) < askedAt && !isDeleted)
      report('cancel lost', clientContext, 'answered 404, although it had been accepted');
    return;
  }
  const wasSo = row?.changes.some((change) => change.to === status && change.at <= at) ?? false;
  if (request === undefined) report('false status', clientContext, `cancelled as ${status}, and nobody asked for it`);
  else if (!wasSo) report('false status', clientContext, `a cancel was answered ${status}, which it was not`);
  else if (WAITS.includes(status)) report('cancel lost', clientContext, `answered ${status}, and goes on waiting`);
  else if (!isEnd(status)) judgeMarked(history, clientContext, { ...answer, postsAfter, status }, report);
  else if (status === 'canceled' && postsAfter.length > 0)
    report('pressed after a cancel', clientContext, `part ${postsAfter.join()} left after the answer canceled`);
}

/** The app took somebody else's operation for the end of the part, whose process was held up. */
function isLostToOthers(history: History, clientContext: string, part: number): boolean {
  return history.posts.some(
    (post) => post.clientContext === clientContext && post.part === part && isEndedByOthers(history, post),
  );
}

/** Answered 202: the part that is being pressed or played goes on, and nothing after it. */
function judgeMarked(
  history: History,
  clientContext: string,
  { status, part, postsAfter, statusesAfter }: CancelAnswer,
  report: Report,
): void {
  const mayLeave = status === 'sending' ? 1 : 0;
  const isTooMuch = postsAfter.some((left) => left !== part) || postsAfter.length > mayLeave;
  if (isTooMuch)
    report('pressed after a cancel', clientContext, `part ${postsAfter.join()} left after 202 at ${status} ${part}`);
  const waited = statusesAfter.find((after) => WAITS.includes(after));
  if (waited !== undefined) report('cancel lost', clientContext, `answered 202, then ${waited}`);
  const isLast = part >= (history.requests.get(clientContext)?.parts.length ?? 1);
  const isTaken = reportsOfPart(history, clientContext, part).some(
    (sent) => sent.status === 'succeeded' && sent.takenAt !== undefined && !sent.isForeign,
  );
  const end = lastChange(history.rows.get(clientContext))?.to;
  if (!isLast && isTaken && end !== 'canceled')
    report('cancel lost', clientContext, `part ${part} was played after 202, and it is ${end}`);
}

/** An end under the code of a caller's cancelling: somebody cancelled it, and it was where that ends it. */
export function judgeCanceledByCaller(
  history: History,
  clientContext: string,
  { at, from, part }: StatusChange,
  report: Report,
): void {
  const partCount = history.requests.get(clientContext)?.parts.length ?? 1;
  if (!history.cancels.get(clientContext)?.some(({ askedAt }) => askedAt <= at))
    report('canceled without cause', clientContext, `from ${from}, and nobody cancelled it`);
  const isPlayed = part < partCount && playedAt(history, clientContext, part) <= at;
  const isUnpressed = !isPressed(history, clientContext, part);
  const isTrue =
    (isUnpressed && (from === 'sending' || WAITS.includes(from ?? ''))) || (isPlayed && !WAITS.includes(from ?? ''));
  if (!isTrue) report('false status', clientContext, `canceled at part ${part} of ${partCount} from ${from}`);
}
