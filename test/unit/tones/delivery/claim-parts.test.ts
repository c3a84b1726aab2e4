// The claim of a part: what it is bound to, until when it may be pressed, and what is known of the row without a read.
import { makeClaimer } from '../../../../shared/tones/delivery/press/claim';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const FIRST: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone1'],
  delayBetweenTonesMs: 300,
  pauseMs: 500,
  rest: [{ pauseMs: 1000, tones: ['tone8', 'tone6'] }],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
  acceptedAt: T0 - 5,
  callbackWanted: true,
};
const SECOND: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone8', 'tone6'],
  delayBetweenTonesMs: 300,
  part: 2,
  expiresAt: T0 + 70_000,
  etag: '',
  waits: 0,
};
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'accepted',
  toneCount: 3,
  delayBetweenTonesMs: 300,
  pauseMs: 1500,
  partCount: 2,
  part: 1,
  partSizes: '500:1 1000:2',
};
const PAUSING: Partial<OutcomeFacts> = {
  status: 'pausing',
  part: 2,
  playedToneCount: 1,
  claimId: '',
  claimedAt: T0 - 900,
  notBefore: T0,
  latestStart: T0 + 4000,
};

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ROW, ...facts });
  return at;
}

test('the first part is claimed at the version that its message names, and the message says the rest of the row', async () => {
  const at = withRow();
  expect(await makeClaimer(at.ports)(FIRST)).toStrictEqual({
    kind: 'ours',
    claim: {
      message: FIRST,
      part: 1,
      deadline: T0 + 60_000,
      claimId: 'claim-1',
      claimedAt: T0,
      row: {
        clientContext: 'me',
        callId: 'call-1',
        status: 'sending',
        toneCount: 3,
        delayBetweenTonesMs: 300,
        pauseMs: 1500,
        partCount: 2,
        partSizes: '500:1 1000:2',
        callbackWanted: true,
        acceptedAt: T0 - 5,
        claimId: 'claim-1',
        claimedAt: T0,
        watchUntil: T0 + 30_000,
        // By its own tone.
        settledAt: T0 + 45_550,
        etag: 'v2',
      },
    },
  });
  expect(at.operations()).toEqual(['outcomes.merge']);
});

test('a later part is claimed at the version that was read, and is bound to the latest start of the row', async () => {
  const at = withRow(PAUSING);
  const known = at.row('me');
  const tried = await makeClaimer(at.ports)(SECOND, known);
  expect(tried).toMatchObject({
    kind: 'ours',
    claim: {
      part: 2,
      deadline: T0 + 4000,
      row: { status: 'sending', part: 2, playedToneCount: 1, settledAt: T0 + 46_100, etag: 'v2' },
    },
  });
});

test('a row that was read is claimed at its own version, whatever the message names', async () => {
  const at = withRow();
  at.change('me', { callbackWanted: true });
  expect(await makeClaimer(at.ports)(FIRST, at.row('me'))).toMatchObject({
    kind: 'ours',
    claim: { row: { etag: 'v3' } },
  });
});

test('a message without a version claims nothing by itself', async () => {
  const at = withRow(PAUSING);
  expect(await makeClaimer(at.ports)(SECOND)).toMatchObject({ kind: 'moved', row: { status: 'pausing' } });
  expect(at.row('me')?.etag).toBe('v1');
});

describe('a claim at a version that is gone', () => {
  test.each([
    ['moved', { ...PAUSING, waitCode: 'media-busy' }],
    ['moved', { status: 'running', part: 1 }],
    ['duplicate', { status: 'sending', part: 2, claimId: 'rival' }],
    ['duplicate', { status: 'running', part: 2 }],
    ['duplicate', { ...PAUSING, part: 3 }],
    ['duplicate', { status: 'failed', part: 2 }],
  ] as [string, Partial<OutcomeFacts>][])('is %s where the row stands at %p', async (kind, facts) => {
    const at = withRow(PAUSING);
    const known = at.row('me');
    at.change('me', facts);
    const tried = await makeClaimer(at.ports)(SECOND, known);
    expect(tried.kind).toBe(kind);
    expect(at.row('me')).toMatchObject({ ...facts, etag: 'v2' });
  });

  test('of the first part is a duplicate once it was pressed', async () => {
    const at = withRow();
    at.change('me', PAUSING);
    expect((await makeClaimer(at.ports)(FIRST)).kind).toBe('duplicate');
  });

  test('that is our own, written twice, is ours', async () => {
    const at = withRow(PAUSING);
    const known = at.row('me');
    at.next('outcomes.merge', 'repeated');
    const tried = await makeClaimer(at.ports)(SECOND, known);
    expect(tried).toMatchObject({ kind: 'ours', claim: { deadline: T0 + 4000, row: { etag: 'v2' } } });
  });

  test('of a row that is gone', async () => {
    expect((await makeClaimer(makeTonesPorts().ports)(SECOND)).kind).toBe('row-missing');
  });
});

test('the copy that claims is the one that goes on', async () => {
  for (const [named, copyId, written] of [
    ['other', 'mine', 'mine'],
    ['other', undefined, ''],
    ['mine', 'mine', 'mine'],
  ] as const) {
    const at = withRow({ ...PAUSING, copyId: named });
    await makeClaimer(at.ports)({ ...SECOND, ...(copyId && { copyId }) }, at.row('me'));
    expect(at.row('me')?.copyId).toBe(written);
  }
});
