// Judges the parts of requests: what was asked is what is pressed, each after its pause, the part before it played, nothing between.
// A pause counts from when Graph's report reached the app; before the first tone from when its turn came.
import { spelling, type History, type SeenPost, type SeenRow } from './history';
import { isEndedByOthers, playedAt } from './parts-account';
import { isEnd, ROUNDING_MS, SKEW_MS, type Report } from './promises';

/** Graph's refusals that say that the call takes no tones yet. */
const NOT_READY = ['call-not-established', 'audio-inactive', 'no-media-stream', 'wrong-call-state'];

export function judgeParts(history: History, report: Report): void {
  for (const posts of Map.groupBy(history.posts, ({ callId }) => spelling(callId)).values()) {
    for (const post of posts) {
      judgeTones(history, post, report);
      if (post.part === 1) judgePauseBefore(history, post, posts, report);
      else judgeLaterPart(history, post, report);
    }
    judgeBetween(history, posts, report);
  }
}

function judgeTones({ requests }: History, { clientContext, part, tones }: SeenPost, report: Report): void {
  const request = requests.get(clientContext);
  if (request === undefined) return;
  const asked = request.parts[part - 1];
  if (asked === undefined) report('wrong tones', clientContext, `part ${part} was not asked for`);
  else if (asked.tones.join() !== tones.join())
    report('wrong tones', clientContext, `other tones than part ${part} has`);
}

function judgeLaterPart(history: History, post: SeenPost, report: Report): void {
  const { clientContext, part, permittedAt, claimedAt } = post;
  const endedAt = firstEndAt(history.rows.get(clientContext));
  const reportedAt = playedAt(history, clientContext, part - 1);
  if (endedAt < claimedAt) report('part after none played', clientContext, `part ${part} after the request had ended`);
  else if (reportedAt > permittedAt)
    report('part after none played', clientContext, `part ${part - 1} was not reported as played`);
  else judgePause(history, post, reportedAt, report);
}

/** The turn of a request comes when all that were pressed before it on its call have ended. */
function judgePauseBefore(history: History, post: SeenPost, posts: readonly SeenPost[], report: Report): void {
  const { clientContext, permittedAt } = post;
  const request = history.requests.get(clientContext);
  if (request?.parts[0] === undefined || request.parts[0].pauseMs === 0) return;
  const others = posts.filter((other) => other.clientContext !== clientContext && other.leftAt < permittedAt);
  const ends = others.map((other) => firstEndAt(history.rows.get(other.clientContext)));
  const refusals = (history.refusals.get(clientContext) ?? []).filter(
    ({ part, code, at }) => part === 1 && NOT_READY.includes(code) && at < permittedAt,
  );
  const from = [request.askedAt, ...ends, ...refusals.map(({ at }) => at)].filter((at) => at < permittedAt);
  judgePause(history, post, Math.max(...from), report);
}

function judgePause({ requests }: History, post: SeenPost, from: number, report: Report): void {
  const { clientContext, part, permittedAt } = post;
  const pauseMs = requests.get(clientContext)?.parts[part - 1]?.pauseMs ?? 0;
  const earlyMs = from + pauseMs - permittedAt;
  if (earlyMs > 2 * SKEW_MS + ROUNDING_MS)
    report('part before its pause', clientContext, `part ${part} left ${earlyMs} ms before its pause was over`);
}

/** From the first press of a request of several parts until its end no other is claimed on the call. */
function judgeBetween(history: History, posts: readonly SeenPost[], report: Report): void {
  const { requests, rows } = history;
  for (const first of posts) {
    const { clientContext, part } = first;
    if (part !== 1 || (requests.get(clientContext)?.parts.length ?? 1) === 1) continue;
    const endedAt = firstEndAt(rows.get(clientContext));
    for (const other of posts) {
      if (other.clientContext === clientContext || isEndedByOthers(history, other)) continue;
      if (other.leftAt > first.leftAt && other.claimedAt < endedAt)
        report('pressed between parts', other.clientContext, `before ${clientContext} had ended`);
    }
  }
}

function firstEndAt(row: SeenRow | undefined): number {
  return row?.changes.find(({ to }) => isEnd(to))?.at ?? Infinity;
}
