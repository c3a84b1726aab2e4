// callbackUrl and forgetCallback on the running app: the outcome is POSTed over real TLS once it is stored.
// The receiver stands on this machine under a public name; test/support/services/public-internet.cjs leads there, the app runs unchanged.
import { QueueClient } from '@azure/storage-queue';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest, type Outcome } from '../../support/app-under-test';
import { startCallbackReceiver, type CallbackReceiver } from '../../support/services/callback-receiver';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';
import { HOSTILE_URLS } from '../../unit/tones/request/hostile-urls';

let app: AppUnderTest;
let receiver: CallbackReceiver;

beforeAll(async () => {
  receiver = await startCallbackReceiver();
  app = await startApp({ settings: { ...receiver.environment(), NOTIFICATION_GRACE_SECONDS: '2' } });
});
afterAll(async () => {
  await app.close();
  await receiver.close();
});

let names = 0;
const newName = () => `callback-${(names += 1)}`;
const toldOf = (clientContext: string) =>
  receiver.received.filter(({ body }) => (body as Outcome).clientContext === clientContext);
const untilTold = (clientContext: string, times = 1) =>
  waitFor(
    `${clientContext} to be told ${times} times`,
    () => toldOf(clientContext).length >= times && toldOf(clientContext),
    { limitMs: 30_000 },
  );
const forget = (body: unknown, headers = {}) =>
  app.post(`${app.url}/api/forgetCallback`, body, { 'x-functions-key': app.functionKey, ...headers });

test('a request with a callback is answered 200 with its outcome, and the final outcome is POSTed', async () => {
  const clientContext = newName();
  const answer = await app.enqueue({ callId: app.call(), digits: '12', clientContext, callbackUrl: receiver.url() });
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ clientContext, status: 'accepted', toneCount: 2 });
  const location = answer.headers.get('location') ?? '';
  const [told] = await untilTold(clientContext);
  expect(told).toMatchObject({
    method: 'POST',
    path: '/workflows/1/runs/2?sig=s3cret-signature',
    body: { clientContext, status: 'succeeded', completionReason: 'completedSuccessfully', toneCount: 2 },
  });
  const stored = (await app.get(location)).json as Outcome;
  expect(stored).toMatchObject({ status: 'succeeded', finishedAt: (told?.body as Outcome).finishedAt });
});

test('a failed request is told, too', async () => {
  const clientContext = newName();
  expect(
    (await app.enqueue({ callId: 'no-such-call', digits: '1', clientContext, callbackUrl: receiver.url() })).status,
  ).toBe(200);
  const [told] = await untilTold(clientContext);
  expect(told?.body).toMatchObject({ status: 'failed', error: { code: 'call-not-found' } });
});

test('a repetition with another callback presses nothing again, and only the new one is told', async () => {
  const clientContext = newName();
  const request = { callId: app.call({ toneLengthMs: 1500 }), digits: '1', clientContext };
  await app.enqueue({ ...request, callbackUrl: receiver.url('/first') });
  expect((await app.enqueue({ ...request, callbackUrl: receiver.url('/second') })).status).toBe(200);
  const told = await untilTold(clientContext);
  expect(told.map(({ path }) => path)).toEqual(['/second']);
  expect((await app.seenOf(clientContext)).presses).toHaveLength(1);
});

test('a callback asked for when the request has ended is told at once; the same URL again is told again', async () => {
  const clientContext = newName();
  const { outcome } = await app.ending({ clientContext });
  const again = { callId: outcome.callId, digits: '12', clientContext, callbackUrl: receiver.url('/late') };
  expect((await app.enqueue(again)).json).toMatchObject({ status: 'succeeded' });
  await untilTold(clientContext);
  await app.enqueue(again);
  await untilTold(clientContext, 2);
});

test('unknown is told, and what becomes known later is told again', async () => {
  const clientContext = newName();
  const callId = app.call({ scenario: 'notification-never' });
  await app.enqueue({ callId, digits: '1', clientContext, callbackUrl: receiver.url() });
  await waitFor(
    `${clientContext} to be unknown`,
    async () => (await app.outcomeOf(clientContext)).status === 'unknown',
    { limitMs: 20_000 },
  );
  const [first] = await untilTold(clientContext);
  expect(first?.body).toMatchObject({ status: 'unknown', error: { code: 'notifications-never-seen' } });
  expect((await app.notify(operationEnded(callId, tonesEnded(clientContext)))).status).toBe(202);
  await waitFor(
    'the truth to be told',
    () => toldOf(clientContext).some(({ body }) => (body as Outcome).status === 'succeeded'),
    { limitMs: 30_000 },
  );
  // Each once at least: the timer may announce what is just being told.
  expect([...new Set(toldOf(clientContext).map(({ body }) => (body as Outcome).status))]).toEqual([
    'unknown',
    'succeeded',
  ]);
});

test('a callback that has a fault is tried again', async () => {
  const clientContext = newName();
  receiver.answerNext(503, 'reset');
  await app.enqueue({ callId: 'no-such-call', digits: '1', clientContext, callbackUrl: receiver.url() });
  await untilTold(clientContext, 3);
  await waitFor('the success to be logged', () => app.logged('callback-delivered', clientContext).length >= 1);
  expect(app.logged('callback-waiting', clientContext).length).toBeGreaterThanOrEqual(2);
});

