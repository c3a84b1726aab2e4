// A later part whose message comes too late, or again: who is logged as having ended its request, and what is left alone.
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { Delivery, ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone8', 'tone6'],
  part: 2,
  rest: [{ pauseMs: 8000, tones: ['pound'] }],
  expiresAt: T0 + 70_000,
  etag: '',
  waits: 0,
};
/** Between the first part and the second; its pause is over now. */
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'pausing',
  toneCount: 4,
  partCount: 3,
  part: 2,
  partSizes: '0:1 1000:2 8000:1',
  playedToneCount: 1,
  claimId: '',
  claimedAt: T0 - 3000,
  sentAt: T0 - 2900,
  notBefore: T0,
  latestStart: T0 + 4000,
};

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ROW, ...facts });
  return at;
}

const press = (at: TonesPorts, delivery?: Delivery) => makeTonePresser(at.ports)(MESSAGE, delivery);

test.each([
  // With less than 250 ms left it is too late to be pressed, and not too late for the timer.
  ['right before its latest start', 3751],
  ['after it', 4001],
])('a sequence that is interrupted %s was ended by the one who presses', async (_when, ms) => {
  const at = withRow();
  at.world.time = T0 + ms;
  await press(at);
  expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'sequence-interrupted' });
  expect(at.logged[0]).toMatchObject(['info', 'request-ended', { status: 'failed', by: 'press' }]);
});

test.each(['failed', 'canceled', 'unknown'] as const)(
  'delivered again after its request has ended (%s), it puts nothing on the queue',
  async (status) => {
    const at = withRow({ status });
    expect(await press(at, { redelivered: true })).toBe('duplicate');
    expect(at.queued).toEqual([]);
  },
);

test('the room in the process is given back before Graph is asked', async () => {
  const at = withRow({ notBefore: T0 + 500 });
  const room = at.giveRoom();
  const left: number[] = [];
  at.next('graph.sendDtmfTones', () => left.push(room.left));
  expect(await press(at)).toBe('recorded');
  expect(room.slept).toEqual([500]);
  expect(left).toEqual([1]);
});
