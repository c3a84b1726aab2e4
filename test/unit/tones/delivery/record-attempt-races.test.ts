// Recording a row that others write as well: a timer or a notification that ended it first, a callback that was asked for.
import {
  DOWN,
  ENDED,
  LATER,
  MESSAGE,
  NAMES,
  NO,
  REFUSED,
  RUNNING,
  SENT,
  UNCERTAIN,
  claimed,
  notRecorded,
  record,
} from '../../../support/recorded-attempt';
import { T0, type Fate } from '../../../support/tones-ports';

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

describe('a row that was changed under the claim', () => {
  test.each([
    [RUNNING, 'running', 'recorded'],
    [ENDED, 'succeeded', 'recorded'],
    [UNCERTAIN, 'unknown', 'recorded'],
    [REFUSED, 'failed', 'recorded'],
    [LATER, 'accepted', 'waiting'],
  ] as const)(
    'is written under its new version, and a callback that was asked for is kept (%#)',
    async (reply, status, ending) => {
      const at = claimed({ callbackWanted: true });
      expect(await record(at, reply)).toBe(ending);
      expect(at.asked('outcomes.merge').map(([, , etag]) => etag)).toEqual(['v1', 'v2']);
      expect(at.row('me')).toMatchObject({ status, callbackWanted: true, etag: 'v3' });
      expect(at.announced).toHaveLength(['succeeded', 'unknown', 'failed'].includes(status) ? 1 : 0);
    },
  );

  test('is given back with what was asked for in the copy', async () => {
    const at = claimed({ callbackWanted: true });
    await record(at, LATER);
    expect(at.queued).toStrictEqual([
      { message: { ...MESSAGE, etag: 'v3', callbackWanted: true, waits: 1 }, delayMs: 1000 },
    ]);
  });

  test('again and again is written at the twentieth try, and no later', async () => {
    for (const [changes, status] of [
      [19, 'running'],
      [20, 'sending'],
    ] as const) {
      const at = claimed();
      at.next('outcomes.merge', ...Array<Fate>(changes).fill(() => at.change('me', { callbackWanted: true })));
      expect(await record(at, RUNNING)).toBe('recorded');
      expect(at.asked('outcomes.merge')).toHaveLength(20);
      expect(at.row('me')?.status).toBe(status);
    }
  });

  test.each([RUNNING, ENDED, UNCERTAIN, REFUSED, LATER, NO])('by another claim is left to it (%#)', async (reply) => {
    const at = claimed({ claimId: 'rival' });
    const before = at.row('me');
    await record(at, reply);
    expect(at.row('me')).toStrictEqual(before);
    expect([at.queued, at.announced]).toEqual([[], []]);
    expect(at.logged.map(([, event]) => event)).toEqual(['outcome-not-recorded']);
  });

  test.each(['succeeded', 'failed', 'canceled', 'expired'] as const)(
    'into %s is never overwritten, whatever Graph answered',
    async (status) => {
      for (const reply of [RUNNING, ENDED, UNCERTAIN, REFUSED, LATER, NO]) {
        const at = claimed({ status, finishedAt: T0 - 1, errorCode: 'call-ended' });
        await record(at, reply);
        expect(at.row('me')).toMatchObject({ status, finishedAt: T0 - 1, errorCode: 'call-ended' });
        expect(at.queued).toEqual([]);
      }
    },
  );
});
