// Recording an attempt on a row that a caller asked to cancel meanwhile: the mark is never lost, and nothing more is
// pressed.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import type { Claim } from '../../../../shared/tones/delivery/press/claim';
import { makeAttemptRecorder } from '../../../../shared/tones/delivery/press/record-attempt';
import { T0, makeTonesPorts, type Fate, type TonesPorts } from '../../../support/tones-ports';

const NAMES = { clientContext: 'me', callId: 'call-1' };
const ROW: OutcomeFacts = {
  ...NAMES,
  status: 'sending',
  fingerprint: 'f',
  toneCount: 4,
  partCount: 3,
  part: 1,
  partSizes: '0:1 1000:2 8000:1',
  claimId: 'mine',
  claimedAt: T0 - 500,
};
const SECOND_ROW = { ...ROW, part: 2, playedToneCount: 1, sentAt: T0 - 9000, latestStart: T0 + 3450 };
const LAST_ROW = { ...ROW, part: 3, playedToneCount: 3, sentAt: T0 - 9000, latestStart: T0 + 3450 };
const { partCount: _partCount, part: _part, partSizes: _partSizes, ...ONLY_ROW } = ROW;
const FIRST: ToneMessage = {
  ...NAMES,
  tones: ['tone1'],
  rest: [
    { pauseMs: 1000, tones: ['tone8', 'tone6'] },
    { pauseMs: 8000, tones: ['pound'] },
  ],
  expiresAt: T0 + 60_000,
  etag: 'v0',
  waits: 0,
  acceptedAt: T0 - 700,
};
const SENT = T0 - 400;
const MARK = { cancelRequestedAt: T0 - 100 };
const CANCELED = { status: 'canceled', finishedAt: T0, errorCode: 'canceled-by-caller' } as const;

const RUNNING: PressReply = { kind: 'running', operationId: 'op-mine' };
const PLAYED: PressReply = {
  kind: 'ended',
  report: { ...NAMES, operationId: 'op-mine', completionReason: 'completedSuccessfully' },
};
const UNCERTAIN: PressReply = { kind: 'uncertain', fault: { code: 'graph-timeout' } };
const REFUSED: PressReply = { kind: 'refused', fault: { code: 'call-not-found' }, again: 'never', answered: true };
const LATER: PressReply = { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true };
const NO: PressReply = { kind: 'not-permitted' };

/** The row as it was claimed; `now`: what was written meanwhile. */
function claimed(row: OutcomeFacts, now: Partial<OutcomeFacts> = MARK): TonesPorts {
  const at = makeTonesPorts();
  at.put(row);
  if (Object.keys(now).length > 0) at.change('me', now);
  return at;
}

function record(at: TonesPorts, row: OutcomeFacts, reply: PressReply, known: Partial<Claim['row']> = {}) {
  const { part = 1 } = row;
  const message = part === 1 ? FIRST : { ...FIRST, part };
  const claim = { message, part, deadline: T0 + 60_000, claimId: 'mine', claimedAt: T0 - 500 };
  return makeAttemptRecorder(at.ports)({ ...claim, row: { ...row, etag: 'v1', ...known } }, reply, SENT);
}

const events = (at: TonesPorts) => at.logged.map(([, event]) => event);

describe('Graph took the part', () => {
  test.each([
    ['the only', ONLY_ROW],
    ['the first', ROW],
    ['a later', SECOND_ROW],
    ['the last', LAST_ROW],
  ])('and it goes on under the new version, with its mark: %s', async (_what, row) => {
    const at = claimed(row);
    const { ending, rowAfterPart } = await record(at, row, RUNNING);
    expect(ending).toBe('recorded');
    expect(at.asked('outcomes.merge').map(([, , etag]) => etag)).toEqual(['v1', 'v2']);
    expect(at.row('me')).toMatchObject({ status: 'running', operationId: 'op-mine', ...MARK, etag: 'v3' });
    // Whoever puts the rest on the queue sees the mark there.
    expect(rowAfterPart).toMatchObject(MARK);
    expect(events(at)).toEqual(['tones-sent']);
  });
});

