// A claim whose answer was lost: the SDK sent it again, and a caller cancelled in between. The claim is known by its id
// when the row is read, and the mark that is read with it counts.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeCanceler } from '../../../../shared/tones/delivery/cancel';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const NAMES = { clientContext: 'me', callId: 'call-1' };
const ROW: OutcomeFacts = {
  ...NAMES,
  status: 'accepted',
  fingerprint: 'f',
  toneCount: 3,
  partCount: 2,
  part: 1,
  partSizes: '0:1 1000:2',
  expiresAt: T0 + 60_000,
};
const PAUSING = {
  status: 'pausing',
  part: 2,
  playedToneCount: 1,
  claimId: '',
  claimedAt: T0 - 900,
  sentAt: T0 - 800,
  notBefore: T0,
  latestStart: T0 + 4000,
} as const;
const FIRST: ToneMessage = {
  ...NAMES,
  tones: ['tone1'],
  rest: [{ pauseMs: 1000, tones: ['tone8', 'tone6'] }],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
};
const SECOND: ToneMessage = { ...NAMES, tones: ['tone8', 'tone6'], part: 2, expiresAt: T0 + 9000, etag: '', waits: 0 };
const PLAYED: PressReply = {
  kind: 'ended',
  report: { ...NAMES, operationId: 'op', completionReason: 'completedSuccessfully' },
};
const RUNNING: PressReply = { kind: 'running', operationId: 'op' };
const LATER: PressReply = { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true };

/** Presses; the claim is written twice, and a caller cancels, or wants a callback, before it is read back. */
async function press(part: 1 | 2, reply: PressReply, meanwhile?: (at: TonesPorts) => unknown): Promise<TonesPorts> {
  const at = makeTonesPorts();
  at.put({ ...ROW, ...(part === 2 && PAUSING) });
  at.world.reply = () => reply;
  at.next('outcomes.merge', 'repeated');
  const cancel = () => expect(makeCanceler(at.ports)('me')).resolves.toMatchObject({ status: 'sending' });
  const readBack = () => (meanwhile ?? cancel)(at);
  // A later part is read before it is claimed.
  if (part === 2) at.next('outcomes.read', 'executed');
  at.next('outcomes.read', readBack);
  await makeTonePresser(at.ports)(part === 1 ? FIRST : SECOND);
  expect(at.permits).toHaveLength(1);
  return at;
}

test.each([1, 2] as const)('what would be given back is canceled, and no copy goes on: part %i', async (part) => {
  const at = await press(part, LATER);
  expect(at.row('me')).toMatchObject({ status: 'canceled', errorCode: 'canceled-by-caller', cancelRequestedAt: T0 });
  expect(at.queued).toEqual([]);
});

test('what was played at once is canceled before the next part, and counts', async () => {
  const at = await press(1, PLAYED);
  expect(at.row('me')).toMatchObject({
    status: 'canceled',
    errorCode: 'canceled-by-caller',
    playedToneCount: 1,
    sentAt: T0,
  });
  expect(at.queued).toEqual([]);
});

test('what was played at once as the last part succeeded', async () => {
  const at = await press(2, PLAYED);
  expect(at.row('me')).toMatchObject({ status: 'succeeded', playedToneCount: 3, sentAt: T0 - 800 });
});

test('what is running goes on to its report, and its rest never goes onto the queue', async () => {
  const at = await press(1, RUNNING);
  expect(at.row('me')).toMatchObject({ status: 'running', cancelRequestedAt: T0 });
  expect(at.queued).toEqual([]);
  await makeReportRecorder(at.ports)({ ...NAMES, completionReason: 'completedSuccessfully' });
  expect(at.row('me')).toMatchObject({ status: 'canceled', playedToneCount: 1 });
});

test('a callback that was wanted meanwhile is not forgotten either', async () => {
  const at = await press(2, PLAYED, ({ change }) => change('me', { callbackWanted: true }));
  expect(at.row('me')).toMatchObject({ status: 'succeeded', callbackWanted: true });
  expect(at.announced).toHaveLength(1);
});
