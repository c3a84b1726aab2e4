// What a callback is still owed: whether this end was delivered to it, and whether an attempt is on its way.
// Pure: compares the row of the callback with the row of its request, and knows neither queue nor POST.
import type { OutcomeFacts } from '../facts/outcome-facts';
import type { CallbackFacts } from '../ports/callbacks';
import type { CallbackMessage } from '../ports/queues';

/**
 * Names one end of a request: once delivered, it is not delivered again; a late change from `unknown` is another end.
 */
export function endOf({ status, finishedAt }: OutcomeFacts): string {
  return `${status} ${finishedAt ?? ''}`;
}

/** What further attempts are bound to: one subscription and one end. */
export function tryingOf({ subscribedAt }: CallbackFacts, row: OutcomeFacts): string {
  return `${subscribedAt} ${endOf(row)}`;
}

/** This end was not delivered, and somebody wants it. */
export function isOwed(callback: CallbackFacts | undefined, row: OutcomeFacts): callback is CallbackFacts {
  return callback !== undefined && callback.url !== '' && callback.told !== endOf(row);
}

/** True while something is owed and nobody is about to deliver it: no further attempt is on its way. */
export function isOwedByNobody(callback: CallbackFacts | undefined, row: OutcomeFacts): boolean {
  return isOwed(callback, row) && callback.trying !== tryingOf(callback, row);
}

/** Attempts at this end that failed, as far as the row says. */
export function attemptsAt(callback: CallbackFacts, row: OutcomeFacts): number {
  return callback.trying === tryingOf(callback, row) ? (callback.attempts ?? 0) : 0;
}

/** A further attempt at another subscription or end than the one that the rows have now. */
export function isOfAnother({ trying }: CallbackMessage, callback: CallbackFacts, row: OutcomeFacts): boolean {
  return trying !== undefined && trying !== tryingOf(callback, row);
}

/**
 * Another message does it: a further attempt that is on its way. Where none is, a message of another subscription goes
 * on with this one: a subscriber's write may have landed long after it gave up, and then nobody else sees to it.
 */
export function isOvertaken(message: CallbackMessage, callback: CallbackFacts, row: OutcomeFacts): boolean {
  if (isOfAnother(message, callback, row)) return !isOwedByNobody(callback, row);
  return message.attempts < attemptsAt(callback, row);
}
