// Histories made by hand of a request of three parts, for the tests of the judge: pressed part by part, as it should be.
// Every number is written here; nothing of the app is imported.
import { ask, CLAIMED, MADE, post, report } from './hand-made-history';
import type { History, SeenPost, SeenRow, StatusChange } from './history';
import { partName } from './part-names';

/** Two tones, a second, one tone, half a second, three tones. */
export const PARTS = [
  { pauseMs: 0, tones: ['tone1', 'tone2'], delaysMs: 0 },
  { pauseMs: 1000, tones: ['star'], delaysMs: 0 },
  { pauseMs: 500, tones: ['tone1', 'tone1', 'pound'], delaysMs: 0 },
];
/** The second part is pressed then: 1.1 s after the report of the first. */
export const SECOND = CLAIMED + 1750;
export const THIRD = SECOND + 1200;

export function askParts(at: History, name = 'a', parts = PARTS): void {
  ask(at, name, { parts });
  at.rows.set(name, { changes: [], claims: [], madeAt: MADE, after: '' });
  change(at, 'accepted', MADE, { part: 1 }, name);
}

export function rowOf(at: History, name = 'a'): SeenRow {
  return at.rows.get(name) as SeenRow;
}

export function change(at: History, to: string, time: number, more: Partial<StatusChange> = {}, name = 'a'): void {
  const row = rowOf(at, name);
  const last = row.changes.at(-1);
  if (to === 'sending') row.claims.push(time);
  const { part = last?.part ?? 1, played = last?.played, errorCode = '', sentAt = time } = more;
  row.changes.push({ at: time, from: last?.to, to, errorCode, sentAt, part, played, after: '' });
  row.played = played;
}

export function pressPart(at: History, part: number, left: number, changed: Partial<SeenPost> = {}, name = 'a'): void {
  change(at, 'sending', left - 20, { part }, name);
  const tones = at.requests.get(name)?.parts[part - 1]?.tones ?? [];
  post(at, name, left, { part, tones, ...changed });
}

/** Graph reports the part 600 ms after it left; `played`: the tones of all parts until then. */
export function playPart(at: History, part: number, left: number, played: number, name = 'a'): void {
  pressPart(at, part, left, {}, name);
  change(at, 'running', left + 100, {}, name);
  report(at, partName(name, part), 'succeeded', left + 600);
  const isLast = part === at.requests.get(name)?.parts.length;
  change(at, isLast ? 'succeeded' : 'pausing', left + 610, { part: isLast ? part : part + 1, played }, name);
}

/** The first part was played; the second is due a second later. */
export function firstPlayed(at: History): void {
  askParts(at);
  playPart(at, 1, CLAIMED + 20, 2);
}

/** The second part, too. */
export function secondPlayed(at: History): void {
  firstPlayed(at);
  playPart(at, 2, SECOND, 3);
}

export function allPlayed(at: History): void {
  secondPlayed(at);
  playPart(at, 3, THIRD, 6);
}
