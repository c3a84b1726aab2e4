// The judge's own account of a request's parts: which were pressed, and which Graph reported as played.
// Taken from what left for Graph and what came from it; of a row only when a part was first claimed.
import type { History, SeenPost, SentReport } from './history';
import { partName } from './part-names';

/** A report that reached the app before its part was claimed says nothing; taking one may last so long. */
const TAKING_MS = 30_000;

export function reportsOfPart({ reports }: History, clientContext: string, part: number): readonly SentReport[] {
  return reports.get(partName(clientContext, part)) ?? [];
}

/** When a report that the part was played first reached the app, where it could count; Infinity: never. */
export function playedAt(history: History, clientContext: string, part: number): number {
  const from = claimedAt(history, clientContext, part) - TAKING_MS;
  const arrivals = reportsOfPart(history, clientContext, part)
    .filter(({ status }) => status === 'succeeded')
    .flatMap((sent) => sent.arrivals.filter((at) => at >= from));
  return Math.min(Infinity, ...arrivals);
}

/** Whether Graph executed the part. */
export function isPressed({ posts }: History, clientContext: string, part: number): boolean {
  return posts.some(
    (post) => post.clientContext === clientContext && post.part === part && post.executedAt !== undefined,
  );
}

/**
 * Somebody else's operation ended under the name of a press that was claimed and may still leave or play, or the app was
 * still at work on its report when it claimed: nobody can tell the two apart.
 */
export function isEndedByOthers(
  history: History,
  { clientContext, part, claimedAt: from, mayPlayUntil }: SeenPost,
): boolean {
  return reportsOfPart(history, clientContext, part).some(
    ({ isForeign, arrivals, takenAt = 0 }) =>
      isForeign && arrivals.some((at) => at < mayPlayUntil && (at > from || takenAt > from)),
  );
}

function claimedAt({ rows, posts }: History, clientContext: string, part: number): number {
  const claim = rows.get(clientContext)?.changes.find((change) => change.to === 'sending' && change.part === part);
  if (claim !== undefined) return claim.sentAt;
  return posts.find((post) => post.clientContext === clientContext && post.part === part)?.leftAt ?? Infinity;
}
