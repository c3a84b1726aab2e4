// Graph's report of an end: first, early, late, repeated, contradicting, of another call, of no request; the first one stands.
import type { OutcomeFacts, ToneStatus } from '../../../../shared/tones/facts/outcome-facts';
import type { OperationReport } from '../../../../shared/tones/facts/operation-report';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const REPORT: OperationReport = {
  clientContext: 'me',
  callId: 'Call-1',
  operationId: 'op-1',
  status: 'completed',
  completionReason: 'completedSuccessfully',
  resultInfo: { code: 200, subcode: 0, message: 'Fine.' },
};
const FACTS = {
  status: 'succeeded',
  finishedAt: T0,
  operationId: 'op-1',
  completionReason: 'completedSuccessfully',
  resultCode: 200,
  resultSubcode: 0,
  resultMessage: 'Fine.',
  reportedAt: T0,
};
const CANCELED: OperationReport = {
  clientContext: 'me',
  callId: 'Call-1',
  operationId: 'op-2',
  completionReason: 'mediaOperationCanceled',
};
const NAMES = { clientContext: 'me', callId: 'Call-1', operationId: 'op-1' };

const record = (at: TonesPorts, report = REPORT) => makeReportRecorder(at.ports)(report);

function withRow(facts: Partial<OutcomeFacts>): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', callId: 'Call-1', fingerprint: 'f', ...facts });
  return at;
}

describe('the first report', () => {
  test('ends a running row, and tells how long it took', async () => {
    const at = withRow({ status: 'running', sentAt: T0 - 1234 });
    await record(at);
    expect(at.journal).toStrictEqual([
      ['outcomes.read', 'me'],
      ['outcomes.merge', 'me', FACTS, 'v1'],
    ]);
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'succeeded', by: 'report' }],
      ['info', 'report-recorded', { ...NAMES, status: 'succeeded', durationMs: 1234 }],
    ]);
  });

  test("may come before Graph's own reply was recorded", async () => {
    const at = withRow({ status: 'sending' });
    await record(at);
    expect(at.asked('outcomes.merge')).toStrictEqual([['me', FACTS, 'v1']]);
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'succeeded', by: 'report' }],
      ['info', 'report-recorded', { ...NAMES, status: 'succeeded' }],
    ]);
  });

  test('settles an unknown row at any time, and takes its error back', async () => {
    const at = withRow({
      status: 'unknown',
      errorCode: 'notification-missing',
      errorMessage: 'm',
      finishedAt: T0 - 9_000_000,
    });
    await record(at);
    expect(at.asked('outcomes.merge')).toStrictEqual([['me', { errorCode: '', errorMessage: '', ...FACTS }, 'v1']]);
  });

  test('settles an unknown row with an error of its own', async () => {
    const at = withRow({ status: 'unknown', errorCode: 'notification-missing', errorMessage: 'm' });
    await record(at, CANCELED);
    expect(at.row('me')).toMatchObject({ status: 'canceled', errorCode: 'operation-canceled' });
    const fields = { ...NAMES, operationId: 'op-2', status: 'canceled' };
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...fields, code: 'operation-canceled', by: 'report' }],
      ['info', 'report-recorded', fields],
    ]);
  });

  test.each(['CALL1', 'c-a-l-l-1', 'call-1'])('may spell the call %s', async (callId) => {
    const at = withRow({ status: 'running' });
    await record(at, { ...REPORT, callId });
    expect(at.row('me')).toMatchObject({ status: 'succeeded', callId: 'Call-1' });
  });

  test('is written again where the row was changed meanwhile', async () => {
    const at = withRow({ status: 'sending' });
    at.next('outcomes.merge', () => at.change('me', { status: 'running', sentAt: T0 - 100 }));
    await record(at);
    expect(at.row('me')).toMatchObject({ status: 'succeeded', sentAt: T0 - 100 });
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'succeeded', by: 'report' }],
      ['info', 'report-recorded', { ...NAMES, status: 'succeeded', durationMs: 100 }],
    ]);
  });

  test('that the SDK wrote twice is recorded once, as the same', async () => {
    const at = withRow({ status: 'running', claimedAt: T0 });
    at.next('outcomes.merge', 'repeated');
    await record(at);
    expect(at.row('me')).toMatchObject({ status: 'succeeded', etag: 'v2' });
    expect(at.logged.map(([, event]) => event)).toEqual(['request-ended', 'report-recorded']);
  });
});

describe('a later report', () => {
  test.each(['succeeded', 'failed', 'canceled'] as const)('changes nothing of a row that is %s', async (status) => {
    const at = withRow({ status, claimedAt: T0 - 9 });
    for (const report of [REPORT, CANCELED, { clientContext: 'me', callId: 'Call-1' }]) await record(at, report);
    expect(at.row('me')).toMatchObject({ status, etag: 'v1' });
    expect(at.asked('outcomes.merge')).toEqual([]);
  });

  test('that says the same is logged as repeated', async () => {
    const at = withRow({ status: 'succeeded', claimedAt: T0 - 9 });
    await record(at);
    expect(at.logged).toStrictEqual([['info', 'report-repeated', { ...NAMES, status: 'succeeded' }]]);
  });

  test('that contradicts the first is logged with what it said', async () => {
    const at = withRow({ status: 'succeeded', claimedAt: T0 - 9 });
    await record(at, CANCELED);
    expect(at.logged).toStrictEqual([
      [
        'warn',
        'report-contradicts',
        { ...NAMES, operationId: 'op-2', status: 'succeeded', reason: 'reported canceled' },
      ],
    ]);
  });
});

