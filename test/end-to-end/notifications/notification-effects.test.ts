// What a believed notification does to the rows: the first report stands, on the right call, on a request that was pressed.
// Also rows that a notification makes by itself, and what callers are told of them.
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { OPERATION, operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

async function runningRequest() {
  const callId = app.call({ scenario: 'notification-never' });
  const accepted = await app.accept({ callId });
  await app.untilStatus(accepted, 'running');
  return { ...accepted, callId };
}

const FAILED = {
  status: 'failed',
  completionReason: 'unknown',
  resultInfo: { code: 500, subcode: 9999, message: 'no' },
};
const CANCELED = { completionReason: 'mediaOperationCanceled' };

it.each([
  ['a failure after a success', {}, FAILED, 'succeeded'],
  ['a success after a failure', FAILED, {}, 'failed'],
  ['a cancellation after a success', {}, CANCELED, 'succeeded'],
  ['a success after a cancellation', CANCELED, {}, 'canceled'],
])('lets the first report stand: %s is logged and changes nothing', async (_name, first, second, status) => {
  const { callId, clientContext, location } = await runningRequest();
  await app.notify(operationEnded(callId, tonesEnded(clientContext, first)));
  const { outcome, row } = await app.untilFinal({ clientContext, location });
  expect(outcome.status).toBe(status);
  expect((await app.notify(operationEnded(callId, tonesEnded(clientContext, second)))).status).toBe(202);
  expect(app.logged('report-contradicts', clientContext)).toHaveLength(1);
  expect((await app.get(location)).json).toEqual(outcome);
  expect(await app.rows.outcome(clientContext)).toEqual(row);
});

it('takes the same report any number of times, at once too', async () => {
  const { callId, clientContext, location } = await runningRequest();
  const body = operationEnded(callId, tonesEnded(clientContext));
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.notify(body)));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(202));
  const { outcome } = await app.untilFinal({ clientContext, location });
  expect(outcome.status).toBe('succeeded');
  expect(app.logged('report-recorded', clientContext)).toHaveLength(1);
  expect(app.logged('report-contradicts', clientContext)).toHaveLength(0);
});

it('logs a report for another call than the row’s, and changes nothing', async () => {
  const { clientContext, callId } = await runningRequest();
  expect((await app.notify(operationEnded(randomUUID(), tonesEnded(clientContext, FAILED)))).status).toBe(202);
  expect(app.logged('report-other-call', clientContext)).toHaveLength(1);
  expect(await app.outcomeOf(clientContext)).toMatchObject({ status: 'running', callId });
});

it('knows the call in upper case and without dashes', async () => {
  const { clientContext, callId, location } = await runningRequest();
  await app.notify(operationEnded(callId.replaceAll('-', '').toUpperCase(), tonesEnded(clientContext)));
  expect((await app.untilFinal({ clientContext, location })).outcome).toMatchObject({ status: 'succeeded', callId });
});

it('only logs a report on a request that was not pressed: accepted, expired or failed', async () => {
  // The first request keeps the second one waiting until that has expired.
  const callId = app.call({ scenario: 'notification-never' });
  const first = await app.accept({ callId });
  await app.untilStatus(first, 'running');
  const waiting = await app.accept({ callId, expiresInSeconds: 3 });
  await app.notify(operationEnded(callId, tonesEnded(waiting.clientContext)));
  expect(app.logged('report-not-expected', waiting.clientContext)).toHaveLength(1);
  expect((await app.rows.outcome(waiting.clientContext))['status']).toBe('accepted');

  const expired = await app.untilFinal(waiting);
  expect(expired.outcome).toMatchObject({ status: 'expired' });
  await app.notify(operationEnded(callId, tonesEnded(waiting.clientContext)));
  expect(app.logged('report-not-expected', waiting.clientContext)).toHaveLength(2);
  expect((await app.get(waiting.location)).json).toEqual(expired.outcome);
  expect(expired.requests).toHaveLength(0);

  const refused = await app.ending({ callId: app.call({ scenario: 'call-gone' }) });
  await app.notify(operationEnded(refused.outcome.callId, tonesEnded(refused.outcome.clientContext)));
  expect(await app.outcomeOf(refused.outcome.clientContext)).toEqual(refused.outcome);
});

it.each([
  ['succeeded', {}, undefined],
  ['failed', FAILED, 'operation-failed'],
  ['canceled', CANCELED, 'operation-canceled'],
])('stores a report of a clientContext that has no row as a new row: %s', async (status, told, errorCode) => {
  const clientContext = `pressed by others: ${status}`;
  const callId = randomUUID();
  const body = operationEnded(callId, tonesEnded(clientContext, told));
  expect((await app.notify(body)).status).toBe(202);
  const row = await app.rows.outcome(clientContext);
  expect(row).toMatchObject({
    partitionKey: clientContext,
    rowKey: 'outcome',
    clientContext,
    callId,
    status,
    operationId: OPERATION,
  });
  expect([row['errorCode'], row['acceptedAt'], row['toneCount']]).toEqual([errorCode, undefined, undefined]);
  expect(row['finishedAt']).toBeInstanceOf(Date);
  expect(await app.outcomeOf(clientContext)).toMatchObject({ clientContext, callId, status, operationId: OPERATION });

  const taken = await app.enqueue({ callId, digits: '1', clientContext });
  expect([taken.status, (taken.json as { type: string }).type]).toEqual([409, 'urn:problem:client-context-reused']);
  const unknown = await app.get(`${app.url}/api/toneStatus?clientContext=unknown&token=x`);
  for (const token of ['', 'x', 'undefined', 'null']) {
    const answer = await app.get(
      `${app.url}/api/toneStatus?clientContext=${encodeURIComponent(clientContext)}&token=${token}`,
    );
    expect([answer.status, answer.text]).toEqual([404, unknown.text]);
  }
  expect((await app.notify(body)).status).toBe(202);
  expect(await app.rows.outcome(clientContext)).toEqual(row);
  expect(app.simulator.requests({ clientContext })).toHaveLength(0);
});

it('makes one row of 20 first reports at once', async () => {
  const callId = randomUUID();
  const body = operationEnded(callId, tonesEnded('a row at once'));
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.notify(body)));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(202));
  expect(app.logged('report-recorded', 'a row at once')).toHaveLength(1);
  expect(await app.outcomeOf('a row at once')).toMatchObject({ callId, status: 'succeeded' });
});

it('refuses with 503 while no signing key can be had, and believes again once one can', async () => {
  const fresh = await startApp();
  try {
    const callId = fresh.call({ scenario: 'notification-never' });
    const accepted = await fresh.accept({ callId });
    await fresh.untilStatus(accepted, 'running');
    const body = operationEnded(callId, tonesEnded(accepted.clientContext));
    await fresh.control('PUT', 'metadata', { available: false });
    const refused = await fresh.notify(body);
    expect([refused.status, (refused.json as { type: string }).type]).toEqual([
      503,
      'urn:problem:signing-keys-unavailable',
    ]);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect((await fresh.outcomeOf(accepted.clientContext)).status).toBe('running');
    await fresh.control('PUT', 'metadata', { available: true });
    await waitFor('the keys to be had', async () => (await fresh.notify(body)).status === 202, { everyMs: 200 });
    expect((await fresh.untilFinal(accepted)).outcome.status).toBe('succeeded');
  } finally {
    await fresh.close();
  }
});
