// A report on a row that changes, or goes, while it is recorded; and the trace that it is linked to, where there is one.
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const ONLY: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'running',
  fingerprint: 'f',
  toneCount: 1,
  claimId: 'mine',
  claimedAt: T0 - 300,
  sentAt: T0 - 250,
};
const FIRST_OF_TWO: OutcomeFacts = { ...ONLY, toneCount: 3, partCount: 2, part: 1, partSizes: '0:1 1000:2' };
const REPORT = {
  clientContext: 'me',
  callId: 'call-1',
  operationId: 'op-1',
  status: 'completed',
  completionReason: 'completedSuccessfully',
};

function withRow(facts: OutcomeFacts): TonesPorts {
  const at = makeTonesPorts();
  at.put(facts);
  return at;
}

async function linkedBy(facts: OutcomeFacts): Promise<string[]> {
  const { ports } = withRow(facts);
  const linked: string[] = [];
  await makeReportRecorder({ ...ports, linkTrace: (traceparent) => void linked.push(traceparent) })(REPORT);
  return linked;
}

describe.each([
  ['the only part', ONLY, 'succeeded'],
  ['a part before others', FIRST_OF_TWO, 'pausing'],
] as const)('a report of %s', (_what, row, status) => {
  test('is linked to the trace of its request', async () => {
    expect(await linkedBy({ ...row, traceparent: TRACE })).toEqual([TRACE]);
  });

  test('is linked to nothing where the request has no trace', async () => {
    expect(await linkedBy(row)).toStrictEqual([]);
  });

  test('is recorded where nobody keeps traces', async () => {
    const at = withRow({ ...row, traceparent: TRACE });
    await makeReportRecorder(at.ports)(REPORT);
    expect(at.row('me')?.status).toBe(status);
  });
});

test('a row that is deleted while its report is recorded is made anew by the report', async () => {
  const at = withRow(ONLY);
  at.next('outcomes.merge', () => at.stored.outcomes.rows.delete('me'));
  await makeReportRecorder(at.ports)(REPORT);
  expect(at.asked('outcomes.insert')).toMatchObject([[{ clientContext: 'me', status: 'succeeded', reportedAt: T0 }]]);
  expect(at.row('me')).toMatchObject({ status: 'succeeded', operationId: 'op-1' });
});

test('a row that turns out to have a part after the one that was played goes on to its pause', async () => {
  const at = withRow({ ...FIRST_OF_TWO, status: 'unknown' });
  at.next('outcomes.merge', () => at.change('me', { status: 'running' }));
  await makeReportRecorder(at.ports)(REPORT);
  expect(at.row('me')).toMatchObject({ status: 'pausing', part: 2, playedToneCount: 1, notBefore: T0 + 1000 });
  expect(at.logged.map(([, event]) => event)).toEqual(['part-played']);
});
