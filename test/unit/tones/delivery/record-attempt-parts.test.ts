// Recording an attempt at one part of a dial string, also where the row has gone on without the recorder.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { makeAttemptRecorder } from '../../../../shared/tones/delivery/press/record-attempt';
import { SECOND_PART } from '../../../support/second-part';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const FIRST: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
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
const FIRST_ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'sending',
  toneCount: 4,
  partCount: 3,
  part: 1,
  partSizes: '0:1 1000:2 8000:1',
  claimId: 'mine',
  claimedAt: T0 - 500,
};
const SECOND_ROW: OutcomeFacts = {
  ...FIRST_ROW,
  part: 2,
  playedToneCount: 1,
  sentAt: T0 - 9000,
  operationId: 'op-0',
  notBefore: T0 - 550,
  latestStart: T0 + 3450,
};
const SENT = T0 - 400;
const NAMES = { clientContext: 'me', callId: 'call-1' };
const RUNNING: PressReply = { kind: 'running', operationId: 'op-mine' };
const PLAYED: PressReply = {
  kind: 'ended',
  report: { ...NAMES, operationId: 'op-mine', completionReason: 'completedSuccessfully' },
};
const UNCERTAIN: PressReply = { kind: 'uncertain', fault: { code: 'graph-timeout' } };
const REFUSED: PressReply = { kind: 'refused', fault: { code: 'call-not-found' }, again: 'never', answered: true };
const LATER: PressReply = {
  kind: 'refused',
  fault: { code: 'media-busy', detail: 'HTTP 409' },
  again: 'later',
  answered: true,
};
const NO: PressReply = { kind: 'not-permitted' };

/** The row as it was claimed, and as it stands now. */
function claimed(row: OutcomeFacts, now?: Partial<OutcomeFacts>): TonesPorts {
  const at = makeTonesPorts();
  at.put(row);
  if (now !== undefined) at.change('me', now);
  return at;
}

function record(at: TonesPorts, part: 1 | 2, reply: PressReply) {
  return makeAttemptRecorder(at.ports)(
    {
      message: part === 1 ? FIRST : SECOND_PART,
      part,
      deadline: part === 1 ? T0 + 60_000 : T0 + 3450,
      claimId: 'mine',
      claimedAt: T0 - 500,
      row: { ...(part === 1 ? FIRST_ROW : SECOND_ROW), etag: 'v1' },
    },
    reply,
    reply.kind === 'not-permitted' ? undefined : SENT,
  );
}

/** The row came to the next part; its claim was given up by the report that said so. */
const after = (part: number, more: Partial<OutcomeFacts> = {}): Partial<OutcomeFacts> => ({
  status: 'pausing',
  part,
  playedToneCount: part === 2 ? 1 : 3,
  claimId: '',
  notBefore: T0 + 1000,
  latestStart: T0 + 5000,
  ...more,
});

