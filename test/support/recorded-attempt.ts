// One attempt at a claimed request, recorded: what the tests of races and of storage faults have in common.
// The row is claimed by us, at version v1; a test changes it, or lets an operation fail, before it records.
import { makeAttemptRecorder } from '../../shared/tones/delivery/press/record-attempt';
import type { OutcomeFacts } from '../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from './tones-ports';

export const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  etag: 'v0',
  waits: 0,
};
export const SENT = T0 - 400;
export const NAMES = { clientContext: 'me', callId: 'call-1' };
export const DOWN = ['error', 'storage-failed', { ...NAMES, detail: 'StorageDown' }];

export const RUNNING: PressReply = { kind: 'running', operationId: 'op-1' };
export const ENDED: PressReply = {
  kind: 'ended',
  report: { clientContext: 'me', callId: 'call-1', operationId: 'op-1', completionReason: 'completedSuccessfully' },
};
export const UNCERTAIN: PressReply = { kind: 'uncertain', fault: { code: 'graph-timeout' } };
export const REFUSED: PressReply = {
  kind: 'refused',
  fault: { code: 'call-not-found' },
  again: 'never',
  answered: true,
};
export const LATER: PressReply = { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true };
export const NO: PressReply = { kind: 'not-permitted' };

export function claimed(now: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', status: 'sending', claimId: 'mine', claimedAt: T0 - 500 });
  if (Object.keys(now).length > 0) at.change('me', now);
  return at;
}

export async function record(at: TonesPorts, reply: PressReply, sentAt: number | 'never' = SENT) {
  const { ending } = await makeAttemptRecorder(at.ports)(
    {
      message: MESSAGE,
      part: 1,
      deadline: T0 + 60_000,
      claimId: 'mine',
      claimedAt: T0 - 500,
      row: { ...NAMES, status: 'sending', claimId: 'mine', claimedAt: T0 - 500, etag: 'v1' },
    },
    reply,
    sentAt === 'never' ? undefined : sentAt,
  );
  return ending;
}

export const notRecorded = (status: string, reason: string) => [
  'warn',
  'outcome-not-recorded',
  { ...NAMES, status, reason },
];
