// Nobody can tell whether Graph pressed: never asked again, told as unknown, and turned by a report that comes after all.
// The HTTP timeout of Graph is half of SEND_GRACE_SECONDS, so 2 seconds here; a notification is waited for 1 second.
import type { ScenarioPlan } from '../../../local/graph-simulator/calls/scenarios';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { SEND_GRACE_SECONDS: '4', NOTIFICATION_GRACE_SECONDS: '1' } });
});
afterAll(() => app.close());

const DOUBTS: readonly (readonly [name: string, plan: ScenarioPlan, errorCode: string, executed: number])[] = [
  ['server-error', { scenario: 'server-error' }, 'graph-fault', 1],
  ['502', { scenario: 'server-error', httpStatus: 502 }, 'graph-fault', 1],
  ['503 with Retry-After', { scenario: 'service-unavailable', retryAfterSeconds: 1 }, 'graph-fault', 0],
  ['504', { scenario: 'server-error', httpStatus: 504 }, 'graph-fault', 1],
  ['500 with the code of a refusal', { scenario: 'server-error', errorCode: '8501' }, 'graph-fault', 1],
  ['service-unavailable', { scenario: 'service-unavailable' }, 'graph-fault', 0],
  ['slow beyond the timeout', { scenario: 'slow', delayMs: 50_000 }, 'graph-timeout', 1],
  ['reset-after-press', { scenario: 'reset-after-press', notifies: false }, 'graph-connection-lost', 1],
  ['notification-never', { scenario: 'notification-never' }, 'notifications-never-seen', 1],
];

it.each(DOUBTS)(
  'asks once and is unknown, then what the late notification says: %s',
  async (_name, plan, errorCode, executed) => {
    const callId = app.call(plan);
    const accepted = await app.accept({ callId });
    const { outcome, row } = await app.untilFinal(accepted);
    expect(outcome).toMatchObject({
      status: 'unknown',
      error: { code: errorCode, message: expect.stringContaining('the tones') as string },
    });
    expect(row).toMatchObject({ status: 'unknown', errorCode });
    expect(row['finishedAt']).toBeInstanceOf(Date);

    const { clientContext } = accepted;
    expect((await app.notify(operationEnded(callId, tonesEnded(clientContext)))).status).toBe(202);
    const turned = await app.untilFinal(accepted);
    expect(turned.outcome).toMatchObject({ status: 'succeeded', completionReason: 'completedSuccessfully' });
    expect(turned.outcome).not.toHaveProperty('error');
    // Taken back in the table as well: the columns are empty or absent.
    expect([turned.row['status'], turned.row['errorCode'] ?? '', turned.row['errorMessage'] ?? '']).toEqual([
      'succeeded',
      '',
      '',
    ]);
    expect([turned.requests.length, turned.presses.length]).toEqual([1, executed]);
  },
);

const PARTICIPANTS = (callId: string) => ({
  changeType: 'updated',
  resourceUrl: `/communications/calls/${callId}/participants`,
  resourceData: [{ '@odata.type': '#microsoft.graph.participant' }],
});

it.each([
  [false, 'notifications-never-seen'],
  [true, 'notification-missing'],
] as const)('says which is missing: where others of the call came (%s) %s', async (others, errorCode) => {
  const callId = app.call({ scenario: 'notification-never' });
  const accepted = await app.accept({ callId });
  if (others) expect((await app.notify({ value: [PARTICIPANTS(callId)] })).status).toBe(202);
  const { outcome } = await app.untilFinal(accepted);
  expect(outcome).toMatchObject({ status: 'unknown', error: { code: errorCode } });
  expect((await app.callTones(callId)).json).toMatchObject({
    callId,
    notified: others,
    requests: [{ error: { code: errorCode } }],
  });
});

it.each([
  [
    'failed',
    { status: 'failed', completionReason: undefined, resultInfo: { code: 500, subcode: 9999 } },
    'operation-failed',
  ],
  ['canceled', { completionReason: 'mediaOperationCanceled' }, 'operation-canceled'],
])('an unknown outcome also becomes %s by a late notification', async (status, told, errorCode) => {
  const callId = app.call({ scenario: 'server-error' });
  const accepted = await app.accept({ callId });
  expect((await app.untilFinal(accepted)).outcome.status).toBe('unknown');
  await app.notify(operationEnded(callId, tonesEnded(accepted.clientContext, told)));
  const { outcome, row } = await app.untilFinal(accepted);
  expect(outcome).toMatchObject({ status, error: { code: errorCode } });
  expect(row).toMatchObject({ status, errorCode });
});

it('is turned by the simulated Graph’s own notification after a reset, and after a server error', async () => {
  for (const plan of [{ scenario: 'reset-after-press' }, { scenario: 'server-error', notifies: true }] as const) {
    const { clientContext } = await app.accept({ callId: app.call(plan) });
    const outcome = await app.untilStatus({ clientContext }, 'succeeded');
    expect(outcome).not.toHaveProperty('error');
    expect(await app.seenOf(clientContext)).toMatchObject({
      row: { status: 'succeeded' },
      requests: [{ clientContext }],
      presses: [{ clientContext }],
    });
  }
});

it('a reply that is slow but in time is no doubt', async () => {
  const { outcome, presses } = await app.ending({ callId: app.call({ scenario: 'slow', delayMs: 500 }) });
  expect(outcome.status).toBe('succeeded');
  expect(presses).toHaveLength(1);
});

it('waits for the notification as long as the tones last on top of the grace', async () => {
  const callId = app.call({ scenario: 'notification-late', lateMs: 2000 });
  const { outcome } = await app.ending({ callId, digits: '1234', delayBetweenTonesMs: 1000 });
  expect(outcome.status).toBe('succeeded');
});
