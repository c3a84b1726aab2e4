// A later part whose message comes too late, or again: who is logged as having ended its request, and what is left alone.
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { Delivery } from '../../../../shared/tones/ports/queues';
import { BETWEEN_PARTS, SECOND_PART } from '../../../support/second-part';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...BETWEEN_PARTS, ...facts });
  return at;
}

const press = (at: TonesPorts, delivery?: Delivery) => makeTonePresser(at.ports)(SECOND_PART, delivery);

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
