// The host dies while Graph is pressing: nothing is pressed again, whoever delivers the message a second time, and the outcome says so.
// Another host takes over on the same storage; messages that the dead one had taken come back after 3 seconds.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { SEND_GRACE_SECONDS: '4', LOCAL_DEQUEUE_VISIBILITY_SECONDS: '3' } });
});
afterAll(() => app.close());

it('tells a request whose worker died around the press as unknown, presses once, and believes a late report', async () => {
  const callId = app.call({ scenario: 'slow', delayMs: 50_000 });
  const { clientContext } = await app.accept({ callId, clientContext: 'pressed by a dead host' });
  await waitFor('the press', () => app.simulator.presses({ clientContext })[0]);
  expect((await app.rows.outcome(clientContext))['status']).toBe('sending');
  await app.crashAndRestart();

  await waitFor('the message to be delivered again', () => app.logged('tones-duplicate', clientContext)[0]);
  const outcome = await app.untilStatus({ clientContext }, 'unknown');
  expect(outcome.error?.code).toBe('worker-lost');
  expect(await app.seenOf(clientContext)).toMatchObject({
    row: { status: 'unknown', errorCode: 'worker-lost' },
    requests: [{ clientContext }],
    presses: [{ clientContext }],
  });

  await app.notify(operationEnded(callId, tonesEnded(clientContext)));
  expect(await app.outcomeOf(clientContext)).toMatchObject({ status: 'succeeded' });
});

it('presses, after the restart, what the dead host had accepted and not pressed', async () => {
  const callId = app.call({ scenario: 'throttled', retryAfterSeconds: 2, then: 'notification-never' });
  const { clientContext } = await app.accept({ callId, clientContext: 'left by a dead host' });
  await waitFor('the refusal', () => app.logged('tones-waiting', clientContext)[0]);
  await app.crashAndRestart();
  await app.untilStatus({ clientContext }, 'running');
  await app.notify(operationEnded(callId, tonesEnded(clientContext)));
  expect((await app.outcomeOf(clientContext)).status).toBe('succeeded');
  expect(await app.seenOf(clientContext)).toMatchObject({ row: { status: 'succeeded' }, presses: [{ clientContext }] });
});
