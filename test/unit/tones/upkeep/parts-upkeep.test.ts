// A dial string between two parts, as seen by those who end requests: the timer, a reader, the end of its call, a poisoned message.
import { makeOverdueEnd } from '../../../../shared/tones/delivery/overdue-end';
import { makeCallStateRecorder } from '../../../../shared/tones/delivery/record-call-state';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeToneBurier } from '../../../../shared/tones/upkeep/bury-tones';
import { makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import { makeOutcomeReader } from '../../../../shared/tones/upkeep/read-outcome';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const PAUSING: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'pausing',
  toneCount: 4,
  partCount: 3,
  part: 2,
  partSizes: '0:1 1000:2 8000:1',
  playedToneCount: 1,
  claimId: '',
  // Of the part before, all of it: it says nothing of this pause.
  claimedAt: T0 - 90_000,
  watchUntil: T0 - 60_000,
  settledAt: T0 - 45_000,
  expiresAt: T0 - 30_000,
  sentAt: T0 - 90_000,
  operationId: 'op-1',
  notBefore: T0 - 4000,
  latestStart: T0,
};
const HOW_FAR = { part: 2, playedToneCount: 1, operationId: 'op-1', sentAt: T0 - 90_000 };
const INTERRUPTED = { status: 'failed', errorCode: 'sequence-interrupted', ...HOW_FAR };

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...PAUSING, ...facts });
  at.stored.index.add({ kind: 'request', clientContext: 'me', since: T0 - 90_000 });
  return at;
}

describe('a next part that was not pressed until its latest start', () => {
  test('has time up to that very moment: nothing is written', async () => {
    const at = withRow();
    await makeOverdueCloser(at.ports)();
    expect(await makeOutcomeReader(at.ports)('me')).toMatchObject({ status: 'pausing' });
    expect(at.asked('outcomes.merge')).toEqual([]);
    expect([...at.stored.index.open.values()]).toHaveLength(1);
  });

  test('interrupts the request: the timer ends it, and closes its entry', async () => {
    const at = withRow();
    at.world.time = T0 + 1;
    await makeOverdueCloser(at.ports)();
    expect(at.row('me')).toMatchObject({ ...INTERRUPTED, finishedAt: T0 + 1 });
    expect([...at.stored.index.open.values()]).toEqual([]);
    expect(at.logged.map(([, event, { by }]) => [event, by])).toEqual([['request-ended', 'timer']]);
  });

  test('interrupts the request: a reader ends it under the same condition', async () => {
    const at = withRow();
    at.world.time = T0 + 1;
    expect(await makeOutcomeReader(at.ports)('me')).toMatchObject(INTERRUPTED);
    expect(at.row('me')).toMatchObject(INTERRUPTED);
  });

  test('that is claimed meanwhile goes on', async () => {
    const at = withRow();
    at.world.time = T0 + 1;
    at.next('outcomes.merge', () => at.change('me', { status: 'sending', claimId: 'x', watchUntil: T0 + 30_000 }));
    await makeOverdueCloser(at.ports)();
    expect(at.row('me')).toMatchObject({ status: 'sending', claimId: 'x' });
  });

  test('names what held it up', async () => {
    const at = withRow({ waitCode: 'media-busy', waitDetail: 'HTTP 409' });
    at.world.time = T0 + 1;
    await makeOverdueCloser(at.ports)();
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'media-busy', ...HOW_FAR });
  });

  test('is ended without a look at the requests before it', async () => {
    const at = withRow({ after: 'before' });
    at.world.time = T0 + 1;
    expect(await makeOverdueEnd(at.ports)({ ...PAUSING, after: 'before' })).toMatchObject({ status: 'failed' });
    expect(at.operations()).toEqual([]);
  });
});

test.each([
  ['sending', 'worker-lost'],
  ['running', 'notifications-never-seen'],
] as const)(
  'a later part that is %s and not heard of is unknown, and says how far it came',
  async (status, errorCode) => {
    const at = withRow({ status, claimId: 'x', watchUntil: T0 });
    await makeOverdueCloser(at.ports)();
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode, ...HOW_FAR });
  },
);

describe('the end of its call', () => {
  const endCall = (at: TonesPorts) =>
    makeCallStateRecorder(at.ports)({ callId: 'call-1', state: 'terminated', ended: true });

  test('between two parts fails the request, which says how far it came', async () => {
    const at = withRow({ latestStart: T0 + 5000 });
    at.putCall({ tail: 'me' });
    await endCall(at);
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'call-ended', ...HOW_FAR });
  });

  test('while a later part is pressed or played leaves it unknown, and says how far it came', async () => {
    for (const status of ['sending', 'running'] as const) {
      const at = withRow({ status, claimId: 'x', watchUntil: T0 + 9000 });
      at.putCall({ tail: 'me' });
      await endCall(at);
      expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'call-ended-meanwhile', ...HOW_FAR });
    }
  });

  test('fails those behind it, too', async () => {
    const at = withRow({ latestStart: T0 + 5000 });
    at.put({ clientContext: 'behind', status: 'accepted', after: 'me', expiresAt: T0 + 9000 });
    at.putCall({ tail: 'behind' });
    await endCall(at);
    expect(at.row('behind')).toMatchObject({ status: 'failed', errorCode: 'call-ended' });
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'call-ended' });
  });

  test('that comes while the next part is claimed leaves it unknown', async () => {
    const at = withRow({ latestStart: T0 + 5000 });
    at.putCall({ tail: 'me' });
    at.next('outcomes.merge', () => at.change('me', { status: 'sending', claimId: 'x' }));
    await endCall(at);
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'call-ended-meanwhile' });
  });
});

describe('a message that the queue gave up', () => {
  const bury = (at: TonesPorts, part?: number) =>
    makeToneBurier(at.ports)({ clientContext: 'me', ...(part !== undefined && { part }) });

  test('of the part that the row pauses before fails the request, which says how far it came', async () => {
    const at = withRow();
    await bury(at, 2);
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'delivery-failed', ...HOW_FAR });
  });

  test.each([undefined, 3])('of another part (%p) leaves the row to its latest start', async (part) => {
    const at = withRow();
    await bury(at, part);
    expect(at.row('me')).toMatchObject({ status: 'pausing', etag: 'v1' });
    expect(at.logged).toStrictEqual([
      ['warn', 'tones-buried', { clientContext: 'me', status: 'pausing', reason: 'left as it is' }],
    ]);
  });

  test.each(['sending', 'running'] as const)('of a part that is %s leaves the row to its watch', async (status) => {
    const at = withRow({ status, claimId: 'x' });
    await bury(at, 2);
    expect(at.row('me')).toMatchObject({ status, etag: 'v1' });
  });
});
