// What each status, and each word for what an open request waits for, means to a caller.
// The compiler holds it complete; which statuses are final is the code's own.
import type { ToneStatus } from '../../shared/tones/facts/outcome-facts';
import type { WaitingFor } from '../../shared/tones/facts/waiting-for';

export const STATUS_MEANINGS: Readonly<Record<ToneStatus, string>> = {
  accepted: 'Stored and queued; it may wait for the request before it, or for the call.',
  sending: 'One worker has claimed it and is about to press, or is pressing.',
  running: 'Graph accepted the part; its notification will report the end.',
  pausing: 'A part was played; the next one waits for its pause.',
  succeeded: 'Graph reported completedSuccessfully.',
  failed:
    'Nothing was pressed, or Graph reported a failure, or a later part could not be pressed in time; error.code says which.',
  canceled:
    'A caller cancelled it, and nothing more is pressed (canceled-by-caller); or Graph reported a cancelled media operation: some tones may have been heard.',
  expired: 'Its deadline passed first: certainly never pressed.',
  unknown: 'It may have been pressed, and nobody can know. A late notification still replaces it by the truth.',
};

export const STATUS_ADVICE: Readonly<Record<ToneStatus, string>> = {
  accepted: 'Wait.',
  sending: 'Wait.',
  running: 'Wait.',
  pausing: 'Wait.',
  succeeded: 'Nothing.',
  failed: 'Read error.code and error.message.',
  canceled:
    'canceled-by-caller: nothing; playedToneCount says what was played before. Else check the call, then ask again under a new clientContext.',
  expired: 'Ask again under a new clientContext, with more time.',
  unknown: 'Check the call before you ask again.',
};

export const WAITING_MEANINGS: Readonly<Record<WaitingFor, string>> = {
  queue: 'Nothing holds it up: its message is on the way.',
  'request-before': 'The request before it on the call is not done; waitingBehind names that one.',
  'call-readiness': 'The call takes no tones yet, by its own notifications or by a refusal of Graph.',
  'graph-refusal': 'Graph refused for the moment, for example because it is busy; it is tried again.',
  pause: 'A pause of its dial string.',
  'graph-report': 'It is being pressed, or was: the report of Graph is to come.',
};
