// What the words of the API mean, and what to do about an error: beside what the app's own message says.
// Words only; a contract test compares the names with those of the app.
import type { Outcome } from './outcome';

export const STATUS_MEANINGS: Readonly<Record<string, string>> = {
  accepted: 'Stored and queued. Nothing is pressed yet.',
  sending: 'About to be pressed, or being pressed.',
  running: 'Graph accepted the keys; its report of the end is to come.',
  pausing: 'A part was played; the next one waits for its pause.',
  succeeded: 'Graph reported that all keys were played.',
  failed: 'It ended without all keys played.',
  canceled: 'Nothing more is pressed.',
  expired: 'The deadline passed first: certainly never pressed.',
  unknown: 'It may have been pressed, and nobody can know. A late report of Graph still replaces this.',
};

export const WAITING_MEANINGS: Readonly<Record<string, string>> = {
  queue: 'its message, which is on the way',
  'request-before': 'the request before it on the call',
  'call-readiness': 'the call to take tones: established, with active audio',
  'graph-refusal': 'Graph, which refused for the moment; it is tried again',
  pause: 'its pause to be over',
  'graph-report': 'the report of Graph',
};

const ADVICE = {
  yes: 'The same keys can be asked for again: as a new request, under a new name.',
  no: 'Asking again changes nothing before the cause is removed.',
  'check-first': 'Keys may have been heard. Listen to the call, or ask its other end, before you ask again.',
} as const;

/** Whether asking again can help, by `error.code`. */
export const ASK_AGAIN: Readonly<Record<string, keyof typeof ADVICE>> = {
  'permission-missing': 'no',
  'tenant-not-permitted': 'no',
  'tenant-not-consented': 'no',
  'tenant-not-found': 'no',
  'tenant-not-listed': 'no',
  'source-not-permitted': 'no',
  'app-not-registered': 'no',
  'graph-forbidden': 'no',
  'graph-unauthorized': 'no',
  'call-not-found': 'no',
  'call-does-not-exist': 'no',
  'call-terminated': 'no',
  'call-ended': 'no',
  'invalid-argument': 'no',
  'graph-refused': 'no',
  'call-not-established': 'yes',
  'audio-inactive': 'yes',
  'no-media-stream': 'yes',
  'wrong-call-state': 'yes',
  'media-busy': 'yes',
  'operation-conflict': 'yes',
  'precondition-failed': 'yes',
  throttled: 'yes',
  'graph-unreachable': 'yes',
  'token-unavailable': 'yes',
  expired: 'yes',
  'request-before-not-done': 'yes',
  'sequence-interrupted': 'check-first',
  'canceled-by-caller': 'check-first',
  'delivery-failed': 'check-first',
  'graph-timeout': 'check-first',
  'graph-connection-lost': 'check-first',
  'graph-fault': 'check-first',
  'worker-lost': 'check-first',
  'call-ended-meanwhile': 'no',
  'notification-missing': 'check-first',
  'notifications-never-seen': 'check-first',
  'operation-canceled': 'check-first',
  'operation-failed': 'check-first',
};

/** They end a request before its first press, or between two parts: `sentAt`, when it was first pressed, says which. */
const ENDS_BETWEEN_PRESSES: readonly string[] = ['canceled-by-caller', 'delivery-failed'];

/** Undefined for a code that the page does not know: then the app's own message stands alone. */
export function adviceFor({
  errorCode = '',
  sentAt,
  playedToneCount = 0,
}: Pick<Outcome, 'errorCode' | 'sentAt' | 'playedToneCount'>): string | undefined {
  const askAgain = Object.hasOwn(ASK_AGAIN, errorCode) ? ASK_AGAIN[errorCode] : undefined;
  // Whatever ended it: part of it was heard.
  if (playedToneCount > 0) return askAgain && ADVICE['check-first'];
  if (sentAt === undefined && ENDS_BETWEEN_PRESSES.includes(errorCode))
    return `It was certainly never pressed. ${ADVICE.yes}`;
  return askAgain && ADVICE[askAgain];
}

export function meaningOf(words: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}