test('a 4xx ends it', async () => {
  const clientContext = newName();
  receiver.answerNext(410);
  await app.enqueue({ callId: 'no-such-call', digits: '1', clientContext, callbackUrl: receiver.url() });
  await waitFor('the refusal', () => app.logged('callback-refused', clientContext).length === 1);
  const row = await app.rows.indexTable.getEntity(`callback ${clientContext}`, 'callback');
  expect(row).toMatchObject({ url: '', ended: 'refused', httpStatus: 410 });
});

test('after forgetCallback nobody is told; it is harmless before, after and without a request', async () => {
  const clientContext = newName();
  const callId = app.call({ toneLengthMs: 1500 });
  expect((await forget({ clientContext })).status).toBe(204);
  await app.enqueue({ callId, digits: '1', clientContext, callbackUrl: receiver.url() });
  const answer = await forget({ clientContext });
  expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([204, '', 'no-store']);
  await app.untilStatus({ clientContext }, 'succeeded');
  // Another request's callback, asked for later, is told; so the queue has passed this one by.
  const other = newName();
  await app.enqueue({ callId: 'no-such-call', digits: '1', clientContext: other, callbackUrl: receiver.url() });
  await untilTold(other);
  expect(toldOf(clientContext)).toEqual([]);
  expect((await forget({ clientContext })).status).toBe(204);
});

test.each([
  [{}, 400, 'urn:problem:invalid-request', '/clientContext'],
  [{ clientContext: '' }, 400, 'urn:problem:invalid-request', '/clientContext'],
  [{ clientContext: 'x', url: 'y' }, 400, 'urn:problem:invalid-request', '/url'],
  [[], 400, 'urn:problem:invalid-request', ''],
])('forgetCallback refuses %p', async (body, status, type, pointer) => {
  const answer = await forget(body);
  expect([answer.status, (answer.json as { type: string }).type]).toEqual([status, type]);
  expect((answer.json as { errors: { pointer: string }[] }).errors.map((error) => error.pointer)).toEqual([pointer]);
});

test('forgetCallback wants the key, JSON and a small body', async () => {
  const { url } = app;
  expect((await app.post(`${url}/api/forgetCallback`, { clientContext: 'x' })).status).toBe(401);
  expect((await forget('{', {})).status).toBe(400);
  expect((await forget('{}', { 'Content-Type': 'text/plain' })).status).toBe(415);
  expect((await forget({ clientContext: 'x'.repeat(20_000) })).status).toBe(413);
});

test('every hostile URL is refused with its fault, and nothing of it is told', async () => {
  for (const { url } of HOSTILE_URLS) {
    const answer = await app.enqueue({ callId: 'call-1', digits: '1', clientContext: 'hostile', callbackUrl: url });
    expect([url, answer.status]).toEqual([url, 400]);
    expect((answer.json as { errors: unknown }).errors).toEqual([
      { pointer: '/callbackUrl', detail: expect.stringMatching(/^must /) as string },
    ]);
    if (url !== '') expect(answer.text).not.toContain(url);
  }
  expect((await app.toneOutcome('hostile')).status).toBe(404);
  expect(app.lines.join('\n')).not.toContain('evil.test');
});

test('what is not ours passes through the poison queue of the callbacks, is logged and deleted', async () => {
  const { azurite, rows } = app;
  const queueOf = (name: string) => new QueueClient(azurite.connectionString, name);
  await queueOf('tone-callbacks').sendMessage(Buffer.from('{"nobody":"knows"}').toString('base64'));
  await waitFor(
    'the message to be buried',
    () => app.logged('message-not-ours').some((line) => line.includes('[buryCallbacks]')),
    { limitMs: 40_000 },
  );
  await waitFor(
    'both queues to be empty',
    async () =>
      (await rows.count(queueOf('tone-callbacks'))) + (await rows.count(queueOf('tone-callbacks-poison'))) === 0,
    { everyMs: 100 },
  );
});

test('a callback that the queue gave up is recorded', async () => {
  const clientContext = newName();
  await app.rows.indexTable.upsertEntity({
    partitionKey: `callback ${clientContext}`,
    rowKey: 'callback',
    url: receiver.url(),
    subscribedAt: new Date(),
    changedAt: new Date(),
  });
  await new QueueClient(app.azurite.connectionString, 'tone-callbacks-poison').sendMessage(
    Buffer.from(JSON.stringify({ version: 1, clientContext, attempts: 9 })).toString('base64'),
  );
  await waitFor('the end to be logged', () => app.logged('callback-given-up', clientContext).length === 1);
  expect(await app.rows.indexTable.getEntity(`callback ${clientContext}`, 'callback')).toMatchObject({
    url: '',
    ended: 'given-up',
  });
});

test('the URL, which is a secret, is in no log and in no row of the outcomes', async () => {
  expect(app.lines.join('\n')).not.toContain('s3cret-signature');
  for await (const row of app.rows.outcomeTable.listEntities())
    expect(JSON.stringify(row)).not.toContain('s3cret-signature');
});
