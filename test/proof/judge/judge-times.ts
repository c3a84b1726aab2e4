// Judges times: no press after its deadline, none too late after its claim or sooner than Graph asked for, every end in time, every row kept and deleted in time.
// A deadline is what was asked, counted from when the request was made; clocks may disagree by as much as is stated.
import { append, lastChange, type History, type SeenPost, type SeenRow, type StatusChange } from './history';
import { FINAL_WITHIN_MS, isEnd, LEAD_MS, MOST_MISSED_RUNS, ROUNDING_MS, SKEW_MS, type Report } from './promises';

const DAY_MS = 86_400_000;
/** A write says when it was decided, and may land so much later. */
const LANDS_WITHIN_MS = 60_000;
/** A request whose writes fail so often at storage may be left to its deadline. */
export const MANY_STORAGE_FAULTS = 3;
const STORAGE_FAULTS = ['storageRefused', 'storageAnswerLost', 'storageLandsLate', 'outage'];

/** The latest true time at which the deadline of the request can be. */
export function deadlineOf({ requests, rows }: History, clientContext: string): number {
  const request = requests.get(clientContext);
  const row = rows.get(clientContext);
  return request === undefined || row === undefined ? Infinity : row.madeAt + request.expiresInMs;
}

/** The earliest: counted from when the request was sent. */
export function earliestDeadlineOf({ requests }: History, clientContext: string): number {
  const request = requests.get(clientContext);
  return request === undefined ? Infinity : request.askedAt + request.expiresInMs - 2 * SKEW_MS;
}

/**
 * The latest true time at which a part after the first may be pressed: its lateness after its pause, counted from when
 * the report of the part before it was written down.
 */
export function latestStartOf({ requests, rows, stated }: History, clientContext: string, part: number): number {
  const pausing = rows.get(clientContext)?.changes.find((change) => change.to === 'pausing' && change.part === part);
  const pauseMs = requests.get(clientContext)?.parts[part - 1]?.pauseMs ?? 0;
  return pausing === undefined ? Infinity : pausing.sentAt + pauseMs + stated.partLatenessMs;
}

export function storageFaultsOf({ faults }: History, clientContext: string): number {
  return (faults.get(clientContext) ?? []).filter(({ cause }) => STORAGE_FAULTS.includes(cause)).length;
}

export function judgeTimes(history: History, report: Report): void {
  const postsOf = new Map<string, SeenPost[]>();
  for (const post of history.posts) {
    judgePost(history, post, report);
    append(postsOf, post.clientContext, post);
  }
  for (const [clientContext, row] of history.rows) {
    if (history.requests.has(clientContext)) judgeEnd(history, clientContext, row, postsOf.get(clientContext), report);
    judgeRetention(history, clientContext, row, report);
  }
  judgeDrops(history, report);
}

function judgePost(history: History, post: SeenPost, report: Report): void {
  const { clientContext, part, permittedAt, claimedAt, limitMs, executedAt, heldUpMs } = post;
  const deadline = part === 1 ? deadlineOf(history, clientContext) : latestStartOf(history, clientContext, part);
  const halfOfGraceMs = history.stated.sendGraceMs / 2;
  const late = (detail: string) => report('late press', clientContext, detail);
  const afterDeadline = (detail: string) =>
    report(part === 1 ? 'late press' : 'part after its lateness', clientContext, detail);
  if (permittedAt > deadline - LEAD_MS + 2 * SKEW_MS)
    afterDeadline(`left with ${deadline - permittedAt} ms to its deadline`);
  if (executedAt !== undefined && executedAt - heldUpMs > deadline)
    afterDeadline(`${executedAt - heldUpMs - deadline} ms after its deadline, injected delays taken off`);
  if (permittedAt > claimedAt + halfOfGraceMs + ROUNDING_MS) late(`left ${permittedAt - claimedAt} ms after its claim`);
  if (limitMs > halfOfGraceMs) late(`was given ${limitMs} ms`);
  for (const { at, part: refused, retryAfterMs } of history.refusals.get(clientContext) ?? []) {
    const earlyMs = at + retryAfterMs - permittedAt;
    if (refused === part && at < permittedAt && earlyMs > 2 * SKEW_MS + ROUNDING_MS)
      report('early press', clientContext, `${earlyMs} ms before the time that Graph asked for`);
  }
}

