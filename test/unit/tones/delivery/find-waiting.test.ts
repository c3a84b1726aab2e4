// Finding out what a request waits for: which rows are read, whose name is given, and how far it looks.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeFindWaiting } from '../../../../shared/tones/delivery/find-waiting';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const ME: OutcomeFacts = {
  clientContext: 'me',
  callId: 'Call-1',
  status: 'accepted',
  toneCount: 1,
  expiresAt: T0 + 60_000,
  after: 'before',
};
const find = (at: TonesPorts, facts: Partial<OutcomeFacts> = {}) => makeFindWaiting(at.ports)({ ...ME, ...facts });

function behind(before: Partial<OutcomeFacts>): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'before', ...before });
  at.put({ clientContext: 'first', status: 'running', claimedAt: T0 - 9, sentAt: T0 - 9, watchUntil: T0 + 9000 });
  return at;
}

describe('a request is behind the one before it', () => {
  test.each([
    ['accepted', { status: 'accepted' }],
    ['given back', { status: 'accepted', claimedAt: T0 - 9, claimId: '' }],
    ['being pressed', { status: 'sending' }],
    ['being played', { status: 'running' }],
    ['being played, though a caller cancelled it', { status: 'running', cancelRequestedAt: T0 }],
    ['between two parts', { status: 'pausing', notBefore: T0 - 1 }],
    ['unknown and not settled', { status: 'unknown', claimedAt: T0 - 9, settledAt: T0 + 1 }],
  ] as const)('while that is %s', async (_what, before) => {
    const at = behind({ after: 'first', ...before });
    expect(await find(at)).toStrictEqual({ waitingFor: 'request-before', waitingBehind: 'before' });
    expect(at.asked('outcomes.read')).toEqual([['before']]);
  });

  test.each([
    ['succeeded', { status: 'succeeded', claimedAt: T0 - 9 }],
    ['canceled, once it was claimed', { status: 'canceled', claimedAt: T0 - 9, claimId: '' }],
    ['unknown and settled', { status: 'unknown', claimedAt: T0 - 9, settledAt: T0 }],
  ] as const)('but not once that is %s', async (_what, before) => {
    const at = behind({ after: 'first', ...before });
    expect(await find(at)).toStrictEqual({ waitingFor: 'queue' });
    expect(at.asked('outcomes.read')).toEqual([['before']]);
  });

  test('nor where it was deleted, or there is none', async () => {
    expect(await find(makeTonesPorts())).toStrictEqual({ waitingFor: 'queue' });
    const at = makeTonesPorts();
    for (const after of ['', undefined])
      expect(await find(at, { after } as Partial<OutcomeFacts>)).toStrictEqual({ waitingFor: 'queue' });
    expect(at.asked('outcomes.read')).toEqual([]);
  });
});

describe('a request is behind the one beyond those that were never pressed', () => {
  test.each(['canceled', 'expired', 'failed'] as const)('%s', async (status) => {
    const at = behind({ status, after: 'first' });
    expect(await find(at)).toStrictEqual({ waitingFor: 'request-before', waitingBehind: 'first' });
  });

  test('by the shorter way, where one of them, or it itself, knows it', async () => {
    const at = behind({ status: 'expired', after: 'gone', turnAfter: 'first' });
    const expected = { waitingFor: 'request-before', waitingBehind: 'first' };
    expect(await find(at)).toStrictEqual(expected);
    expect(await find(at, { turnAfter: 'first' })).toStrictEqual(expected);
    expect(at.asked('outcomes.read')).toEqual([['before'], ['first'], ['first']]);
  });

  test('up to 99 of them: a hundred rows are read, and the call; what is further away, the queue has to walk to as well', async () => {
    for (const [count, waiting] of [
      [99, { waitingFor: 'request-before', waitingBehind: 'first' }],
      [100, { waitingFor: 'queue' }],
    ] as const) {
      const at = behind({});
      for (let place = 1; place <= count; place += 1)
        at.put({ clientContext: `c${place}`, status: 'canceled', after: place === 1 ? 'first' : `c${place - 1}` });
      expect(await find(at, { after: `c${count}` })).toStrictEqual(waiting);
      expect(at.asked('outcomes.read')).toHaveLength(100);
      expect(at.asked('calls.read')).toEqual([['call1']]);
    }
  });
});

describe('the call is asked for by its key', () => {
  test('where nothing is before the request', async () => {
    const at = makeTonesPorts();
    at.putCall({ state: 'establishing' });
    expect(await find(at)).toStrictEqual({ waitingFor: 'call-readiness' });
  });

  test('and the request before it counts first', async () => {
    const at = behind({ status: 'running' });
    at.putCall({ state: 'establishing' });
    expect(await find(at)).toMatchObject({ waitingFor: 'request-before' });
  });

  test('and what it says is not asked for a pause', async () => {
    expect(await find(makeTonesPorts(), { pauseMs: 500 })).toStrictEqual({ waitingFor: 'pause' });
  });
});

test.each([
  ['sending', { status: 'sending' }, { waitingFor: 'graph-report' }],
  ['running', { status: 'running' }, { waitingFor: 'graph-report' }],
  ['pausing', { status: 'pausing', notBefore: T0 + 1 }, { waitingFor: 'pause' }],
  ['refused for the moment', { waitCode: 'media-busy' }, { waitingFor: 'graph-refusal' }],
  ['final', { status: 'canceled' }, undefined],
] as const)('nothing is read where the row says it by itself: %s', async (_what, facts, expected) => {
  const at = behind({ status: 'running' });
  expect(await find(at, facts)).toStrictEqual(expected);
  expect(at.operations()).toEqual([]);
});

test.each(['outcomes.read', 'calls.read'] as const)('%s that fails is thrown', async (operation) => {
  const at = behind({ status: 'running' });
  at.next(operation, 'fails');
  await expect(find(at)).rejects.toThrow(operation);
});
