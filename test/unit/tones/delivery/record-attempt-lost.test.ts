// What an attempt leaves where its row is lost, late, gone or another's: what is handed on, what is read, and what a copy
// takes along.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { makeAttemptRecorder } from '../../../../shared/tones/delivery/press/record-attempt';
import { addAbsentFacts } from '../../../../shared/tones/delivery/press/under-claim';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone8', 'tone6'],
  expiresAt: T0 + 60_000,
  etag: 'v0',
  waits: 0,
};
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'sending',
  toneCount: 4,
  partCount: 3,
  part: 2,
  partSizes: '0:1 1000:2 8000:1',
  playedToneCount: 1,
  claimId: 'mine',
  claimedAt: T0 - 500,
};
const SENT = T0 - 400;
const NAMES = { clientContext: 'me', callId: 'call-1' };
const RUNNING: PressReply = { kind: 'running', operationId: 'op-mine' };
const PLAYED: PressReply = {
  kind: 'ended',
  report: { ...NAMES, operationId: 'op-mine', completionReason: 'completedSuccessfully' },
};
const UNCERTAIN: PressReply = { kind: 'uncertain', fault: { code: 'graph-timeout' } };
const refusedWith = (code: 'media-busy' | 'audio-inactive'): PressReply => ({
  kind: 'refused',
  fault: { code },
  again: 'later',
  answered: true,
});

/** The row as it was claimed, and as it stands now. */
function claimed(now?: Partial<OutcomeFacts>, row = ROW): TonesPorts {
  const at = makeTonesPorts();
  at.put(row);
  if (now !== undefined) at.change('me', now);
  return at;
}

const claimOf = (message: Partial<ToneMessage>, row: OutcomeFacts) => ({
  message: { ...MESSAGE, ...message },
  part: row.part ?? 1,
  deadline: T0 + 60_000,
  claimId: 'mine',
  claimedAt: T0 - 500,
  row: { ...row, etag: 'v1' },
});

const record = (at: TonesPorts, reply: PressReply, message: Partial<ToneMessage> = {}, row = ROW) =>
  makeAttemptRecorder(at.ports)(claimOf(message, row), reply, SENT);

const deleteRow = (at: TonesPorts) => () => at.stored.outcomes.rows.delete('me');
const events = (at: TonesPorts) => at.logged.map(([, event]) => event);

describe('storage is down', () => {
  test('the row is handed on as it would stand, so that the rest is put on the queue in time', async () => {
    const at = claimed();
    at.next('outcomes.merge', 'fails', 'fails', 'fails');
    expect(await record(at, RUNNING)).toStrictEqual({
      ending: 'recorded',
      rowAfterPart: { ...ROW, etag: 'v1', status: 'running', operationId: 'op-mine', watchUntil: SENT + 60_000 },
    });
  });

  test.each(['answer lost', 'fails'] as const)(
    'for one write of an end (%s): it is ended once, and so logged',
    async (fate) => {
      const at = claimed();
      at.next('outcomes.merge', fate);
      expect(await record(at, UNCERTAIN)).toStrictEqual({ ending: 'recorded' });
      expect(at.row('me')).toMatchObject({ status: 'unknown', errorCode: 'graph-timeout', etag: 'v2' });
      expect(events(at)).toEqual(['storage-failed', 'request-ended']);
    },
  );
});

describe('a row that is late', () => {
  test('and has ended hands nothing on', async () => {
    const at = claimed({ status: 'failed' });
    expect(await record(at, UNCERTAIN)).toStrictEqual({ ending: 'recorded' });
  });

  test('and is still at this part, under another claim, hands nothing on', async () => {
    const at = claimed({ claimId: 'rival' });
    expect(await record(at, UNCERTAIN)).toStrictEqual({ ending: 'recorded' });
    expect(at.row('me')).toMatchObject({ status: 'sending', claimId: 'rival' });
  });

  test('and has come to a later part is handed on', async () => {
    const at = claimed({ status: 'pausing', part: 3, claimId: '' });
    const ending = await record(at, UNCERTAIN);
    expect(ending).toMatchObject({ ending: 'recorded', rowAfterPart: { part: 3 } });
  });

  test('and was not given up is not read once more: its end stands', async () => {
    const at = claimed({ status: 'failed', claimId: 'rival' });
    await record(at, PLAYED);
    expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read']);
  });

  test('gets the facts of its press in one write, and is not read after it', async () => {
    const at = claimed({ status: 'failed' });
    await record(at, RUNNING);
    expect(at.row('me')).toMatchObject({ status: 'failed', operationId: 'op-mine' });
    expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read', 'outcomes.merge']);
  });

  test('and is gone once the facts of its press are added is no fault of storage', async () => {
    const at = claimed({ status: 'failed' });
    at.next('outcomes.merge', 'executed', deleteRow(at));
    await record(at, RUNNING);
    expect(at.row('me')).toBeUndefined();
    expect(events(at)).toEqual(['outcome-not-recorded']);
  });

  test('does not take when a later part was pressed for when the request was', async () => {
    const at = claimed({ status: 'pausing', part: 3, claimId: '' });
    const row = at.row('me');
    if (row === undefined) throw new Error('the row of the test is not there');
    await addAbsentFacts(at.ports, claimOf({}, ROW), { sentAt: SENT }, row);
    expect(at.row('me')).toStrictEqual(row);
  });
});

test('a row that is gone is no fault of storage', async () => {
  const at = claimed();
  at.next('outcomes.merge', deleteRow(at));
  await record(at, RUNNING);
  expect(at.logged).toStrictEqual([
    ['warn', 'outcome-not-recorded', { ...NAMES, status: 'running', reason: 'storage', part: 2 }],
  ]);
});

test('a part whose row names no pause is logged without the time since then', async () => {
  const at = claimed();
  await record(at, RUNNING);
  expect(at.logged).toStrictEqual([
    ['info', 'tones-sent', { ...NAMES, operationId: 'op-mine', status: 'running', part: 2 }],
  ]);
});

test('nothing is ended as cancelled where the mark is not there any more', async () => {
  const at = claimed({ cancelRequestedAt: T0 - 1 });
  at.next('outcomes.read', 'executed', () => at.stored.outcomes.rows.set('me', { ...ROW, etag: 'v3' }));
  await record(at, PLAYED);
  expect(at.row('me')).toStrictEqual({ ...ROW, etag: 'v3' });
});

describe('the copy of a first part that was refused for the moment', () => {
  const FIRST: OutcomeFacts = { ...NAMES, status: 'sending', toneCount: 2, claimId: 'mine', claimedAt: T0 - 500 };

  test.each([
    ['has no pause to begin again where it has none at all', 'audio-inactive', {}, {}],
    ['does not begin its pause again where the call took tones', 'media-busy', { pauseMs: 1500 }, {}],
    [
      'begins its pause again where the call took none',
      'audio-inactive',
      { pauseMs: 1500 },
      { pausedUntil: T0 + 1500 },
    ],
  ] as const)('%s', async (_what, code, message, more) => {
    const at = claimed(undefined, FIRST);
    expect(await record(at, refusedWith(code), message, FIRST)).toStrictEqual({ ending: 'waiting' });
    expect(at.queued.map((copy) => copy.message)).toStrictEqual([
      { ...MESSAGE, ...message, ...more, etag: 'v2', waits: 1 },
    ]);
  });
});
