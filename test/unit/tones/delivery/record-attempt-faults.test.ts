// Recording under faults: storage that fails, answers that are lost, a timer or a notification that came first. Nothing throws.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { PressReply, ToneMessage } from '../../../../shared/tones/ports';
import { makeAttemptRecorder } from '../../../../shared/tones/delivery/record-attempt';
import { T0, makeTonesPorts, type Fate, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  etag: 'v0',
  waits: 0,
};
const SENT = T0 - 400;
const NAMES = { clientContext: 'me', callId: 'call-1' };
const DOWN = ['error', 'storage-failed', { ...NAMES, detail: 'StorageDown' }];

const RUNNING: PressReply = { kind: 'running', operationId: 'op-1' };
const ENDED: PressReply = {
  kind: 'ended',
  report: { clientContext: 'me', callId: 'call-1', operationId: 'op-1', completionReason: 'completedSuccessfully' },
};
const UNCERTAIN: PressReply = { kind: 'uncertain', fault: { code: 'graph-timeout' } };
const REFUSED: PressReply = { kind: 'refused', fault: { code: 'call-not-found' }, again: 'never', answered: true };
const LATER: PressReply = { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true };
const NO: PressReply = { kind: 'not-permitted' };

function claimed(now: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', status: 'sending', claimId: 'mine', claimedAt: T0 - 500 });
  if (Object.keys(now).length > 0) at.change('me', now);
  return at;
}

function record(at: TonesPorts, reply: PressReply, sentAt: number | 'never' = SENT) {
  return makeAttemptRecorder(at.ports)(
    {
      message: MESSAGE,
      claimId: 'mine',
      claimedAt: T0 - 500,
      row: { ...NAMES, status: 'sending', claimId: 'mine', claimedAt: T0 - 500, etag: 'v1' },
    },
    reply,
    sentAt === 'never' ? undefined : sentAt,
  );
}

const notRecorded = (status: string, reason: string) => ['warn', 'outcome-not-recorded', { ...NAMES, status, reason }];

describe('while storage is down', () => {
  test.each([['fails'], ['answer lost']] satisfies [Fate][])(
    'a write that %s is tried again and recorded once',
    async (fate) => {
      const at = claimed();
      at.next('outcomes.merge', fate);
      expect(await record(at, RUNNING)).toBe('recorded');
      expect(at.row('me')).toMatchObject({ status: 'running', sentAt: SENT, etag: 'v2' });
      expect(at.logged).toStrictEqual([
        DOWN,
        ['info', 'tones-sent', { ...NAMES, status: 'running', operationId: 'op-1' }],
      ]);
    },
  );

  test('the third try of a write may be the one', async () => {
    const at = claimed();
    at.next('outcomes.merge', 'fails', 'fails');
    expect(await record(at, ENDED)).toBe('recorded');
    expect(at.row('me')?.status).toBe('succeeded');
    expect(at.asked('outcomes.merge')).toHaveLength(3);
  });

  test.each([
    [RUNNING, 'running', 'recorded'],
    [ENDED, 'succeeded', 'recorded'],
    [UNCERTAIN, 'unknown', 'recorded'],
    [REFUSED, 'failed', 'recorded'],
    [LATER, 'accepted', 'recorded'],
    [NO, 'accepted', 'recorded'],
  ] as const)('after three tries the row is left to the timer (%#)', async (reply, status, ending) => {
    const at = claimed();
    at.next('outcomes.merge', 'fails', 'fails', 'fails');
    expect(await record(at, reply)).toBe(ending);
    expect(at.operations()).toEqual([
      'outcomes.merge',
      'outcomes.read',
      'outcomes.merge',
      'outcomes.read',
      'outcomes.merge',
    ]);
    expect(at.row('me')?.status).toBe('sending');
    expect(at.logged).toStrictEqual([DOWN, DOWN, DOWN, notRecorded(status, 'storage')]);
  });

  test('an expiry that cannot be recorded is one all the same', async () => {
    const at = claimed();
    at.world.time = T0 + 60_000;
    at.next('outcomes.merge', 'fails', 'fails', 'fails');
    expect(await record(at, NO, 'never')).toBe('expired');
    expect(at.logged.at(-1)).toStrictEqual(notRecorded('expired', 'storage'));
  });

  test('a read back that fails counts as a try', async () => {
    const at = claimed();
    at.next('outcomes.merge', 'repeated');
    at.next('outcomes.read', 'fails');
    expect(await record(at, RUNNING)).toBe('recorded');
    expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read', 'outcomes.read']);
    expect(at.logged.map(([, event]) => event)).toEqual(['storage-failed', 'tones-sent']);
  });

  test('what was thrown and is no error is named by its type', async () => {
    const at = claimed();
    at.next('outcomes.merge', { throws: 'tone7' });
    await record(at, RUNNING);
    expect(at.logged[0]).toStrictEqual(['error', 'storage-failed', { ...NAMES, detail: 'string' }]);
  });

  test('a copy that cannot be queued is tried three times, each under its name too; the row then expires', async () => {
    const at = claimed();
    at.next('queue.enqueueOnce', ...Array<Fate>(6).fill('fails'));
    expect(await record(at, LATER)).toBe('recorded');
    expect(at.asked('queue.enqueueOnce')).toHaveLength(6);
    expect(at.queued).toEqual([]);
    expect(at.row('me')).toMatchObject({ status: 'accepted', notBefore: T0 + 1000 });
    expect(at.logged).toStrictEqual([DOWN, DOWN, DOWN, DOWN, DOWN, DOWN]);
  });

  test('a copy is queued at the third try', async () => {
    const at = claimed();
    at.next('queue.enqueueOnce', ...Array<Fate>(5).fill('fails'));
    expect(await record(at, LATER)).toBe('waiting');
    const { etag, copyId } = at.row('me') ?? {};
    expect(copyId).toMatch(/^claim-/);
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, after: '', etag, copyId, waits: 1 }, delayMs: 1000 }]);
    expect(at.logged).toHaveLength(6);
    expect(at.logged.at(-1)?.[1]).toBe('tones-waiting');
  });
});

