// Every way in which Graph tells the end of an operation: in its reply or in a notification, early, late, twice or never contradicted.
// Each is seen in the status API and in the table, and its presses are counted.
import type { ScenarioPlan } from '../../../local/graph-simulator/calls/scenarios';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const PLATFORM_FAULT = { code: 500, subcode: 9999, message: 'The operation failed for an internal reason.' };

interface Expected {
  readonly status: string;
  readonly completionReason?: string;
  readonly resultInfo?: { code: number; subcode: number; message: string };
  readonly errorCode?: string;
}

const SUCCEEDED: Expected = { status: 'succeeded', completionReason: 'completedSuccessfully' };

const REPORTS: readonly (readonly [
  name: string,
  plan: ScenarioPlan,
  expected: Expected,
  executed: number,
  notifications: number,
])[] = [
  ['success', { scenario: 'success' }, SUCCEEDED, 1, 1],
  [
    'canceled',
    { scenario: 'canceled' },
    { status: 'canceled', completionReason: 'mediaOperationCanceled', errorCode: 'operation-canceled' },
    1,
    1,
  ],
  [
    'unknown',
    { scenario: 'unknown' },
    { status: 'failed', completionReason: 'unknown', errorCode: 'operation-failed' },
    1,
    1,
  ],
  [
    'failed',
    { scenario: 'failed' },
    { status: 'failed', resultInfo: PLATFORM_FAULT, errorCode: 'operation-failed' },
    1,
    1,
  ],
  ['terminal-reply', { scenario: 'terminal-reply' }, SUCCEEDED, 1, 0],
  [
    'terminal-reply-failed',
    { scenario: 'terminal-reply-failed' },
    { status: 'failed', resultInfo: PLATFORM_FAULT, errorCode: 'operation-failed' },
    0,
    0,
  ],
  ['notification-before-reply', { scenario: 'notification-before-reply' }, SUCCEEDED, 1, 1],
  ['notification-twice', { scenario: 'notification-twice' }, SUCCEEDED, 1, 2],
  ['notification-late', { scenario: 'notification-late' }, SUCCEEDED, 1, 1],
  [
    'success with a resultInfo of success',
    { resultInfo: { code: 200, subcode: 0, message: 'Action completed successfully.' } },
    { ...SUCCEEDED, resultInfo: { code: 200, subcode: 0, message: 'Action completed successfully.' } },
    1,
    1,
  ],
  [
    'success with a resultInfo of failure, which is no success',
    { resultInfo: { code: 486, subcode: 0, message: 'Busy here.' } },
    {
      status: 'failed',
      completionReason: 'completedSuccessfully',
      resultInfo: { code: 486, subcode: 0, message: 'Busy here.' },
      errorCode: 'operation-failed',
    },
    1,
    1,
  ],
  [
    'failed with subcode 8508, which is canceled',
    { scenario: 'failed', resultInfo: { code: 400, subcode: 8508, message: 'Cancelled.' } },
    {
      status: 'canceled',
      resultInfo: { code: 400, subcode: 8508, message: 'Cancelled.' },
      errorCode: 'operation-canceled',
    },
    1,
    1,
  ],
];

it.each(REPORTS)(
  'tells the end of "%s" in the status API and in the table',
  async (_name, plan, expected, executed, notifications) => {
    const callId = app.call(plan);
    const {
      clientContext,
      location,
      outcome: accepted,
    } = await app.accept({ callId, digits: '1*9#', delayBetweenTonesMs: 20 });
    expect(accepted).toMatchObject({ clientContext, callId, toneCount: 4 });

    const { outcome, row } = await app.untilFinal({ clientContext, location });
    expect(outcome.status).toBe(expected.status);
    expect(outcome.completionReason).toBe(expected.completionReason);
    expect(outcome.resultInfo).toEqual(expected.resultInfo);
    expect(outcome.error?.code).toBe(expected.errorCode);
    expect(await app.outcomeOf(clientContext)).toMatchObject({ ...outcome });

    const press = app.simulator.presses({ clientContext });
    expect(row).toMatchObject({
      clientContext,
      callId,
      status: expected.status,
      operationId: press[0]?.operationId,
      toneCount: 4,
    });
    expect([row['completionReason'], row['errorCode']]).toEqual([expected.completionReason, expected.errorCode]);
    expect([row['resultCode'], row['resultSubcode'], row['resultMessage']]).toEqual([
      expected.resultInfo?.code,
      expected.resultInfo?.subcode,
      expected.resultInfo?.message,
    ]);
    for (const time of ['acceptedAt', 'expiresAt', 'sentAt', 'finishedAt']) expect(row[time]).toBeInstanceOf(Date);

    await waitFor(
      'the notifications',
      () => app.simulator.notifications({ clientContext }).filter((sent) => sent.delivered).length === notifications,
    );
    expect(press.filter((one) => one.executed)).toHaveLength(executed);
    expect(app.simulator.requests({ clientContext })).toHaveLength(1);
    expect((await app.outcomeOf(clientContext)).status).toBe(expected.status);
  },
);

