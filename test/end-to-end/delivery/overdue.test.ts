// Requests whose time has passed: the timer ends them, and so does whoever reads them first; lost messages are lost presses only.
// The timer is started by hand, as an operator can; a notification is waited for 1 second.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { NOTIFICATION_GRACE_SECONDS: '1', SEND_GRACE_SECONDS: '4' } });
});
afterAll(() => app.close());

const statusInTable = async (clientContext: string) => (await app.rows.outcome(clientContext))['status'];

function expectEndedBy(by: string, clientContext: string): void {
  expect(app.logged('request-ended', `"${clientContext}"`)).toEqual([expect.stringContaining(`"by":"${by}"`)]);
}

/** A request that waits behind a running one of its call, and whose messages are lost. */
async function lostRequest(clientContext: string) {
  const callId = app.call({ scenario: 'slow', delayMs: 50_000 });
  const first = await app.accept({ callId });
  await app.untilStatus(first, 'sending');
  const accepted = await app.accept({ callId, clientContext, expiresInSeconds: 5 });
  // Its message has become a copy that stays hidden for a second.
  await waitFor('the request to wait', () => app.logged('tones-waiting', `"${clientContext}"`)[0]);
  await app.rows.requestQueue.clearMessages();
  return { ...accepted, inFront: first.clientContext };
}

it('the timer makes unknown of a running request whose notification never came', async () => {
  const { clientContext } = await app.accept({ callId: app.call({ scenario: 'notification-never' }) });
  await app.untilTimerHas('the request to be ended', async () => (await statusInTable(clientContext)) === 'unknown');
  expect(await app.rows.outcome(clientContext)).toMatchObject({ errorCode: 'notifications-never-seen' });
  expectEndedBy('timer', clientContext);
});

it('the timer expires a request whose message is lost', async () => {
  const { clientContext, location, inFront } = await lostRequest('lost, then timed');
  await app.untilTimerHas('the request to be ended', async () => (await statusInTable(clientContext)) === 'expired');
  const { outcome, row, requests } = await app.untilFinal({ clientContext, location });
  expect(outcome).toMatchObject({ status: 'expired', error: { code: 'request-before-not-done' } });
  expect(outcome.error?.message).toContain(`(clientContext ${inFront})`);
  expect(row['finishedAt']).toBeInstanceOf(Date);
  expectEndedBy('timer', clientContext);
  expect(requests).toHaveLength(0);
});

it('a reader expires it too, without the timer', async () => {
  const { outcome, row, requests } = await app.untilFinal(await lostRequest('lost, then read'));
  expect(outcome.status).toBe('expired');
  expect(row['status']).toBe('expired');
  expectEndedBy('reader', 'lost, then read');
  expect(requests).toHaveLength(0);
});

it('the timer changes nothing that has ended, or still has time', async () => {
  const ended = await app.ending({});
  const waiting = await app.accept({
    callId: app.call({ scenario: 'not-established', times: 'always' }),
    expiresInSeconds: 3000,
  });
  const runs = { n: 0 };
  await app.untilTimerHas('three runs', async () => (runs.n += 1) > 3);
  expect(await app.rows.outcome(ended.outcome.clientContext)).toEqual(ended.row);
  expect(['accepted', 'sending']).toContain(await statusInTable(waiting.clientContext));
});

it('the timer cannot be started without the key', async () => {
  const url = `${app.url}/admin/functions/closeOverdueOutcomes`;
  expect((await app.post(url, {})).status).toBe(401);
  expect((await app.post(url, {}, { 'x-functions-key': 'wrong' })).status).toBe(401);
});