describe('a write that the SDK repeated is our own', () => {
  test.each([
    [RUNNING, 'running'],
    [ENDED, 'succeeded'],
    [UNCERTAIN, 'unknown'],
    [REFUSED, 'failed'],
  ] as const)('%#: %s', async (reply, status) => {
    const at = claimed();
    at.next('outcomes.merge', 'repeated');
    expect(await record(at, reply)).toBe('recorded');
    expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read']);
    expect(at.row('me')?.status).toBe(status);
    expect(at.logged.map(([, event]) => event)).toEqual([status === 'running' ? 'tones-sent' : 'request-ended']);
  });

  test('a claim given back: the copy carries the version that was read back', async () => {
    const at = claimed();
    at.next('outcomes.merge', 'repeated');
    expect(await record(at, LATER)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, etag: 'v2', waits: 1 }, delayMs: 1000 }]);
  });

  test.each([
    ['another claim', { claimId: 'rival', finishedAt: T0, sentAt: SENT }],
    ['another end', { finishedAt: T0 - 1, sentAt: SENT }],
    ['another time of sending', { finishedAt: T0, sentAt: SENT - 1 }],
  ])('and not one that has %s', async (_what, other) => {
    const at = claimed({ status: 'failed', ...other });
    await record(at, REFUSED);
    expect(at.logged).toStrictEqual([notRecorded('failed', 'already failed')]);
  });

  test.each([
    ['another not-before time', { claimId: '', notBefore: T0 + 999 }],
    ['a claim', { claimId: 'mine', notBefore: T0 + 1000 }],
  ])('and not a row that is accepted with %s: nothing is queued for it', async (_what, other) => {
    const at = claimed({ status: 'accepted', ...other });
    expect(await record(at, LATER)).toBe('recorded');
    expect(at.queued).toEqual([]);
    expect(at.logged).toStrictEqual([notRecorded('accepted', 'already accepted')]);
  });
});

