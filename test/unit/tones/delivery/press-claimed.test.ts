// What a claim leads to: the permit, the name that a part has towards Graph, and the rest put on the queue after the recording.
import type { Claim } from '../../../../shared/tones/delivery/press/claim';
import { makeClaimedPresser } from '../../../../shared/tones/delivery/press/press-claimed';
import type { OutcomeFacts, ToneStatus } from '../../../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone1'],
  rest: [{ pauseMs: 1000, tones: ['tone8', 'tone6'] }],
  expiresAt: T0 + 60_000,
  etag: 'v0',
  waits: 0,
};
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'sending',
  toneCount: 3,
  partCount: 2,
  part: 1,
  pauseMs: 1000,
  partSizes: '0:1 1000:2',
  claimId: 'mine',
  claimedAt: T0,
};
const PLAYED = { clientContext: 'me', callId: 'call-1', completionReason: 'completedSuccessfully' } as const;
const PAUSING: Partial<OutcomeFacts> = {
  status: 'pausing',
  part: 2,
  playedToneCount: 1,
  claimId: '',
  notBefore: T0 + 1000,
  latestStart: T0 + 5000,
};

function claimed(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ROW, ...facts });
  return at;
}

function press(at: TonesPorts, claim: Partial<Claim> = {}) {
  const row = at.row('me');
  if (row === undefined) throw new Error('no row');
  return makeClaimedPresser(at.ports)({
    message: MESSAGE,
    part: 1,
    deadline: T0 + 60_000,
    claimId: 'mine',
    claimedAt: T0,
    row,
    ...claim,
  });
}

describe('the rest', () => {
  test('is put on the queue after the reply is recorded', async () => {
    const at = claimed();
    expect(await press(at)).toBe('recorded');
    expect(at.operations()).toEqual(['graph.sendDtmfTones', 'outcomes.merge', 'queue.enqueue']);
    expect(at.queued).toMatchObject([{ message: { part: 2, tones: ['tone8', 'tone6'] }, delayMs: 0 }]);
  });

  test('is put there, too, where a report was faster than the reply: the row is pausing already', async () => {
    const at = claimed();
    at.next('outcomes.merge', () => at.change('me', PAUSING));
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')).toMatchObject({ ...PAUSING, sentAt: T0 });
    expect(at.queued).toMatchObject([{ message: { part: 2 } }]);
  });

  test.each(['graph-timeout', 'graph-connection-lost', 'graph-fault'] as const)(
    'is put there where a report came, and then the reply was lost: %s',
    async (code) => {
      const at = claimed();
      at.next('graph.sendDtmfTones', () => at.change('me', PAUSING));
      at.world.reply = () => ({ kind: 'uncertain', fault: { code } });
      expect(await press(at)).toBe('recorded');
      expect(at.row('me')).toMatchObject({ status: 'pausing', part: 2 });
      expect(at.queued).toMatchObject([{ message: { part: 2, tones: ['tone8', 'tone6'] } }]);
    },
  );

  test('is put there where the reply itself says that the part was played', async () => {
    const at = claimed();
    at.world.reply = () => ({ kind: 'ended', report: { ...PLAYED, operationId: 'op-1' } });
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')).toMatchObject({ ...PAUSING, sentAt: T0, operationId: 'op-1' });
    expect(at.queued).toMatchObject([{ message: { part: 2 } }]);
  });

  test('is put there where nothing could be recorded: a report may still say that the part was played', async () => {
    const at = claimed();
    at.next('outcomes.merge', 'fails', 'fails', 'fails');
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')?.status).toBe('sending');
    expect(at.queued).toMatchObject([{ message: { part: 2 } }]);
  });

  test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as ToneStatus[])(
    'is never put there where the row is %s',
    async (status) => {
      const at = claimed();
      at.next('outcomes.merge', () => at.change('me', { status }));
      await press(at);
      expect(at.row('me')?.status).toBe(status);
      expect(at.queued).toEqual([]);
    },
  );

  test.each([
    ['the part failed', { kind: 'ended', report: { ...PLAYED, completionReason: 'unknown' } }],
    ['the part was canceled', { kind: 'ended', report: { ...PLAYED, completionReason: 'mediaOperationCanceled' } }],
    ['nobody can tell', { kind: 'uncertain', fault: { code: 'graph-timeout' } }],
    ['Graph refused for good', { kind: 'refused', fault: { code: 'call-not-found' }, again: 'never', answered: true }],
  ] as [string, PressReply][])('is never put there where %s', async (_what, reply) => {
    const at = claimed();
    at.world.reply = () => reply;
    expect(await press(at)).toBe('recorded');
    expect(at.queued).toEqual([]);
  });

  test('stays with its part where Graph refuses for the moment', async () => {
    const at = claimed();
    at.world.reply = () => ({ kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true });
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toMatchObject([{ message: { tones: ['tone1'], rest: MESSAGE.rest }, delayMs: 1000 }]);
    expect(at.queued).toHaveLength(1);
  });

  test('that cannot be put there is thrown, after the press was recorded', async () => {
    const at = claimed();
    at.next('queue.enqueue', 'fails');
    await expect(press(at)).rejects.toThrow('queue.enqueue');
    expect(at.row('me')?.status).toBe('running');
  });
});

