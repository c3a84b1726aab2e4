// Histories made by hand, for the tests of the judge: one request of 60 seconds, and what may become of it.
// Every number is written here; nothing of the app is imported.
import { append, emptyHistory, type AskedRequest, type History, type SeenPost, type SeenRow } from './history';

export const STATED = {
  sendGraceMs: 30_000,
  notificationGraceMs: 60_000,
  partLatenessMs: 5000,
  longestWaitMs: 8000,
  retentionMs: 172_800_000,
};
export const ASKED = 1_000_000;
export const MADE = ASKED + 20;
/** Asked with 60 seconds: the latest that its deadline can be. */
export const DEADLINE = MADE + 60_000;
export const DAY = 86_400_000;

const ONE_PART = [{ pauseMs: 0, tones: ['tone1'], delaysMs: 0 }];

/** One request of 60 seconds on a call that is ready, in a history that ends minutes later. */
export function history(change: (at: History) => void = () => undefined): History {
  const at = emptyHistory(STATED);
  at.endsAt = ASKED + 1_000_000;
  at.calls.set('call', { readyAt: 0, endsAt: Infinity });
  ask(at, 'a');
  change(at);
  return at;
}

export function ask(at: History, name: string, asked: Partial<AskedRequest> = {}): void {
  const usual = { callId: 'Call', askedAt: ASKED, expiresInMs: 60_000, parts: ONE_PART, answeredAt: ASKED + 50 };
  at.requests.set(name, { ...usual, ...asked });
}

/** The statuses of a row, each with its time. */
export function row(at: History, name: string, statuses: readonly (readonly [string, number, string?])[]): SeenRow {
  const changes = statuses.map(([to, time, errorCode = ''], position) => {
    return {
      at: time,
      from: statuses[position - 1]?.[0],
      to,
      errorCode,
      sentAt: time,
      part: 1,
      played: undefined,
      after: '',
    };
  });
  const claims = statuses.filter(([status]) => status === 'sending').map(([, time]) => time);
  const seen: SeenRow = { changes, claims, madeAt: MADE, after: '' };
  at.rows.set(name, seen);
  return seen;
}

export function post(at: History, name: string, left: number, changed: Partial<SeenPost> = {}): SeenPost {
  const seen: SeenPost = {
    clientContext: name,
    part: 1,
    tones: ['tone1'],
    callId: 'Call',
    claimedAt: left - 20,
    permittedAt: left,
    limitMs: 15_000,
    leftAt: left,
    heldUpMs: 0,
    executedAt: left + 30,
    mayPlayUntil: left + 530,
    ...changed,
  };
  at.posts.push(seen);
  return seen;
}

export const CLAIMED = ASKED + 100;

/** Pressed, and reported as played. */
export function succeeded(at: History, name = 'a', left = CLAIMED + 20): SeenRow {
  post(at, name, left);
  report(at, name, 'succeeded', left + 600);
  const seen = row(at, name, [
    ['accepted', MADE],
    ['sending', left - 20],
    ['running', left + 100],
    ['succeeded', left + 600],
  ]);
  seen.played = 1;
  return seen;
}

/** A report under that name that the app took at once. */
export function report(at: History, name: string, status: string, time: number): void {
  append(at.reports, name, { status, arrivals: [time], takenAt: time });
}

export function fault(at: History, name: string, cause: string): void {
  append(at.faults, name, { at: ASKED, cause });
}

export function ended(at: History, status: string, time: number, code = ''): SeenRow {
  return row(at, 'a', [
    ['accepted', MADE],
    [status, time, code],
  ]);
}

export function unknown(at: History, code: string): SeenRow {
  return row(at, 'a', [
    ['accepted', MADE],
    ['sending', CLAIMED],
    ['unknown', CLAIMED + 15_000, code],
  ]);
}

export const refusal = (code: string, again: 'later' | 'never') => ({
  at: ASKED + 200,
  part: 1,
  code,
  again,
  retryAfterMs: 0,
});