describe('the row is still at our part', () => {
  test('the first: it runs, since it was sent, and the row is handed on for the rest', async () => {
    const at = claimed(FIRST_ROW);
    const ending = await record(at, 1, RUNNING);
    expect(ending).toMatchObject({ ending: 'recorded', rowAfterPart: { status: 'running', part: 1, sentAt: SENT } });
    expect(at.row('me')).toMatchObject({ status: 'running', operationId: 'op-mine', sentAt: SENT, claimId: 'mine' });
    expect(at.logged).toStrictEqual([
      ['info', 'tones-sent', { ...NAMES, operationId: 'op-mine', status: 'running', acceptToPressMs: 300 }],
    ]);
  });

  test('a later one: it runs, the request was sent before, and the log says how long after its pause', async () => {
    const at = claimed(SECOND_ROW);
    await record(at, 2, RUNNING);
    expect(at.asked('outcomes.merge')).toStrictEqual([
      ['me', { status: 'running', operationId: 'op-mine', watchUntil: SENT + 60_000 }, 'v1'],
    ]);
    expect(at.logged).toStrictEqual([
      ['info', 'tones-sent', { ...NAMES, operationId: 'op-mine', status: 'running', part: 2, afterPauseMs: 150 }],
    ]);
  });

  test('played as the reply says: the row is pausing, and handed on for the rest', async () => {
    const at = claimed(SECOND_ROW);
    const ending = await record(at, 2, PLAYED);
    expect(ending).toMatchObject({ ending: 'recorded', rowAfterPart: { status: 'pausing', part: 3 } });
    expect(at.row('me')).toMatchObject({
      status: 'pausing',
      part: 3,
      playedToneCount: 3,
      operationId: 'op-mine',
      sentAt: T0 - 9000,
      notBefore: T0 + 8000,
      latestStart: T0 + 12_000,
      claimId: '',
    });
  });

  test('refused for the moment: given back to pausing first, then a copy; the latest start stays', async () => {
    const at = claimed(SECOND_ROW);
    expect(await record(at, 2, LATER)).toStrictEqual({ ending: 'waiting' });
    expect(at.journal).toStrictEqual([
      [
        'outcomes.merge',
        'me',
        {
          status: 'pausing',
          claimId: '',
          copyId: '',
          notBefore: T0 + 1000,
          waitCode: 'media-busy',
          waitDetail: 'HTTP 409',
        },
        'v1',
      ],
      ['queue.enqueueOnce', { ...SECOND_PART, etag: 'v2', waits: 1 }, 1000],
    ]);
    expect(at.row('me')).toMatchObject({ part: 2, playedToneCount: 1, latestStart: T0 + 3450 });
  });

  test('refused for good: it failed, and says how far it came', async () => {
    const at = claimed(SECOND_ROW);
    expect(await record(at, 2, REFUSED)).toStrictEqual({ ending: 'recorded' });
    expect(at.row('me')).toMatchObject({
      status: 'failed',
      errorCode: 'call-not-found',
      playedToneCount: 1,
      sentAt: T0 - 9000,
      operationId: 'op-0',
    });
  });

  test('nobody can tell: it is unknown, and says how far it came', async () => {
    const at = claimed(SECOND_ROW);
    expect(await record(at, 2, UNCERTAIN)).toStrictEqual({ ending: 'recorded' });
    expect(at.row('me')).toMatchObject({ status: 'unknown', playedToneCount: 1, sentAt: T0 - 9000 });
  });

  test('changed by another fact meanwhile: it is recorded all the same, at the new version', async () => {
    for (const [reply, status] of [
      [RUNNING, 'running'],
      [PLAYED, 'pausing'],
      [LATER, 'pausing'],
      [REFUSED, 'failed'],
    ] as const) {
      const at = claimed(SECOND_ROW, { callbackWanted: true });
      await record(at, 2, reply);
      expect(at.row('me')).toMatchObject({ status, callbackWanted: true, etag: 'v3' });
    }
  });

  test('recorded, and the answer lost: it is known again as our own', async () => {
    for (const [reply, status] of [
      [RUNNING, 'running'],
      [PLAYED, 'pausing'],
      [LATER, 'pausing'],
    ] as const) {
      const at = claimed(SECOND_ROW);
      at.next('outcomes.merge', 'answer lost');
      const { ending, rowAfterPart } = await record(at, 2, reply);
      expect(at.row('me')).toMatchObject({ status, etag: 'v2' });
      expect(ending).toBe(reply === LATER ? 'waiting' : 'recorded');
      if (reply !== LATER) expect(rowAfterPart).toMatchObject({ status });
      expect(at.logged.map(([, event]) => event)).not.toContain('outcome-not-recorded');
    }
  });
});

