// What a caller who cancels was answered, for histories made by hand.
// Every number is written by the test; nothing of the app is imported.
import { CLAIMED } from './hand-made-history';
import { change, firstPlayed } from './hand-made-parts';
import { append, type History } from './history';
import type { CancelAnswer } from './seen-cancel';

/** Cancelled at `time` and answered 10 ms later; `after`: what happened then. */
export function cancel(
  at: History,
  time: number,
  status: string | undefined,
  after: Partial<CancelAnswer> = {},
  name = 'a',
): void {
  const answer = { at: time + 10, status, part: 1, postsAfter: [], statusesAfter: [], ...after };
  append(at.cancels, name, { askedAt: time, answer });
}

/** Cancelled between the first and the second of three parts. */
export function cancelledBetween(at: History, after: Partial<CancelAnswer> = {}): void {
  firstPlayed(at);
  change(at, 'canceled', CLAIMED + 1005, { errorCode: 'canceled-by-caller' });
  cancel(at, CLAIMED + 1000, 'canceled', { part: 2, ...after });
}