test.each([
  ['accepted', undefined],
  ['accepted', T0 - 9],
  ['expired', undefined],
  ['failed', undefined],
] as [ToneStatus, number | undefined][])(
  'a report on a request that is %s (claimed at %p) was not expected',
  async (status, claimedAt) => {
    const at = withRow({ status, ...(claimedAt && { claimedAt }) });
    await record(at);
    expect(at.row('me')).toMatchObject({ status, etag: 'v1' });
    expect(at.logged).toStrictEqual([['warn', 'report-not-expected', { ...NAMES, status }]]);
  },
);

test('a report that counts no more, as Graph answered it by its reply, still shows that the call is notified', async () => {
  const at = withRow({ status: 'succeeded', claimedAt: T0 - 9 });
  at.putCall({ tail: 'me' });
  await record(at);
  expect(await at.ports.calls.read('call1')).toMatchObject({ tail: 'me', notifiedAt: T0 });
  const reported = withRow({ status: 'succeeded', claimedAt: T0 - 9, reportedAt: T0 - 1 });
  await record(reported);
  expect(reported.operations()).toEqual(['outcomes.read']);
});

test.each(['sending', 'running', 'unknown'] as const)(
  'a report of another call leaves a row that is %s',
  async (status) => {
    const at = withRow({ status, claimedAt: T0 - 9, callbackWanted: true });
    await record(at, { ...REPORT, callId: 'Call-2' });
    expect(at.row('me')).toMatchObject({ status, etag: 'v1' });
    expect(at.operations()).toEqual(['outcomes.read']);
    expect(at.logged.map(([level, event]) => [level, event])).toEqual([['warn', 'report-other-call']]);
  },
);

test('a report of another call is logged and stored nowhere', async () => {
  const at = withRow({ status: 'running' });
  await record(at, { ...REPORT, callId: 'call-2' });
  expect(at.operations()).toEqual(['outcomes.read']);
  expect(at.row('me')?.status).toBe('running');
  expect(at.logged).toStrictEqual([['warn', 'report-other-call', { ...NAMES, callId: 'call-2' }]]);
});

describe('a report of no request', () => {
  test('makes a row of its own, indexed before it', async () => {
    const at = makeTonesPorts();
    await record(at);
    expect(at.journal).toStrictEqual([
      ['outcomes.read', 'me'],
      ['index.open', { kind: 'request', clientContext: 'me', since: T0 }],
      ['outcomes.insert', { clientContext: 'me', callId: 'Call-1', ...FACTS }],
      // No request of the call leads to this row: that it was notified would be noted on the call.
      ['calls.read', 'call1'],
    ]);
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'succeeded', by: 'report' }],
      ['info', 'report-recorded', { ...NAMES, status: 'succeeded' }],
    ]);
  });

  test('is repeated or contradicted as any other', async () => {
    const at = makeTonesPorts();
    await record(at);
    await record(at);
    await record(at, CANCELED);
    expect(at.row('me')).toMatchObject({ status: 'succeeded', etag: 'v1' });
    expect(at.logged.map(([level, event]) => [level, event])).toEqual([
      ['info', 'request-ended'],
      ['info', 'report-recorded'],
      ['info', 'report-repeated'],
      ['warn', 'report-contradicts'],
    ]);
  });

  test('that a request overtakes is measured by that request', async () => {
    const at = makeTonesPorts();
    at.next('outcomes.insert', () => at.put({ clientContext: 'me', callId: 'Call-1', fingerprint: 'f' }));
    await record(at);
    expect(at.row('me')).toMatchObject({ status: 'accepted', etag: 'v1' });
    expect(at.logged).toStrictEqual([['warn', 'report-not-expected', { ...NAMES, status: 'accepted' }]]);
  });

  test('that a claimed request overtakes ends it', async () => {
    const at = makeTonesPorts();
    at.next('outcomes.insert', () => at.put({ clientContext: 'me', callId: 'Call-1', status: 'sending' }));
    await record(at);
    expect(at.row('me')).toMatchObject({ status: 'succeeded', etag: 'v2' });
  });
});

describe('when storage fails', () => {
  test.each([
    ['outcomes.read', { status: 'running' }],
    ['outcomes.merge', { status: 'running' }],
    ['index.open', undefined],
    ['outcomes.insert', undefined],
  ] as const)('at %s, Graph is told, and the report sent again is recorded', async (operation, row) => {
    const at = row ? withRow(row) : makeTonesPorts();
    at.next(operation, 'fails');
    await expect(record(at)).rejects.toThrow(operation);
    await record(at);
    expect(at.row('me')?.status).toBe('succeeded');
  });

  const rivals = (at: TonesPorts, count: number) =>
    at.next('outcomes.merge', ...Array<() => unknown>(count).fill(() => at.change('me', { sentAt: T0 })));

  test('the twentieth try may still be won', async () => {
    const at = withRow({ status: 'running' });
    rivals(at, 19);
    await record(at);
    expect(at.asked('outcomes.merge')).toHaveLength(20);
  });

  test('after twenty races lost Graph is told to send again', async () => {
    const at = withRow({ status: 'running' });
    rivals(at, 20);
    await expect(record(at)).rejects.toThrow('lost every race for the row of a request');
    expect(at.asked('outcomes.merge')).toHaveLength(20);
  });
});