describe('a part after the first', () => {
  const SECOND: ToneMessage = { ...MESSAGE, tones: ['tone8', 'tone6'], part: 2 };

  test('has a name of its own, and no sentAt', async () => {
    const at = claimed({ part: 2, playedToneCount: 1, sentAt: T0 - 5000 });
    const { rest: _, ...message } = SECOND;
    await press(at, { message, part: 2, deadline: T0 + 4000 });
    expect(at.asked('graph.sendDtmfTones')).toStrictEqual([
      [{ callId: 'call-1', clientContext: 'me;part=2', tones: ['tone8', 'tone6'] }],
    ]);
    expect(at.row('me')).toMatchObject({ status: 'running', sentAt: T0 - 5000 });
    expect(at.queued).toEqual([]);
  });

  test('is permitted until 250 ms before its deadline', async () => {
    for (const [time, kind] of [
      [T0 + 3750, 'go'],
      [T0 + 3751, 'no'],
    ] as const) {
      const at = claimed({ part: 2, playedToneCount: 1 });
      at.next('graph.sendDtmfTones', () => (at.world.time = time));
      await press(at, { message: SECOND, part: 2, deadline: T0 + 4000 });
      expect(at.permits.map((permit) => permit.kind)).toEqual([kind]);
    }
  });

  test('is not permitted later than half of the grace after its claim', async () => {
    const at = claimed({ part: 2, playedToneCount: 1, latestStart: T0 + 60_000 });
    at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 15_001));
    expect(await press(at, { message: SECOND, part: 2, deadline: T0 + 60_000 })).toBe('waiting');
    expect(at.row('me')).toMatchObject({ status: 'pausing', part: 2, claimId: '', notBefore: T0 + 16_001 });
    expect(at.queued).toMatchObject([{ message: { part: 2, tones: ['tone8', 'tone6'] }, delayMs: 1000 }]);
  });
});

test("Graph is asked in the message's tenant, and so is the rest; without one in none", async () => {
  const tenantId = '22222222-2222-4222-8222-222222222222';
  const at = claimed();
  await press(at, { message: { ...MESSAGE, tenantId } });
  expect(at.asked('graph.sendDtmfTones')).toMatchObject([[{ tenantId, clientContext: 'me' }]]);
  expect(at.queued.map(({ message }) => message.tenantId)).toEqual([tenantId]);
  const own = claimed();
  await press(own);
  expect(own.asked('graph.sendDtmfTones')[0]?.[0]).not.toHaveProperty('tenantId');
});
