// Judges the order on each call: pressed as accepted, never two at a time, and nobody waits for itself.
// Whether a press can still sound is the world's own account, not what its row says.
import { spelling, type History, type SeenPost } from './history';
import { isEndedByOthers } from './parts-account';
import type { Report } from './promises';

export function judgeOrder(history: History, report: Report): void {
  for (const posts of Map.groupBy(history.posts, ({ callId }) => spelling(callId)).values()) {
    for (const [position, one] of posts.entries()) {
      for (const other of posts.slice(0, position)) {
        if (one.clientContext !== other.clientContext) judgePair(history, inTime(one, other), report);
      }
    }
  }
  judgeChains(history, report);
}

function inTime(one: SeenPost, other: SeenPost): readonly [SeenPost, SeenPost] {
  return one.leftAt < other.leftAt ? [one, other] : [other, one];
}

function judgePair(history: History, [earlier, later]: readonly [SeenPost, SeenPost], report: Report): void {
  const { requests } = history;
  const { clientContext } = later;
  if (isEndedByOthers(history, later)) return;
  if (later.leftAt < earlier.mayPlayUntil && !isEndedByOthers(history, earlier))
    report('order inversion', clientContext, `left while ${earlier.clientContext} could still be played`);
  if (earlier.executedAt === undefined || later.executedAt === undefined) return;
  const answeredAt = requests.get(clientContext)?.answeredAt ?? Infinity;
  if (answeredAt < (requests.get(earlier.clientContext)?.askedAt ?? 0))
    report('order inversion', clientContext, `accepted before ${earlier.clientContext} was asked, pressed after it`);
}

function judgeChains({ requests, rows }: History, report: Report): void {
  const sound = new Set<string>();
  for (const start of requests.keys()) {
    const seen = new Set<string>();
    for (let current = start; current !== '' && !sound.has(current); current = rows.get(current)?.after ?? '') {
      if (seen.has(current)) {
        report('order inversion', start, 'its chain of predecessors is a circle');
        break;
      }
      seen.add(current);
    }
    for (const name of seen) sound.add(name);
  }
}
