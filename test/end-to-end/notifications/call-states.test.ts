// What a call's own notifications change: tones wait for a call that is not ready, and end with a call that ends.
// The notifications are the Graph simulator's, except where one has to come late or alone.
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { WAIT_MIN_SECONDS: '1', WAIT_MAX_SECONDS: '2' } });
});
afterAll(() => app.close());

/** Changes the simulated call, which notifies the app, and expects the notification to be taken. */
async function told(method: 'PUT' | 'PATCH' | 'DELETE', callId: string, change: object = {}): Promise<void> {
  const answer = await app.control(
    method,
    `calls/${callId}?notify=true`,
    method === 'PUT' ? { callbackUrl: app.callbackUrl, ...change } : change,
  );
  expect(answer.json).toMatchObject({ notification: { delivered: true } });
}

const callItem = (callId: string, resourceData: object, changeType = 'updated') => ({
  value: [
    {
      changeType,
      resourceUrl: `/communications/calls/${callId}`,
      resourceData: { '@odata.type': '#microsoft.graph.call', ...resourceData },
    },
  ],
});

const waits = (clientContext: string) =>
  waitFor(`${clientContext} to wait`, () => app.logged('tones-waiting', `"${clientContext}"`)[0]);

it.each([
  ['is being established', { state: 'establishing' }, { state: 'established' }],
  ['has no active audio', { mediaState: 'inactive' }, { mediaState: 'active' }],
])('waits for a call that %s, without asking Graph, and presses once it is ready', async (_name, before, after) => {
  const callId = randomUUID();
  await told('PUT', callId, before);
  const accepted = await app.accept({ callId });
  await waits(accepted.clientContext);
  expect(app.simulator.requests({ callId })).toHaveLength(0);
  await told('PATCH', callId, after);
  const { outcome, requests, presses } = await app.untilFinal(accepted);
  expect(outcome.status).toBe('succeeded');
  expect([requests.length, presses.length]).toEqual([1, 1]);
});

it('asks Graph all the same after a while, for what was told may be out of date', async () => {
  const callId = app.call();
  await app.notify(callItem(callId, { state: 'establishing' }, 'created'));
  const { outcome, presses } = await app.ending({ callId });
  expect(outcome.status).toBe('succeeded');
  expect(presses).toHaveLength(1);
});

it('does not take a late "establishing" for the present state', async () => {
  const callId = app.call();
  await app.notify(callItem(callId, { state: 'established' }));
  await app.notify(callItem(callId, { state: 'establishing' }, 'created'));
  const { outcome } = await app.ending({ callId });
  expect(outcome.status).toBe('succeeded');
  expect(app.logged('tones-waiting', outcome.clientContext)).toHaveLength(0);
});

it('ends every open request of a call that ends, and presses nothing for it any more', async () => {
  const callId = app.call({ scenario: 'notification-never' });
  const running = await app.accept({ callId, clientContext: 'running at the end' });
  await app.untilStatus(running, 'running');
  const waiting = [
    await app.accept({ callId, clientContext: 'waiting at the end' }),
    await app.accept({ callId, clientContext: 'waiting behind' }),
  ];
  await told('DELETE', callId);

  const meanwhile = await app.untilFinal(running);
  expect(meanwhile.outcome).toMatchObject({ status: 'unknown', error: { code: 'call-ended-meanwhile' } });
  for (const request of waiting) {
    const { outcome, row, requests } = await app.untilFinal(request);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'call-ended' } });
    expect(row).toMatchObject({ status: 'failed', errorCode: 'call-ended' });
    expect(requests).toHaveLength(0);
  }
  const later = await app.accept({ callId, clientContext: 'after the end' });
  expect(later.outcome).toMatchObject({ status: 'failed', error: { code: 'call-ended' } });
  expect((await app.untilFinal(later)).requests).toHaveLength(0);
  expect(app.simulator.requests({ callId })).toHaveLength(1);

  // The report of what was running may still come, after the end of the call.
  await app.notify(operationEnded(callId, tonesEnded('running at the end')));
  expect((await app.outcomeOf('running at the end')).status).toBe('succeeded');
});

it.each([
  ['terminated', (callId: string) => callItem(callId, { state: 'Terminated' })],
  [
    'deleted, in the older spelling',
    (callId: string) => ({
      changeType: 'Deleted',
      resource: `/app/calls/${callId.replaceAll('-', '').toUpperCase()}`,
      resourceData: {},
    }),
  ],
])('knows the end of a call that is told as %s, even before any request', async (_name, body) => {
  const callId = app.call();
  expect((await app.notify(body(callId))).status).toBe(202);
  const { outcome, requests } = await app.ending({ callId });
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'call-ended' } });
  expect(requests).toHaveLength(0);
});

it('reads the end of the operation before the end of its call, where one body tells both', async () => {
  const callId = app.call({ scenario: 'notification-never' });
  const accepted = await app.accept({ callId });
  await app.untilStatus(accepted, 'running');
  const end = callItem(callId, { state: 'terminated' }, 'deleted');
  const operation = operationEnded(callId, tonesEnded(accepted.clientContext)) as { value: unknown[] };
  await app.notify({ value: [...end.value, ...operation.value] });
  expect((await app.untilFinal(accepted)).outcome.status).toBe('succeeded');
  // It was never unknown in between.
  expect(app.logged('request-ended', accepted.clientContext)).toEqual([
    expect.stringContaining('"status":"succeeded","by":"report"'),
  ]);
});

it('leaves other calls, and ended requests, as they are', async () => {
  const callId = app.call();
  const { outcome, row } = await app.ending({ callId });
  await told('DELETE', callId);
  await told('DELETE', callId);
  expect(await app.outcomeOf(outcome.clientContext)).toEqual(outcome);
  expect(await app.rows.outcome(outcome.clientContext)).toEqual(row);
  expect((await app.ending({})).outcome.status).toBe('succeeded');
});
