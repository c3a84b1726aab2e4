// The request that a turn depends on, where those between ended unpressed: everybody who looks back goes on from there,
// and nobody walks over them again. `between` and `gone` are rows that must not be read.
import { turnAfterOf, type OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import { makeOverdueEnd } from '../../../../shared/tones/delivery/overdue-end';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeCallStateRecorder } from '../../../../shared/tones/delivery/record-call-state';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const ME: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'accepted',
  after: 'between',
  turnAfter: 'first',
  expiresAt: T0 + 60_000,
};
const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  after: 'first',
  etag: 'v1',
  waits: 0,
};

/** Behind `first`, which is being played. */
function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ME, ...facts });
  at.put({ clientContext: 'between', status: 'expired', after: 'gone' });
  at.put({ clientContext: 'first', status: 'running', claimedAt: T0 - 9, sentAt: T0 - 9, watchUntil: T0 + 90_000 });
  return at;
}

const readBesides = (at: TonesPorts) =>
  at.asked('outcomes.read').filter(([key]) => key === 'between' || key === 'gone');

test.each([
  [{ after: 'a', turnAfter: 'b' }, 'b'],
  [{ after: 'a' }, 'a'],
  [{ after: 'a', turnAfter: '' }, ''],
  [{ after: '' }, ''],
  [{}, ''],
])('of %p it is %p', (facts, expected) => {
  expect(turnAfterOf(facts)).toBe(expected);
});

test('a claim that is answered 412 goes on from there', async () => {
  const at = withRow();
  expect(await makeTonePresser(at.ports)({ ...MESSAGE, after: '', etag: 'v0' })).toBe('waiting');
  expect(at.queued).toMatchObject([{ message: { after: 'first', etag: 'v1' } }]);
  expect(readBesides(at)).toEqual([]);
});

test('a copy that is named anew goes on from there', async () => {
  const at = withRow();
  expect(await makeTonePresser(at.ports)(MESSAGE, { redelivered: true })).toBe('waiting');
  expect(at.queued).toMatchObject([{ message: { after: 'first', copyId: '/claim-1' } }]);
  const after = withRow({ turnAfter: '' });
  await makeTonePresser(after.ports)(MESSAGE, { redelivered: true });
  expect(after.queued).toMatchObject([{ message: { after: '' } }]);
});

test('a repetition of the request is queued from there', async () => {
  for (const [turnAfter, after] of [
    ['first', 'first'],
    ['', undefined],
  ]) {
    const at = withRow({ fingerprint: 'call-1/1', ...(turnAfter !== undefined && { turnAfter }) });
    at.putCall({ tail: 'me' });
    await makeToneAcceptor(at.ports)({ clientContext: 'me', callId: 'call-1', tones: ['tone7'], expiresInSeconds: 60 });
    expect(at.queued.map(({ message }) => message.after)).toEqual([after]);
  }
});

test('an expiry looks there for what held it up, and shortens the way no further', async () => {
  const at = withRow();
  at.world.time = T0 + 60_000;
  expect(await makeOverdueEnd(at.ports)(ME)).toMatchObject({ status: 'expired', errorCode: 'request-before-not-done' });
  expect(at.asked('outcomes.read')).toEqual([['first']]);
});

test('the end of a call goes back over there', async () => {
  const at = withRow();
  at.putCall({ tail: 'me' });
  await makeCallStateRecorder(at.ports)({ callId: 'call-1', state: 'terminated', ended: true });
  expect([at.row('me')?.status, at.row('first')?.status]).toEqual(['failed', 'unknown']);
  expect(readBesides(at)).toEqual([]);
});

test('the request behind one that is next to be pressed waits for it in the process', async () => {
  for (const [turnAfter, isWorthIt] of [
    ['first', true],
    ['', true],
    ['waits', false],
  ] as const) {
    const at = withRow({ turnAfter, after: turnAfter === 'waits' ? '' : 'waits' });
    at.put({ clientContext: 'waits', expiresAt: T0 + 60_000 });
    at.put({ clientContext: 'next', after: 'me', expiresAt: T0 + 60_000 });
    const { slept } = at.giveRoom();
    await makeTonePresser(at.ports)({ ...MESSAGE, clientContext: 'next', after: 'me' });
    expect(slept.length > 0).toBe(isWorthIt);
  }
});
