// Cancelling a request, as nobody else writes its row: what ends at once, what is marked and goes on, and what is left
// as it is.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeCanceler } from '../../../../shared/tones/delivery/cancel';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const ASKED: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'accepted',
  fingerprint: 'f',
  toneCount: 4,
  expiresAt: T0 + 1,
};
const OF_PARTS = { partCount: 3, part: 2, partSizes: '0:1 1000:2 8000:1', playedToneCount: 1, claimedAt: T0 - 300 };
const NAMES = { clientContext: 'me', callId: 'call-1' };
const CANCELED = {
  status: 'canceled',
  finishedAt: T0,
  errorCode: 'canceled-by-caller',
  errorMessage: 'A caller cancelled the request: nothing more was pressed; playedToneCount says how far it came.',
} as const;

const cancel = (at: TonesPorts) => makeCanceler(at.ports)('me');

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ASKED, ...facts });
  return at;
}

describe('a request that nobody is pressing', () => {
  test('and that never was pressed ends at once, in one write under the version that was read', async () => {
    const at = withRow();
    expect(await cancel(at)).toStrictEqual({ ...ASKED, ...CANCELED, cancelId: 'claim-1', etag: 'v2' });
    expect(at.journal).toStrictEqual([
      ['outcomes.read', 'me'],
      ['outcomes.merge', 'me', { ...CANCELED, cancelId: 'claim-1' }, 'v1'],
    ]);
    expect(at.row('me')).toStrictEqual({ ...ASKED, ...CANCELED, cancelId: 'claim-1', etag: 'v2' });
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'canceled', code: 'canceled-by-caller', by: 'caller' }],
    ]);
  });

  test('and whose claim was given back ends as canceled, not as what it waited for', async () => {
    const at = withRow({ claimId: '', claimedAt: T0 - 900, notBefore: T0 + 100, waitCode: 'media-busy' });
    expect(await cancel(at)).toMatchObject(CANCELED);
    expect(at.row('me')).toMatchObject({ ...CANCELED, claimedAt: T0 - 900 });
    expect(at.row('me')?.cancelRequestedAt).toBeUndefined();
  });

  test('between two parts ends at once, and says how far it came', async () => {
    const at = withRow({ ...OF_PARTS, status: 'pausing', claimId: '', notBefore: T0 + 1, latestStart: T0 + 4001 });
    expect(await cancel(at)).toMatchObject({ ...CANCELED, playedToneCount: 1, part: 2 });
    expect(at.asked('outcomes.merge')).toStrictEqual([['me', { ...CANCELED, cancelId: 'claim-1' }, 'v1']]);
  });

  test('and is wanted elsewhere is announced there', async () => {
    const at = withRow({ callbackWanted: true });
    await cancel(at);
    expect(at.announced.map(({ message }) => message.clientContext)).toEqual(['me']);
  });
});

describe('a part that is being pressed or played goes on, and the request is marked', () => {
  test.each([
    ['a single one is being pressed: its claim may be given back yet', { status: 'sending' }],
    ['a part is being pressed', { ...OF_PARTS, status: 'sending' }],
    ['the last part is being pressed', { ...OF_PARTS, status: 'sending', part: 3 }],
    ['a part is being played, and others would follow', { ...OF_PARTS, status: 'running' }],
  ] as const)('%s', async (_what, facts) => {
    const at = withRow({ claimId: 'theirs', watchUntil: T0 + 1, callbackWanted: true, ...facts });
    const before = at.row('me');
    expect(await cancel(at)).toMatchObject({ status: facts.status, cancelRequestedAt: T0 });
    expect(at.row('me')).toStrictEqual({ ...before, cancelRequestedAt: T0, etag: 'v2' });
    expect(at.journal).toStrictEqual([
      ['outcomes.read', 'me'],
      ['outcomes.merge', 'me', { cancelRequestedAt: T0 }, 'v1'],
    ]);
    expect(at.logged).toStrictEqual([['info', 'cancel-requested', { ...NAMES, status: facts.status }]]);
    expect(at.announced).toEqual([]);
  });

  test.each([
    ['the only part is being played', { status: 'running' }],
    ['the last part is being played', { ...OF_PARTS, status: 'running', part: 3 }],
    ['it was marked before', { ...OF_PARTS, status: 'running', cancelRequestedAt: T0 - 5 }],
    ['it was marked before, and is being pressed', { status: 'sending', cancelRequestedAt: T0 - 5 }],
  ] as const)('but nothing is written where %s', async (_what, facts) => {
    const at = withRow({ claimId: 'theirs', ...facts });
    expect(await cancel(at)).toStrictEqual(at.row('me'));
    expect(at.operations()).toEqual(['outcomes.read']);
    expect(at.row('me')).toMatchObject(facts);
    expect(at.logged).toEqual([]);
  });
});

