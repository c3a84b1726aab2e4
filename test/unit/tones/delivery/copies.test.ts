// The copies of one request that waits, on a queue that loses every third answer: few of them live, and one press comes of all.
import fc from 'fast-check';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type Fate, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 600_000,
  after: 'before',
  etag: 'v1',
  waits: 0,
};
const BUSY: PressReply = { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true };

interface Queued {
  readonly message: ToneMessage;
  readonly visibleAt: number;
  readonly redelivered?: boolean;
}

/** Delivers what is due, one message after the other, until nothing is left; a delivery that throws comes again. */
async function deliverAll(at: TonesPorts, onDelivery: (message: ToneMessage) => void = () => undefined) {
  const press = makeTonePresser(at.ports);
  const left: Queued[] = [];
  const seen = { mostLive: 0, deliveries: 0, endings: [] as string[] };
  const takeIn = () => {
    for (const { message, delayMs } of at.queued.splice(0)) left.push({ message, visibleAt: at.world.time + delayMs });
    seen.mostLive = Math.max(seen.mostLive, left.length);
  };
  takeIn();
  while (left.length > 0) {
    if ((seen.deliveries += 1) > 5000) throw new Error('the copies of a request never end');
    left.sort((one, other) => one.visibleAt - other.visibleAt);
    const next = left.shift();
    if (next === undefined) break;
    at.world.time = Math.max(at.world.time, next.visibleAt);
    onDelivery(next.message);
    try {
      seen.endings.push(await press(next.message, { redelivered: next.redelivered ?? false }));
    } catch {
      left.push({ ...next, visibleAt: at.world.time + 1000, redelivered: true });
    }
    takeIn();
  }
  return seen;
}

/** `me` waits behind `before`, which is being pressed for two minutes. */
function waitingLong(): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'before', status: 'sending', claimedAt: T0, watchUntil: T0 + 500_000 });
  at.put({ clientContext: 'me', after: 'before', expiresAt: MESSAGE.expiresAt });
  at.queued.push({ message: MESSAGE, delayMs: 0 });
  return at;
}

const beforeIsDoneAt = (at: TonesPorts, time: number) => () => {
  if (at.world.time >= time && at.row('before')?.status === 'sending') at.change('before', { status: 'succeeded' });
};

const everyThird = (fate: Fate, count: number) =>
  Array.from({ length: count }, (_, place): Fate => (place % 3 === 2 ? fate : 'executed'));

test('with every third answer of the queue lost, at most three copies live at any time, and the request is pressed once', async () => {
  const at = waitingLong();
  at.next('queue.enqueueOnce', ...everyThird('answer lost', 3000));
  const { mostLive, endings } = await deliverAll(at, beforeIsDoneAt(at, T0 + 120_000));
  expect(mostLive).toBe(3);
  expect(at.permits).toHaveLength(1);
  expect(at.row('me')?.status).toBe('running');
  expect(endings.filter((ending) => ending === 'recorded')).toHaveLength(1);
});

test('where only the answers for the copy that goes on are lost, what it leaves ends at its eighth wait', async () => {
  const at = waitingLong();
  const isLive = ({ copyId }: ToneMessage) => copyId === at.row('me')?.copyId;
  let delivered: ToneMessage | undefined;
  const { queue } = at.ports;
  const enqueueOnce = queue.enqueueOnce.bind(queue);
  at.ports.queue.enqueueOnce = async (message, delayMs) => {
    await enqueueOnce(message, delayMs);
    if (isLive(message) && message.copyId === delivered?.copyId) throw new Error('the answer was lost');
  };
  const { mostLive, endings } = await deliverAll(at, (message) => {
    delivered = message;
    beforeIsDoneAt(at, T0 + 120_000)();
  });
  expect(mostLive).toBeLessThanOrEqual(10);
  expect(at.permits).toHaveLength(1);
  expect(endings.filter((ending) => ending === 'recorded')).toHaveLength(1);
});

test('with every third enqueue refused nothing is lost', async () => {
  const at = waitingLong();
  at.next('queue.enqueueOnce', ...everyThird('fails', 3000));
  const { mostLive } = await deliverAll(at, beforeIsDoneAt(at, T0 + 120_000));
  expect(mostLive).toBe(1);
  expect(at.permits).toHaveLength(1);
  expect(at.row('me')?.status).toBe('running');
});

test('a copy that is not the one named, and gets the claim and gives it back, is the one that goes on', async () => {
  const at = waitingLong();
  at.next('queue.enqueueOnce', 'answer lost');
  let refusals = 20;
  at.world.reply = () => ((refusals -= 1) >= 0 ? BUSY : { kind: 'running' });
  // The nameless copy is delivered first and claims; the named one comes while Graph is being asked, and ends there.
  const press = makeTonePresser(at.ports);
  await press(MESSAGE);
  const [, ghost, named] = at.queued.splice(0).map(({ message }) => message);
  if (ghost === undefined || named === undefined) throw new Error('there should be two copies');
  expect([ghost.copyId, named.copyId]).toEqual([undefined, '/claim-1']);
  at.change('before', { status: 'succeeded' });
  at.next('graph.sendDtmfTones', async () => expect(await press(named)).toBe('duplicate'));
  expect(await press(ghost)).toBe('waiting');
  await deliverAll(at);
  expect(at.row('me')).toMatchObject({ status: 'running' });
});

test('whatever befalls the queue, a request that waits and is refused is pressed once in the end, and its copies end', async () => {
  // Six faults in a row after a claim leave the row to its deadline, as a crash there would.
  const faults = fc.array(fc.constantFrom<Fate[]>('fails', 'answer lost'), { maxLength: 4 });
  const history = fc.tuple(
    fc.array(faults, { maxLength: 25 }),
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 0, max: 90_000 }),
  );
  await fc.assert(
    fc.asyncProperty(history, async ([outages, refusals, doneMs]) => {
      const at = waitingLong();
      at.next('queue.enqueueOnce', ...outages.flatMap((outage): Fate[] => [...outage, 'executed']));
      let left = refusals;
      at.world.reply = () => ((left -= 1) >= 0 ? BUSY : { kind: 'running' });
      const { mostLive } = await deliverAll(at, beforeIsDoneAt(at, T0 + doneMs));
      expect(at.row('me')?.status).toBe('running');
      expect(at.permits).toHaveLength(refusals + 1);
      expect(mostLive).toBeLessThanOrEqual(12);
    }),
    { numRuns: 300 },
  );
});