describe('a row that was ended without us', () => {
  test.each(['succeeded', 'failed', 'canceled'] as const)(
    'by a notification stays %s; when and as what it was sent is added',
    async (status) => {
      const at = claimed({ status, finishedAt: T0 - 1 });
      expect(await record(at, RUNNING)).toBe('recorded');
      expect(at.asked('outcomes.merge').slice(1)).toStrictEqual([['me', { sentAt: SENT, operationId: 'op-1' }, 'v2']]);
      expect(at.row('me')).toMatchObject({ status, finishedAt: T0 - 1 });
      expect(at.logged).toStrictEqual([notRecorded('running', `already ${status}`)]);
    },
  );

  test('by a notification of the same millisecond is not taken for our own write', async () => {
    const at = claimed({ status: 'succeeded', finishedAt: T0, operationId: 'op-1' });
    await record(at, ENDED);
    expect(at.row('me')).toMatchObject({ status: 'succeeded', sentAt: SENT });
    expect(at.logged).toStrictEqual([notRecorded('succeeded', 'already succeeded')]);
  });

  test('by a notification of the same millisecond with another status is not taken for our own write', async () => {
    const at = claimed({ status: 'succeeded', finishedAt: T0 });
    await record(at, UNCERTAIN, 'never');
    expect(at.logged).toStrictEqual([notRecorded('unknown', 'already succeeded')]);
  });

  test.each([
    ['the time of sending', { operationId: 'op-9' }, RUNNING, { sentAt: SENT }],
    ['the operation', { sentAt: T0 - 9 }, RUNNING, { operationId: 'op-1' }],
    ['the time of an ambiguous press', {}, UNCERTAIN, { sentAt: SENT }],
  ])('gets only the fact that it lacks: %s', async (_what, known, reply, added) => {
    const at = claimed({ status: 'succeeded', ...known });
    await record(at, reply);
    expect(at.asked('outcomes.merge').slice(1)).toStrictEqual([['me', added, 'v2']]);
    expect(at.row('me')).toMatchObject({ ...known, status: 'succeeded' });
  });

  test.each([
    ['it has them all', { status: 'succeeded', sentAt: T0 - 9, operationId: 'op-9' }, RUNNING, SENT],
    ['there are none', { status: 'succeeded' }, UNCERTAIN, 'never'],
    ["it is another's claim", { status: 'succeeded', claimId: 'rival' }, RUNNING, SENT],
    ['it is not final', { status: 'accepted' }, RUNNING, SENT],
  ] as const)('gets no facts where %s', async (_what, now, reply, sentAt) => {
    const at = claimed(now);
    const before = at.row('me');
    await record(at, reply, sentAt);
    expect(at.asked('outcomes.merge')).toHaveLength(1);
    expect(at.row('me')).toStrictEqual(before);
  });

  test('and facts that cannot be added are given up', async () => {
    const at = claimed({ status: 'succeeded' });
    at.next('outcomes.merge', 'executed', 'fails');
    expect(await record(at, RUNNING)).toBe('recorded');
    expect(at.logged).toStrictEqual([DOWN, notRecorded('running', 'already succeeded')]);
  });

  test("as unknown takes Graph's own answer, and its error back", async () => {
    const at = claimed({ status: 'unknown', errorCode: 'worker-lost', errorMessage: 'm', finishedAt: T0 - 1 });
    expect(await record(at, ENDED)).toBe('recorded');
    expect(at.asked('outcomes.merge').slice(1)).toStrictEqual([
      [
        'me',
        {
          errorCode: '',
          errorMessage: '',
          status: 'succeeded',
          finishedAt: T0,
          operationId: 'op-1',
          completionReason: 'completedSuccessfully',
          sentAt: SENT,
        },
        'v2',
      ],
    ]);
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'succeeded', by: 'press', operationId: 'op-1', durationMs: 400 }],
    ]);
  });

  test("as unknown takes Graph's refusal", async () => {
    const at = claimed({ status: 'unknown', errorCode: 'worker-lost', errorMessage: 'm' });
    await record(at, REFUSED);
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'call-not-found', sentAt: SENT });
  });

  test('as unknown and by a notification just before the answer is written: the notification stands', async () => {
    const at = claimed({ status: 'unknown' });
    at.next('outcomes.merge', 'executed', () => at.change('me', { status: 'canceled' }));
    await record(at, ENDED);
    expect(at.row('me')).toMatchObject({ status: 'canceled', sentAt: SENT, operationId: 'op-1' });
    expect(at.logged).toStrictEqual([notRecorded('succeeded', 'already canceled')]);
  });

  test.each([
    [RUNNING, 'running'],
    [UNCERTAIN, 'unknown'],
    [NO, 'accepted'],
    [LATER, 'accepted'],
  ] as const)('as unknown stays so where the reply tells no end (%#)', async (reply, status) => {
    const at = claimed({ status: 'unknown', errorCode: 'worker-lost' });
    expect(await record(at, reply)).toBe('recorded');
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'worker-lost' });
    expect(at.queued).toEqual([]);
    expect(at.logged).toStrictEqual([notRecorded(status, 'already unknown')]);
  });

  test('as unknown stays so where the request expired under the claim', async () => {
    const at = claimed({ status: 'unknown', errorCode: 'worker-lost' });
    at.world.time = T0 + 60_000;
    expect(await record(at, NO, 'never')).toBe('expired');
    expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'worker-lost' });
  });

  test('and was deleted is lost', async () => {
    const at = claimed();
    at.stored.outcomes.rows.delete('me');
    expect(await record(at, ENDED)).toBe('recorded');
    expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read']);
    expect(at.logged).toStrictEqual([notRecorded('succeeded', 'storage')]);
  });
});