describe('the part was played at once', () => {
  test('and others would follow: the request is canceled, and says when it was pressed', async () => {
    const at = claimed(ROW);
    expect(await record(at, ROW, PLAYED)).toStrictEqual({ ending: 'recorded' });
    expect(at.row('me')).toMatchObject({
      ...CANCELED,
      operationId: 'op-mine',
      playedToneCount: 1,
      sentAt: SENT,
      part: 1,
    });
    expect(at.queued).toEqual([]);
    expect(at.logged.slice(0, 1)).toMatchObject([
      [
        'info',
        'request-ended',
        { ...NAMES, status: 'canceled', code: 'canceled-by-caller', by: 'press', acceptToPressMs: 300 },
      ],
    ]);
    expect(events(at)).toEqual(['request-ended']);
  });

  test('as a later part: the first press stays the time of the request', async () => {
    const at = claimed(SECOND_ROW);
    await record(at, SECOND_ROW, PLAYED);
    expect(at.row('me')).toMatchObject({ ...CANCELED, operationId: 'op-mine', playedToneCount: 3, sentAt: T0 - 9000 });
  });

  test('as the last, or the only one: it succeeded', async () => {
    for (const row of [LAST_ROW, ONLY_ROW]) {
      const at = claimed(row);
      await record(at, row, PLAYED);
      expect(at.row('me')).toMatchObject({ status: 'succeeded', playedToneCount: 4 });
      expect(at.row('me')?.errorCode).toBeUndefined();
    }
  });

  test('where the claim knows of the mark already', async () => {
    const at = claimed(ROW);
    await record(at, ROW, PLAYED, { ...MARK, etag: 'v2' });
    expect(at.row('me')).toMatchObject({ ...CANCELED, playedToneCount: 1, sentAt: SENT, operationId: 'op-mine' });
  });

  test('on a marked row that was given up meanwhile: canceled, not interrupted', async () => {
    const at = claimed(ROW, { ...MARK, status: 'unknown', errorCode: 'worker-lost', errorMessage: 'm' });
    expect(await record(at, ROW, PLAYED)).toStrictEqual({ ending: 'recorded' });
    expect(at.row('me')).toMatchObject({ ...CANCELED, playedToneCount: 1, operationId: 'op-mine', sentAt: SENT });
  });
});

describe('a claim that would be given back', () => {
  test.each([
    ['the only part is refused for the moment', ONLY_ROW, LATER],
    ['the first part is refused for the moment', ROW, LATER],
    ['a later part is refused for the moment', SECOND_ROW, LATER],
    ['the last part is refused for the moment', LAST_ROW, LATER],
    ['the press was not permitted any more', ROW, NO],
    ['the press of a later part was not permitted any more', SECOND_ROW, NO],
  ] as const)('ends the request instead: %s', async (_what, row, reply) => {
    for (const known of [{}, { ...MARK, etag: 'v2' }]) {
      const at = claimed(row);
      const before = at.row('me');
      expect(await record(at, row, reply, known)).toStrictEqual({ ending: 'recorded' });
      const errorMessage = expect.stringContaining('A caller cancelled the request') as string;
      expect(at.row('me')).toStrictEqual({ ...before, ...CANCELED, errorMessage, etag: 'v3' });
      expect(at.queued).toEqual([]);
      expect(events(at)).toEqual(['request-ended']);
    }
  });

  test('is given back where nobody asked to cancel it', async () => {
    const at = claimed(ROW, {});
    await record(at, ROW, LATER);
    expect(at.row('me')).toMatchObject({ status: 'accepted', claimId: '' });
    expect(at.queued).toHaveLength(1);
  });
});

test.each([
  ['succeeded', LAST_ROW, PLAYED],
  ['failed', ROW, REFUSED],
  ['unknown', ROW, UNCERTAIN],
] as const)(
  'an attempt that ends the request as %s does so in spite of the mark, which stays',
  async (status, row, reply) => {
    const at = claimed(row);
    await record(at, row, reply);
    expect(at.row('me')).toMatchObject({ status, ...MARK, etag: 'v3' });
    expect(at.row('me')?.errorCode).not.toBe('canceled-by-caller');
  },
);