describe('the row has come to the next part', () => {
  const replies = { RUNNING, PLAYED, UNCERTAIN, REFUSED, LATER, NO };

  test.each(Object.keys(replies) as (keyof typeof replies)[])(
    'a late %s of a later part adds nothing: neither its operation nor its error',
    async (name) => {
      for (const more of [
        {},
        { status: 'sending', claimId: 'next' },
        { status: 'running', claimId: 'next' },
      ] as const) {
        const { operationId: _, ...unnamed } = SECOND_ROW;
        for (const row of [SECOND_ROW, unnamed]) {
          const at = claimed(row, after(3, more));
          const before = at.row('me');
          await record(at, 2, replies[name]);
          expect(at.row('me')).toStrictEqual(before);
          expect(at.queued).toEqual([]);
          expect(at.logged.map(([, event]) => event)).toEqual(['outcome-not-recorded']);
        }
      }
    },
  );

  test.each(Object.keys(replies) as (keyof typeof replies)[])(
    'a late %s of the first part adds nothing but the time of the first press',
    async (name) => {
      const at = claimed(FIRST_ROW, after(2));
      const before = at.row('me');
      await record(at, 1, replies[name]);
      const { sentAt, etag: _, ...row } = at.row('me') ?? {};
      const { etag: __, ...expected } = before ?? {};
      expect(row).toStrictEqual(expected);
      expect([undefined, SENT]).toContain(sentAt);
    },
  );

  test.each([
    ['it is being waited for', {}],
    ['it is being pressed', { status: 'sending', claimId: 'next' }],
    ['it plays', { status: 'running', claimId: 'next' }],
    ['it failed', { status: 'failed', claimId: 'next' }],
  ] as const)('when the first part was sent is added where it is absent: %s', async (_what, more) => {
    const at = claimed(FIRST_ROW, after(2, more));
    const before = at.row('me');
    await record(at, 1, RUNNING);
    expect(at.row('me')).toStrictEqual({ ...before, sentAt: SENT, etag: 'v3' });
  });

  test('and a sentAt that is there stays', async () => {
    const at = claimed(FIRST_ROW, after(2, { sentAt: T0 - 1 }));
    await record(at, 1, RUNNING);
    expect(at.row('me')).toMatchObject({ sentAt: T0 - 1, etag: 'v2' });
  });

  test('it is handed on, so that the rest is put on the queue; never where it is final', async () => {
    expect((await record(claimed(SECOND_ROW, after(3)), 2, RUNNING)).rowAfterPart).toMatchObject({ part: 3 });
    for (const status of ['succeeded', 'failed', 'canceled', 'unknown'] as const)
      expect((await record(claimed(SECOND_ROW, after(3, { status })), 2, RUNNING)).rowAfterPart).toBeUndefined();
  });

  test('the log says what was not recorded', async () => {
    const at = claimed(SECOND_ROW, after(3));
    await record(at, 2, RUNNING);
    expect(at.logged).toStrictEqual([
      [
        'warn',
        'outcome-not-recorded',
        { ...NAMES, status: 'running', reason: 'already pausing', part: 2, afterPauseMs: 150 },
      ],
    ]);
  });
});

describe('the row was given up as unknown', () => {
  test('a reply that says that the part was played interrupts the sequence: the rest is never pressed', async () => {
    const at = claimed(SECOND_ROW, { status: 'unknown', errorCode: 'worker-lost', errorMessage: 'm' });
    const ending = await record(at, 2, PLAYED);
    expect(at.row('me')).toMatchObject({
      status: 'failed',
      errorCode: 'sequence-interrupted',
      playedToneCount: 3,
      operationId: 'op-mine',
    });
    expect(ending.rowAfterPart).toBeUndefined();
  });

  test('of the last part makes it succeeded', async () => {
    const row: OutcomeFacts = { ...SECOND_ROW, partCount: 2, toneCount: 3, partSizes: '0:1 1000:2' };
    const at = claimed(row, { status: 'unknown', errorCode: 'worker-lost', errorMessage: 'm' });
    const { rest: _, ...message } = SECOND_PART;
    await makeAttemptRecorder(at.ports)(
      { message, part: 2, deadline: T0 + 3450, claimId: 'mine', claimedAt: T0 - 500, row: { ...row, etag: 'v1' } },
      PLAYED,
      SENT,
    );
    expect(at.row('me')).toMatchObject({ status: 'succeeded', errorCode: '', playedToneCount: 3 });
  });

  test('a reply that it runs leaves it so', async () => {
    const at = claimed(SECOND_ROW, { status: 'unknown' });
    expect((await record(at, 2, RUNNING)).rowAfterPart).toBeUndefined();
    expect(at.row('me')).toMatchObject({ status: 'unknown', playedToneCount: 1 });
  });

  test('that is of another claim stays so', async () => {
    const at = claimed(SECOND_ROW, { status: 'unknown', claimId: 'rival' });
    await record(at, 2, PLAYED);
    expect(at.row('me')).toMatchObject({ status: 'unknown', claimId: 'rival', playedToneCount: 1 });
  });
});

test('a part that ended by a report gets the facts of its own press', async () => {
  const { operationId: _, ...unnamed } = SECOND_ROW;
  const at = claimed(unnamed, { status: 'failed', errorCode: 'operation-failed' });
  await record(at, 2, RUNNING);
  expect(at.row('me')).toMatchObject({ status: 'failed', operationId: 'op-mine', sentAt: T0 - 9000 });
});

test('nothing that storage does is thrown, and no tone is kept or logged', async () => {
  for (const reply of [RUNNING, PLAYED, UNCERTAIN, REFUSED, LATER, NO]) {
    const at = claimed(SECOND_ROW);
    at.next('outcomes.merge', 'fails', 'fails', 'fails');
    expect((await record(at, 2, reply)).ending).toBe('recorded');
    expect(at.row('me')?.status).toBe('sending');
    expect(at.keptText()).not.toMatch(/tone[0-9]|pound/);
  }
});
