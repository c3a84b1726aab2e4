// A dial string of three parts between its first and its second: the message of the second part, and the row that it finds.
// Data only; what becomes of it is the tests' own.
import type { OutcomeFacts } from '../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../shared/tones/ports/queues';
import { T0 } from './tones-ports';

export const SECOND_PART: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone8', 'tone6'],
  part: 2,
  rest: [{ pauseMs: 8000, tones: ['pound'] }],
  expiresAt: T0 + 70_000,
  etag: '',
  waits: 0,
};

/** Its pause is over now. */
export const BETWEEN_PARTS: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'pausing',
  toneCount: 4,
  partCount: 3,
  part: 2,
  partSizes: '0:1 1000:2 8000:1',
  playedToneCount: 1,
  operationId: 'op-0',
  claimId: '',
  claimedAt: T0 - 3000,
  sentAt: T0 - 2900,
  expiresAt: T0 - 2000,
  notBefore: T0,
  latestStart: T0 + 4000,
};
