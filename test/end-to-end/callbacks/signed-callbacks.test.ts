// Callbacks of the running app with CALLBACK_SIGNING_SECRET: verified with the specification's own library, as their
// receiver would.
// Without that setting: callbacks.test.ts. The receiver of the documents, as a process: callback-receiver.test.ts.
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest, type Outcome } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';
import {
  startCallbackReceiver,
  type CallbackReceiver,
  type ReceivedCallback,
} from '../../support/services/callback-receiver';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const [OLD, NEW, STRANGE] = [secretOf(1), secretOf(2), secretOf(3)];

let app: AppUnderTest;
let receiver: CallbackReceiver;

beforeAll(async () => {
  receiver = await startCallbackReceiver();
  app = await startApp({
    settings: {
      ...receiver.environment(),
      CALLBACK_SIGNING_SECRET: `${OLD} ${NEW}`,
      NOTIFICATION_GRACE_SECONDS: '2',
    },
  });
});
afterAll(async () => {
  await app.close();
  await receiver.close();
});

let names = 0;
const newName = () => `signed-${(names += 1)}`;
const receivedFor = (clientContext: string) =>
  receiver.received.filter(({ body }) => (body as Outcome).clientContext === clientContext);
const untilReceived = (clientContext: string, times = 1) =>
  waitFor(
    `${times} callbacks for ${clientContext}`,
    () => receivedFor(clientContext).length >= times && receivedFor(clientContext),
    { limitMs: 40_000 },
  );
const verified = ({ text, headers }: ReceivedCallback, secret: string) =>
  new Webhook(secret).verify(text, headers as Record<string, string>);
const idOf = ({ headers }: ReceivedCallback) => headers['webhook-id'];

test('an outcome is signed with both secrets while one replaces the other, and with no other', async () => {
  const clientContext = newName();
  await app.enqueue({ callId: app.call(), digits: '12', clientContext, callbackUrl: receiver.url() });
  const [callback] = await untilReceived(clientContext);
  expect(callback).toBeDefined();
  if (callback === undefined) return;
  expect(verified(callback, OLD)).toMatchObject({ clientContext, status: 'succeeded', toneCount: 2 });
  expect(verified(callback, NEW)).toEqual(callback.body);
  expect(() => verified(callback, STRANGE)).toThrow(WebhookVerificationError);
});

test('every attempt has the same id, also after a crash of the app; each has a signature of its own', async () => {
  const clientContext = newName();
  receiver.answerNext(503, 'reset', 503);
  await app.enqueue({ callId: 'no-such-call', digits: '1', clientContext, callbackUrl: receiver.url() });
  await untilReceived(clientContext, 2);
  await waitFor('the next attempt to be waiting', () => app.logged('callback-waiting', clientContext).length >= 2);
  await app.crashAndRestart();
  const attempts = await untilReceived(clientContext, 4);
  expect(new Set(attempts.map(idOf)).size).toBe(1);
  expect(attempts.map((attempt) => verified(attempt, NEW))).toEqual(attempts.map(({ body }) => body));
  const times = attempts.map(({ headers }) => Number(headers['webhook-timestamp']));
  // The waits between attempts are seconds, so each has a time of its own.
  expect(new Set(times).size).toBe(attempts.length);
});

test('what becomes of an unknown outcome has another id, and the same outcome asked for again has the same one', async () => {
  const clientContext = newName();
  const callId = app.call({ scenario: 'notification-never' });
  const request = { callId, digits: '1', clientContext, callbackUrl: receiver.url() };
  await app.enqueue(request);
  await untilReceived(clientContext);
  expect((await app.notify(operationEnded(callId, tonesEnded(clientContext)))).status).toBe(202);
  const succeeded = () => receivedFor(clientContext).filter(({ body }) => (body as Outcome).status === 'succeeded');
  await waitFor('the truth', () => succeeded().length >= 1, { limitMs: 30_000 });
  await waitFor('its end', () => app.logged('callback-delivered', clientContext).some((l) => l.includes('succeeded')));
  await app.enqueue(request);
  await waitFor('the truth again', () => succeeded().length >= 2, { limitMs: 30_000 });
  const ids = new Map(receivedFor(clientContext).map((one) => [idOf(one), (one.body as Outcome).status]));
  expect([...ids.values()]).toEqual(['unknown', 'succeeded']);
});

test('410 ends it', async () => {
  const clientContext = newName();
  receiver.answerNext(410);
  await app.enqueue({ callId: 'no-such-call', digits: '1', clientContext, callbackUrl: receiver.url() });
  await waitFor('the refusal', () => app.logged('callback-refused', clientContext).length === 1);
  expect(app.logged('callback-refused', clientContext)[0]).toContain('"reason":"the callback is gone"');
  expect(await app.rows.indexTable.getEntity(`callback ${clientContext}`, 'callback')).toMatchObject({
    url: '',
    ended: 'refused',
    httpStatus: 410,
  });
});