it('answers the whole outcome of the contract and nothing else', async () => {
  const callId = app.call({ resultInfo: { code: 200, subcode: 0, message: 'Action completed successfully.' } });
  const { outcome } = await app.ending({
    callId,
    clientContext: 'whole-outcome',
    tones: ['tone1', 'pound', 'flash'],
    expiresInSeconds: 90,
  });
  const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
  expect(outcome).toEqual({
    clientContext: 'whole-outcome',
    callId,
    status: 'succeeded',
    operationId: app.simulator.presses({ clientContext: 'whole-outcome' })[0]?.operationId,
    completionReason: 'completedSuccessfully',
    resultInfo: { code: 200, subcode: 0, message: 'Action completed successfully.' },
    toneCount: 3,
    playedToneCount: 3,
    acceptedAt: isoTime,
    expiresAt: isoTime,
    sentAt: isoTime,
    finishedAt: isoTime,
  });
  expect(Date.parse(String(outcome.expiresAt)) - Date.parse(String(outcome.acceptedAt))).toBe(90_000);
});

it('names what is wrong in a failed outcome, with a message for a person', async () => {
  const { outcome } = await app.ending({ callId: app.call({ scenario: 'forbidden' }) });
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { code: 'permission-missing', message: expect.stringContaining('Calls.Initiate.All') as string },
  });
});

it('presses what was asked: digits become Graph’s tones, with the delay that was given, under the clientContext', async () => {
  const digits = await app.ending({ digits: '0123456789*#ABCDabcd!', delayBetweenTonesMs: 0 });
  expect(digits.presses).toMatchObject([
    {
      tones: [
        'tone0',
        'tone1',
        'tone2',
        'tone3',
        'tone4',
        'tone5',
        'tone6',
        'tone7',
        'tone8',
        'tone9',
        'star',
        'pound',
        'a',
        'b',
        'c',
        'd',
        'a',
        'b',
        'c',
        'd',
        'flash',
      ],
      delayBetweenTonesMs: 0,
      apiVersion: 'v1.0',
    },
  ]);
  expect(digits.presses[0]?.path).toBe(`/v1.0/communications/calls/${digits.outcome.callId}/sendDtmfTones`);
  const tones = await app.ending({ tones: ['flash', 'd', 'tone0'] });
  expect(tones.presses).toMatchObject([{ tones: ['flash', 'd', 'tone0'] }]);
  expect(tones.presses[0]).not.toHaveProperty('delayBetweenTonesMs');
});

it.each(['pascal-case-enums', 'no-id', 'location-of-another-call', 'status-null', 'not-started'] as const)(
  'understands a reply with "%s"',
  async (variation) => {
    const { clientContext } = await app.accept({
      callId: app.call({ scenario: 'notification-never', reply: [variation] }),
    });
    const outcome = await app.untilStatus({ clientContext }, 'running');
    expect(outcome.operationId).toBe(app.simulator.presses({ clientContext })[0]?.operationId);
    expect(outcome.finishedAt).toBeUndefined();
  },
);

it.each(['pascal-case-enums', 'no-id'] as const)(
  'understands a reply that is the end, with "%s"',
  async (variation) => {
    const { outcome } = await app.ending({ callId: app.call({ scenario: 'terminal-reply', reply: [variation] }) });
    expect(outcome).toMatchObject({ status: 'succeeded', completionReason: 'completedSuccessfully' });
    expect(outcome.operationId).toBe(app.simulator.presses({ clientContext: outcome.clientContext })[0]?.operationId);
  },
);