describe('a request that is final', () => {
  test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)(
    '%s is left as it is',
    async (status) => {
      const at = withRow({ ...OF_PARTS, status, finishedAt: T0 - 5 });
      expect(await cancel(at)).toStrictEqual({ ...ASKED, ...OF_PARTS, status, finishedAt: T0 - 5, etag: 'v1' });
      expect(at.operations()).toEqual(['outcomes.read']);
      expect(at.logged).toEqual([]);
    },
  );

  test.each([
    ['unpressed', { expiresAt: T0 }, 'expired', 'expired'],
    ['being pressed', { status: 'sending', claimId: 'c', watchUntil: T0 }, 'unknown', 'worker-lost'],
    ['being played', { ...OF_PARTS, status: 'running', watchUntil: T0 }, 'unknown', 'notifications-never-seen'],
    ['between two parts', { ...OF_PARTS, status: 'pausing', latestStart: T0 - 1 }, 'failed', 'sequence-interrupted'],
  ] as const)('by its time, which nobody noticed yet, is no longer cancelled: %s', async (_w, facts, status, code) => {
    const at = withRow(facts);
    expect(await cancel(at)).toMatchObject({ status, errorCode: code });
    expect(at.row('me')).toMatchObject({ status, errorCode: code, finishedAt: T0 });
    expect(at.row('me')?.cancelRequestedAt).toBeUndefined();
    expect(at.logged.map(([, event, { by }]) => [event, by])).toEqual([['request-ended', 'caller']]);
  });
});

describe('a name that nobody asked anything under', () => {
  test('has no row', async () => {
    const at = makeTonesPorts();
    expect(await cancel(at)).toBeUndefined();
    expect(at.operations()).toEqual(['outcomes.read']);
  });

  test.each(['succeeded', 'unknown'] as const)('has a row that a notification made: %s', async (status) => {
    const at = makeTonesPorts();
    at.put({ clientContext: 'me', status });
    expect(await cancel(at)).toBeUndefined();
    expect(at.row('me')).toMatchObject({ status, etag: 'v1' });
  });
});

test.each([
  ['ends', {}, CANCELED],
  ['marks', { status: 'running', ...OF_PARTS }, { status: 'running', cancelRequestedAt: T0 }],
] as const)('a second and a third call change nothing: one that %s', async (_what, facts, expected) => {
  const at = withRow(facts);
  const first = await cancel(at);
  expect(first).toMatchObject(expected);
  for (const later of [1000, 1001]) {
    at.world.time = T0 + later;
    expect(await cancel(at)).toMatchObject(expected);
  }
  expect(at.row('me')?.etag).toBe('v2');
  expect(at.logged).toHaveLength(1);
});

describe('when storage fails', () => {
  test.each([
    ['outcomes.read', 'fails', {}, CANCELED],
    ['outcomes.merge', 'fails', {}, CANCELED],
    ['outcomes.merge', 'answer lost', {}, CANCELED],
    ['outcomes.merge', 'fails', { ...OF_PARTS, status: 'running' }, { status: 'running', cancelRequestedAt: T0 }],
    ['outcomes.merge', 'answer lost', { ...OF_PARTS, status: 'sending' }, { status: 'sending', cancelRequestedAt: T0 }],
  ] as const)('the caller hears of it, and asks again: %s %s (%#)', async (operation, fate, facts, expected) => {
    const at = withRow(facts);
    at.next(operation, fate);
    await expect(cancel(at)).rejects.toThrow(operation);
    expect(await cancel(at)).toMatchObject(expected);
    expect(at.row('me')).toMatchObject({ ...expected, etag: 'v2' });
  });
});
