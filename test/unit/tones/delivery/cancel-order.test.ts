// Requests of one call, some of them cancelled: those behind go on, in their order, and none before what is still
// playing.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { predecessorState } from '../../../../shared/tones/facts/predecessor-state';
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import { makeCanceler } from '../../../../shared/tones/delivery/cancel';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const CANCELED = { clientContext: 'me', callId: 'call-1', status: 'canceled' } as const;

/** Accepts requests of one call, in that order. */
async function accepted(...names: string[]): Promise<TonesPorts> {
  const at = makeTonesPorts();
  for (const name of names) await accept(at, name);
  at.world.reply = ({ clientContext }) => ({ kind: 'running', operationId: `op of ${clientContext}` });
  return at;
}

const accept = (at: TonesPorts, clientContext: string) =>
  makeToneAcceptor(at.ports)({ clientContext, callId: 'call-1', tones: ['tone1'], expiresInSeconds: 60 });
const cancel = (at: TonesPorts, clientContext: string) => makeCanceler(at.ports)(clientContext);
const played = (at: TonesPorts, clientContext: string) =>
  makeReportRecorder(at.ports)({ clientContext, callId: 'call-1', completionReason: 'completedSuccessfully' });

/** Delivers every message that is on the queue once; the names of those that were pressed. */
async function deliverAll(at: TonesPorts): Promise<string[]> {
  const before = at.asked('graph.sendDtmfTones').length;
  for (const { message } of at.queued.splice(0)) await makeTonePresser(at.ports)(message);
  return at
    .asked('graph.sendDtmfTones')
    .slice(before)
    .map(([press]) => (press as { clientContext: string }).clientContext);
}

describe('what a cancelled request means for the one behind it', () => {
  test.each([
    ['never claimed', { after: 'first' }, { kind: 'skip', after: 'first' }],
    ['never claimed, with a shorter way', { after: 'gone', turnAfter: 'first' }, { kind: 'skip', after: 'first' }],
    ['never claimed, the first of its call', { after: '' }, { kind: 'skip', after: '' }],
    ['never claimed, with nothing before it', {}, { kind: 'skip', after: '' }],
    ['claimed and given back', { after: 'first', claimedAt: T0 - 9, claimId: '' }, { kind: 'done' }],
    ['claimed, and canceled with its report', { after: 'first', claimedAt: T0 - 9, claimId: 'c' }, { kind: 'done' }],
    ['claimed, whatever may settle', { after: 'first', claimedAt: T0 - 9, settledAt: T0 + 99 }, { kind: 'done' }],
  ] as const)('%s', (_what, facts, expected) => {
    expect(predecessorState({ ...CANCELED, ...facts }, T0)).toStrictEqual(expected);
  });

  test('a mark alone means nothing: what is playing is waited for', () => {
    const marked = { ...CANCELED, status: 'running', claimedAt: T0, sentAt: T0, cancelRequestedAt: T0 } as const;
    expect(predecessorState(marked, T0)).toStrictEqual({ kind: 'wait', until: T0 });
  });
});

