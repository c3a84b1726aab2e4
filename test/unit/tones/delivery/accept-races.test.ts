// A request whose insert was repeated or whose link was lost to a rival, and one that ends while it is asked for again:
// it is accepted once in the log, ended once, and what its row says goes on in its message.
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneRequest } from '../../../../shared/tones/request/tone-request';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const REQUEST: ToneRequest = { clientContext: 'me', callId: 'call-1', tones: ['tone7', 'star'], expiresInSeconds: 60 };
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'accepted',
  toneCount: 2,
  expiresAt: T0 + 55_000,
  fingerprint: 'call-1/2',
  statusToken: 'first',
};
const MESSAGE = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7', 'star'],
  expiresAt: T0 + 55_000,
  etag: 'v1',
  waits: 0,
};

const accept = (at: TonesPorts) => makeToneAcceptor(at.ports)(REQUEST);
const events = (at: TonesPorts) => at.logged.map(([, event]) => event);

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ROW, ...facts });
  return at;
}

describe('a new request is noted as accepted once', () => {
  test('where a rival was linked first', async () => {
    const at = makeTonesPorts();
    at.putCall({ tail: '' });
    at.next('calls.merge', () => at.changeCall({ audio: 'active' }));
    expect(await accept(at)).toMatchObject({ kind: 'accepted', repeated: false });
    expect(events(at)).toEqual(['tones-accepted']);
  });

  test('where its insert was repeated, and a rival was linked first', async () => {
    const at = makeTonesPorts();
    at.putCall({ tail: '' });
    at.next('outcomes.insert', 'repeated');
    at.next('calls.merge', () => at.changeCall({ audio: 'active' }));
    expect(await accept(at)).toMatchObject({ kind: 'accepted', repeated: false });
    expect(events(at)).toEqual(['tones-accepted']);
  });

  test('where its call has ended, and its insert was repeated', async () => {
    const at = makeTonesPorts();
    at.putCall({ endedAt: T0 - 5 });
    at.next('outcomes.insert', 'repeated');
    expect(await accept(at)).toMatchObject({ repeated: false, row: { status: 'failed', errorCode: 'call-ended' } });
    expect(at.logged).toStrictEqual([
      ['info', 'tones-accepted', { clientContext: 'me', callId: 'call-1', status: 'failed', count: 2 }],
    ]);
  });
});

describe('a request whose time has passed', () => {
  test('is ended by the one who asks again, and is read once', async () => {
    const at = withRow({ expiresAt: T0 });
    await accept(at);
    expect(at.asked('outcomes.read')).toEqual([['me']]);
    expect(at.logged[0]).toMatchObject(['warn', 'request-ended', { status: 'expired', by: 'accept' }]);
  });

  test('expired, though its call has ended since', async () => {
    const at = withRow({ expiresAt: T0 });
    at.putCall({ tail: 'me', endedAt: T0 - 5 });
    expect(await accept(at)).toMatchObject({ row: { status: 'expired', errorCode: 'expired' } });
  });

  test('and that was claimed meanwhile is not failed as its call has ended: it may be pressed', async () => {
    const at = withRow();
    at.putCall({ tail: 'me', endedAt: T0 - 5 });
    at.next('outcomes.merge', () => at.change('me', { status: 'sending', claimId: 'rival' }));
    expect(await accept(at)).toMatchObject({ repeated: true, row: { status: 'sending' } });
    expect(at.row('me')).toMatchObject({ status: 'sending', claimId: 'rival' });
  });
});

describe('a request that is queued again', () => {
  test('goes on as the copy that its row names', async () => {
    const at = withRow({ copyId: 'copy-1' });
    at.putCall({ tail: 'me' });
    await accept(at);
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, copyId: 'copy-1' }, delayMs: 0 }]);
  });

  test('and whose row says nothing of when it was accepted: its message says nothing of it either', async () => {
    const at = withRow();
    at.putCall({ tail: 'me' });
    await accept(at);
    expect(at.queued).toStrictEqual([{ message: MESSAGE, delayMs: 0 }]);
  });
});