describe('a mark that lands', () => {
  const REPLIES = [
    ['running', RUNNING, 'running'],
    ['pausing', PLAYED, 'canceled'],
    ['given back', LATER, 'canceled'],
    ['failed', REFUSED, 'failed'],
    ['unknown', UNCERTAIN, 'unknown'],
  ] as const;

  test.each(REPLIES)('just before the row is written as %s is found', async (_what, reply, status) => {
    const at = claimed(ROW, {});
    at.next('outcomes.merge', () => at.change('me', MARK));
    const { rowAfterPart } = await record(at, ROW, reply);
    expect(at.row('me')).toMatchObject({ status, ...MARK });
    expect(rowAfterPart?.cancelRequestedAt).toBe(reply === RUNNING ? T0 - 100 : undefined);
    expect(at.queued).toEqual([]);
  });

  test.each(REPLIES)(
    'after storage failed, and before the second attempt to write it as %s',
    async (_what, reply, status) => {
      const at = claimed(ROW, {});
      at.next('outcomes.merge', 'fails');
      at.next('outcomes.read', () => at.change('me', MARK));
      await record(at, ROW, reply);
      expect(at.row('me')).toMatchObject({ status, ...MARK });
      expect(at.queued).toEqual([]);
    },
  );

  test('is found where the end itself cannot be written at first', async () => {
    for (const fate of ['fails', 'answer lost', 'repeated'] as Fate[])
      for (const reply of [PLAYED, LATER]) {
        const at = claimed(ROW, { ...MARK, callbackWanted: true });
        at.next('outcomes.merge', 'executed', fate);
        await record(at, ROW, reply);
        expect(at.row('me')).toMatchObject({ ...CANCELED, etag: 'v3' });
        expect(at.announced).toHaveLength(1);
        expect(events(at).filter((event) => event === 'request-ended')).toHaveLength(1);
        expect(at.queued).toEqual([]);
      }
  });

  test('with storage down: the row is left to its watch, and nothing is put on the queue', async () => {
    for (const reply of [PLAYED, LATER]) {
      const at = claimed(ROW);
      at.next('outcomes.merge', 'executed', 'fails', 'fails', 'fails');
      expect(await record(at, ROW, reply)).toStrictEqual({ ending: 'recorded' });
      expect(at.row('me')).toMatchObject({ status: 'sending', ...MARK });
      expect(at.queued).toEqual([]);
    }
  });

  test('and a report that ends the request before we do: its end stands', async () => {
    for (const reply of [PLAYED, LATER]) {
      const at = claimed(ROW);
      at.next('outcomes.read', 'executed', () => at.change('me', { status: 'failed', errorCode: 'operation-failed' }));
      await record(at, ROW, reply);
      expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'operation-failed', etag: 'v3' });
    }
  });

  test('on a row that carries another claim is not ours to answer', async () => {
    for (const reply of [PLAYED, LATER]) {
      const at = claimed(ROW, { ...MARK, claimId: 'theirs' });
      await record(at, ROW, reply);
      expect(at.row('me')).toMatchObject({ status: 'sending', claimId: 'theirs', etag: 'v2' });
    }
  });
});

describe('a row that a report brought to its next part', () => {
  const PAUSING = { status: 'pausing', part: 2, playedToneCount: 1, claimId: '', notBefore: T0 + 1000 } as const;

  test('and that a caller cancels while the time of its press is added: that is added all the same', async () => {
    const at = claimed(ROW, PAUSING);
    at.next('outcomes.merge', 'executed', () => at.change('me', CANCELED));
    await record(at, ROW, RUNNING);
    expect(at.row('me')).toMatchObject({ ...CANCELED, part: 2, playedToneCount: 1, sentAt: SENT });
    expect(at.row('me')?.operationId).toBeUndefined();
  });

  test('and whose press is added by the SDK twice is looked at once more, and no more', async () => {
    const at = claimed(ROW, PAUSING);
    at.next('outcomes.merge', 'executed', 'repeated');
    await record(at, ROW, RUNNING);
    expect(at.row('me')).toMatchObject({ sentAt: SENT, etag: 'v3' });
    expect(at.asked('outcomes.merge')).toHaveLength(2);
  });

  test('and that was deleted meanwhile stays deleted', async () => {
    const at = claimed(ROW, PAUSING);
    at.next('outcomes.merge', 'executed', () => at.stored.outcomes.rows.delete('me'));
    await record(at, ROW, RUNNING);
    expect(at.row('me')).toBeUndefined();
  });

  test('and that changes again and again is given up at the twentieth try', async () => {
    const at = claimed(ROW, PAUSING);
    at.next('outcomes.merge', ...Array<Fate>(30).fill(() => at.change('me', { callbackWanted: true })));
    await record(at, ROW, RUNNING);
    expect(at.asked('outcomes.merge')).toHaveLength(21);
  });
});