describe('of three requests', () => {
  test('the second is cancelled unpressed: the third waits for the first, and then is pressed', async () => {
    const at = await accepted('a', 'b', 'c');
    await cancel(at, 'b');
    expect(await deliverAll(at)).toEqual(['a']);
    expect(await deliverAll(at)).toEqual([]);
    await played(at, 'a');
    expect(await deliverAll(at)).toEqual(['c']);
    expect(at.row('b')).toMatchObject({ status: 'canceled', etag: 'v2' });
  });

  test('the first is cancelled unpressed: the second is pressed at once, the third behind it', async () => {
    const at = await accepted('a', 'b', 'c');
    await cancel(at, 'a');
    expect(await deliverAll(at)).toEqual(['b']);
    await played(at, 'b');
    expect(await deliverAll(at)).toEqual(['c']);
  });

  test('the first is marked while it plays: the others wait for its report', async () => {
    const at = await accepted('a', 'b', 'c');
    expect(await deliverAll(at)).toEqual(['a']);
    await cancel(at, 'a');
    await cancel(at, 'b');
    expect(await deliverAll(at)).toEqual([]);
    await played(at, 'a');
    expect(at.row('a')).toMatchObject({ status: 'succeeded' });
    expect(await deliverAll(at)).toEqual(['c']);
  });

  test('the last is cancelled: one that is accepted after it comes behind the others', async () => {
    const at = await accepted('a', 'b', 'c');
    await cancel(at, 'c');
    await accept(at, 'd');
    expect(at.row('d')).toMatchObject({ after: 'c' });
    expect(await deliverAll(at)).toEqual(['a']);
    await played(at, 'a');
    expect(await deliverAll(at)).toEqual(['b']);
    await played(at, 'b');
    expect(await deliverAll(at)).toEqual(['d']);
  });

  test('all are cancelled: one that is accepted after them is pressed at once', async () => {
    const at = await accepted('a', 'b', 'c');
    for (const name of ['c', 'a', 'b']) await cancel(at, name);
    await accept(at, 'd');
    expect(await deliverAll(at)).toEqual(['d']);
  });

  test('the second is cancelled while the third looks: nobody overtakes the first', async () => {
    const at = await accepted('a', 'b', 'c');
    const [first, , third] = at.queued.splice(0).map(({ message }) => message);
    if (!first || !third) throw new Error('three messages were expected');
    await makeTonePresser(at.ports)(first);
    at.next('outcomes.read', () => cancel(at, 'b'));
    expect(await makeTonePresser(at.ports)(third)).toBe('waiting');
    expect(at.permits).toHaveLength(1);
  });
});

test('a given-back claim that is cancelled lets the one behind it go, as its predecessors were done', async () => {
  const at = await accepted('a', 'b');
  at.world.reply = ({ clientContext }) =>
    clientContext === 'a'
      ? { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true }
      : { kind: 'running', operationId: 'op' };
  const [first] = at.queued.splice(0, 1);
  if (!first) throw new Error('a message was expected');
  expect(await makeTonePresser(at.ports)(first.message)).toBe('waiting');
  await cancel(at, 'a');
  expect(at.row('a')).toMatchObject({ status: 'canceled', claimId: '', claimedAt: T0 });
  expect(await deliverAll(at)).toEqual(['b']);
});

test('a request that was cancelled and is asked for again is answered as it stands, and nothing is put on the queue', async () => {
  const at = await accepted('a');
  await cancel(at, 'a');
  at.queued.splice(0);
  expect(await accept(at, 'a')).toMatchObject({ kind: 'accepted', repeated: true, row: { status: 'canceled' } });
  expect(at.queued).toEqual([]);
});

test.each(['outcomes.insert', 'calls.insert', 'queue.enqueue'] as const)(
  'one that is cancelled while it is accepted is never pressed: before %s',
  async (operation) => {
    const at = makeTonesPorts();
    let answer: OutcomeFacts | undefined;
    at.next(operation, async () => void (answer = await cancel(at, 'a')));
    await accept(at, 'a');
    // Before its row is there, nobody can cancel it.
    expect(answer?.status).toBe(operation === 'outcomes.insert' ? undefined : 'canceled');
    expect(await deliverAll(at)).toEqual(operation === 'outcomes.insert' ? ['a'] : []);
    await accept(at, 'b');
    expect(at.row('b')).toMatchObject({ after: 'a' });
  },
);

test('a thousand requests that are cancelled hold up the next one for ten deliveries, and no further one', async () => {
  const at = makeTonesPorts();
  const names = Array.from({ length: 1000 }, (_, place) => `x${place}`);
  for (const name of names) await accept(at, name);
  await Promise.all(names.map((name) => cancel(at, name)));
  at.queued.splice(0);
  await accept(at, 'next');
  await accept(at, 'last');
  const deliveries: string[][] = [];
  while (deliveries.flat().length === 0 && deliveries.length < 20) deliveries.push(await deliverAll(at));
  expect(deliveries).toHaveLength(10);
  expect(deliveries.flat()).toEqual(['next']);
  await played(at, 'next');
  expect(await deliverAll(at)).toEqual(['last']);
});