/** A row is due at its deadline, or once claimed at the end of its watch. */
function judgeEnd(
  history: History,
  clientContext: string,
  row: SeenRow,
  posts: readonly SeenPost[] = [],
  report: Report,
): void {
  const position = row.changes.findIndex(({ to }) => isEnd(to));
  const { timerRuns } = history;
  const end = row.changes[position];
  const { from: before } = end ?? {};
  if (end === undefined || before === undefined) return;
  const dueAt = dueAtOf(history, clientContext, row, posts, end);
  const latestAt = dueAt + FINAL_WITHIN_MS + 2 * SKEW_MS;
  if (end.at <= latestAt) return;
  const missed = timerRuns.filter((run) => run.startedAt > dueAt && run.startedAt < latestAt && run.ok !== true);
  if (missed.length < MOST_MISSED_RUNS)
    report('final too late', clientContext, `${end.at - dueAt} ms after it was due as ${before}`);
}

/** When a row that is `from` at that time is due. */
export function dueAtOf(
  history: History,
  clientContext: string,
  { madeAt, claims }: SeenRow,
  posts: readonly SeenPost[],
  { at, from, part }: Pick<StatusChange, 'at' | 'from' | 'part'>,
): number {
  const { stated, requests } = history;
  const request = requests.get(clientContext);
  switch (from) {
    case 'accepted':
      return madeAt + (request?.expiresInMs ?? 0);
    case 'sending':
      return Math.max(0, ...claims.filter((time) => time <= at)) + stated.sendGraceMs;
    case 'pausing':
      return latestStartOf(history, clientContext, part);
    default: {
      const pressedAt = Math.max(0, ...posts.map((post) => post.permittedAt));
      return pressedAt + (request?.parts[part - 1]?.delaysMs ?? 0) + stated.notificationGraceMs;
    }
  }
}

/** A row is kept as long as stated, and deleted a day or two after it. */
function judgeRetention(
  { stated, endsAt, livelock }: History,
  clientContext: string,
  row: SeenRow,
  report: Report,
): void {
  const end = lastChange(row);
  if (end === undefined || livelock) return;
  const keptUntil = end.at + stated.retentionMs;
  if (row.deletedAt === undefined) {
    if (isEnd(end.to) && endsAt > keptUntil + 2 * DAY_MS)
      report('kept too long', clientContext, `${endsAt - keptUntil} ms beyond its time`);
    return;
  }
  if (!isEnd(end.to)) report('deleted too early', clientContext, `deleted while ${end.to}`);
  else if (row.deletedAt < keptUntil - LANDS_WITHIN_MS)
    report('deleted too early', clientContext, `${keptUntil - row.deletedAt} ms before its time`);
}

/** A request that was answered 202 and may still be pressed has a message. */
function judgeDrops(history: History, report: Report): void {
  for (const { at, clientContext } of history.drops) {
    const answeredAt = history.requests.get(clientContext)?.answeredAt ?? Infinity;
    if (answeredAt > at || at >= earliestDeadlineOf(history, clientContext)) continue;
    // An older app lets go what it cannot read, and another copy may have ended for that one.
    if (history.faults.get(clientContext)?.some(({ cause }) => cause === 'olderApp')) continue;
    const status = history.rows.get(clientContext)?.changes.findLast((change) => change.at <= at)?.to;
    if (status === 'accepted' && storageFaultsOf(history, clientContext) < MANY_STORAGE_FAULTS)
      report('lost', clientContext, 'its only message was dropped while it could still be pressed');
  }
}
