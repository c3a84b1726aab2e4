// Graph's report of a part on a row that a caller asked to cancel: it ends the request, and its own truth is kept.
import type { OperationReport } from '../../../../shared/tones/facts/operation-report';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MARKED: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'running',
  fingerprint: 'f',
  toneCount: 4,
  partCount: 3,
  part: 2,
  partSizes: '0:1 1000:2 8000:1',
  playedToneCount: 1,
  operationId: 'op-1',
  claimId: 'theirs',
  claimedAt: T0 - 300,
  sentAt: T0 - 9000,
  cancelRequestedAt: T0 - 100,
};
const NAMES = { clientContext: 'me', callId: 'call-1', operationId: 'op-2' };
const MESSAGE = 'A caller cancelled the request: nothing more was pressed; playedToneCount says how far it came.';
const CANCELED = {
  operationId: 'op-2',
  playedToneCount: 3,
  status: 'canceled',
  finishedAt: T0,
  errorCode: 'canceled-by-caller',
  errorMessage: MESSAGE,
  reportedAt: T0,
} as const;

const report = (part: number, completionReason = 'completedSuccessfully'): OperationReport => ({
  clientContext: part === 1 ? 'me' : `me;part=${part}`,
  callId: 'call-1',
  operationId: `op-${part}`,
  status: 'completed',
  completionReason,
});
const record = (at: TonesPorts, theirs: OperationReport) => makeReportRecorder(at.ports)(theirs);

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...MARKED, ...facts });
  return at;
}

describe('a part that was played, where others would follow', () => {
  test.each(['running', 'sending'] as const)('ends a marked row that is %s, in one write', async (status) => {
    const at = withRow({ status, callbackWanted: true });
    await record(at, report(2));
    expect(at.journal.slice(0, 2)).toStrictEqual([
      ['outcomes.read', 'me'],
      ['outcomes.merge', 'me', CANCELED, 'v1'],
    ]);
    expect(at.row('me')).toStrictEqual({ ...MARKED, ...CANCELED, callbackWanted: true, etag: 'v2' });
    expect(at.announced.map(({ message }) => message.clientContext)).toEqual(['me']);
    expect(at.queued).toEqual([]);
    expect(at.logged.slice(0, 1)).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'canceled', code: 'canceled-by-caller', by: 'report' }],
    ]);
    expect(at.logged.map(([, event]) => event)).not.toContain('part-played');
  });

  test('counts its tones as the first ones where it was the first part', async () => {
    const { playedToneCount: _, ...row } = MARKED;
    const at = makeTonesPorts();
    at.put({ ...row, part: 1 });
    await record(at, report(1));
    expect(at.row('me')).toMatchObject({ ...CANCELED, operationId: 'op-1', playedToneCount: 1, part: 1 });
  });

  test('ends a marked row that was given up as unknown, too, and takes its error back', async () => {
    const at = withRow({ status: 'unknown', errorCode: 'notification-missing', errorMessage: 'm', finishedAt: T0 - 1 });
    await record(at, report(2));
    expect(at.row('me')).toStrictEqual({ ...MARKED, ...CANCELED, etag: 'v2' });
  });

  test('and whose report comes again, or later ones, change nothing more', async () => {
    const at = withRow();
    await record(at, report(2));
    const before = at.row('me');
    for (const later of [report(2), report(2, 'mediaOperationCanceled'), report(1), report(3)]) await record(at, later);
    expect(at.row('me')).toStrictEqual(before);
    expect(at.logged.slice(2).map(([, event]) => event)).toEqual([
      'report-repeated',
      'report-contradicts',
      'report-repeated',
      'report-not-expected',
    ]);
  });
});

describe('what else Graph reports of a marked row is said as it is', () => {
  test.each([
    [
      'the last part was played',
      { part: 3, playedToneCount: 3 },
      report(3),
      { status: 'succeeded', playedToneCount: 4 },
    ],
    [
      'the last part failed',
      { part: 3, playedToneCount: 3 },
      report(3, 'unknown'),
      { status: 'failed', playedToneCount: 3 },
    ],
    [
      'a part failed',
      {},
      report(2, 'unknown'),
      { status: 'failed', errorCode: 'operation-failed', playedToneCount: 1 },
    ],
    [
      'a part was canceled',
      {},
      report(2, 'mediaOperationCanceled'),
      { status: 'canceled', errorCode: 'operation-canceled', playedToneCount: 1 },
    ],
  ] as const)('%s', async (_what, facts, theirs, expected) => {
    for (const status of ['sending', 'running', 'unknown'] as const) {
      const at = withRow({ ...facts, status });
      await record(at, theirs);
      expect(at.row('me')).toMatchObject(expected);
    }
  });

  test('the only part was played', async () => {
    const { partCount: _, part: __, partSizes: ___, playedToneCount: ____, ...row } = MARKED;
    const at = makeTonesPorts();
    at.put({ ...row, status: 'sending' });
    await record(at, report(1));
    expect(at.row('me')).toMatchObject({ status: 'succeeded', playedToneCount: 4 });
    expect(at.row('me')?.errorCode).toBeUndefined();
  });

  test('an earlier part was played: that is a repetition, and the request goes on to its end', async () => {
    const at = withRow();
    await record(at, report(1));
    expect(at.row('me')).toMatchObject({ status: 'running', etag: 'v1' });
  });
});

describe('a mark that lands while the report is recorded is not lost', () => {
  const { cancelRequestedAt: _, ...unmarked } = MARKED;

  test.each(['running', 'sending'] as const)('on a row that is %s', async (status) => {
    const at = makeTonesPorts();
    at.put({ ...unmarked, status });
    at.next('outcomes.merge', () => at.change('me', { cancelRequestedAt: T0 }));
    await record(at, report(2));
    expect(at.asked('outcomes.merge').map(([, facts, etag]) => [facts, etag])).toMatchObject([
      [{ status: 'pausing', part: 3 }, 'v1'],
      [CANCELED, 'v2'],
    ]);
    expect(at.row('me')).toStrictEqual({ ...unmarked, ...CANCELED, cancelRequestedAt: T0, etag: 'v3' });
    expect(at.logged.map(([, event]) => event)).toEqual(['request-ended', 'report-recorded']);
  });

  test('on one whose last part it is: that one was played', async () => {
    const at = makeTonesPorts();
    at.put({ ...unmarked, status: 'sending', part: 3, playedToneCount: 3 });
    at.next('outcomes.merge', () => at.change('me', { cancelRequestedAt: T0 }));
    await record(at, report(3));
    expect(at.row('me')).toMatchObject({ status: 'succeeded', playedToneCount: 4, cancelRequestedAt: T0, etag: 'v3' });
  });

  test.each(['fails', 'answer lost', 'repeated'] as const)(
    'where the write of the end %s, and Graph sends again',
    async (fate) => {
      const at = withRow();
      at.next('outcomes.merge', fate);
      await record(at, report(2)).catch((error: unknown) => expect(String(error)).toMatch('outcomes.merge'));
      await record(at, report(2));
      expect(at.row('me')).toMatchObject({ ...CANCELED, etag: 'v2' });
    },
  );
});
