// callNotifications?to=<name> with a receiver in a process of its own: what it gets, and what Graph is answered when it does not take it.
// Our part is stored whatever the receiver does, and the receiver is sent it whatever storage does.
import { randomBytes, randomUUID } from 'node:crypto';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';
import { startNotificationReceiver, type NotificationReceiver } from '../../support/services/notification-receiver';
import { gatesTo, type StorageGates } from '../../support/services/storage-gate';

let receiver: NotificationReceiver;
let gates: StorageGates;
let app: AppUnderTest;
beforeAll(async () => {
  receiver = await startNotificationReceiver();
  app = await startApp({
    settings: { NOTIFICATION_RECEIVERS: receiver.setting },
    throughGate: async (azurite) => {
      gates = await gatesTo(azurite);
      return gates.connectionString;
    },
  });
});
afterAll(async () => {
  await app.close();
  gates.queue.close();
  gates.table.close();
  await receiver.stop();
});

const goodToken = async () => `Bearer ${await app.simulator.mintToken({ kind: 'calling-service' })}`;

/** Sends the report of a clientContext that nobody asked for: stored as a row of its own. */
async function reportTo(query: string, clientContext: string) {
  const body = JSON.stringify(operationEnded(randomUUID(), tonesEnded(clientContext)), undefined, 2);
  const authorization = await goodToken();
  const answer = await app.notify(body, authorization, query);
  return { answer, body, authorization };
}

const isStored = async (clientContext: string) => (await app.toneOutcome(clientContext)).status === 200;

it('brings a call’s owner every notification, byte for byte, and records the outcome of a press', async () => {
  const callId = app.call({ callbackUrl: `${app.callbackUrl}?to=ok` });
  const { outcome } = await app.ending({ callId });
  expect(outcome.status).toBe('succeeded');
  const sent = await waitFor('the answers to the notifications', () => {
    const all = app.simulator.notifications({ callId });
    return all.every(({ finished }) => finished) && all;
  });
  expect(sent.map(({ attempts }) => attempts.map(({ status }) => status))).toEqual(sent.map(() => [202]));
  const received = await receiver.receivedAt('ok');
  expect(received).toHaveLength(sent.length);
  const texts = received.map(({ bodyBase64 }) => Buffer.from(bodyBase64, 'base64').toString('utf8'));
  expect(texts.filter((text) => text.includes(outcome.clientContext))).toHaveLength(1);
});

it('passes on the same bytes and the same two headers', async () => {
  const { answer, body, authorization } = await reportTo('?to=ok', 'passed on');
  expect([answer.status, answer.text]).toEqual([202, '']);
  const received = await receiver.receivedAt('ok');
  const found = received.filter(({ bodyBase64 }) => Buffer.from(bodyBase64, 'base64').equals(Buffer.from(body)));
  expect(found.map(({ headers }) => [headers['content-type'], headers['authorization']])).toEqual([
    ['application/json', authorization],
  ]);
  expect(await isStored('passed on')).toBe(true);
});

it('passes on a large body whole, bytes beyond ASCII included', async () => {
  const filler = randomBytes(80_000).toString('hex') + 'ж漢🎵'.repeat(10_000);
  const body = Buffer.from(JSON.stringify({ value: [{ changeType: 'updated', resourceUrl: '/x', filler }] }));
  expect(body.byteLength).toBeGreaterThan(240 * 1024);
  expect(body.byteLength).toBeLessThan(256 * 1024);
  const token = await goodToken();
  const headers = { Authorization: token, 'Content-Type': 'application/json; charset=utf-8; odata.metadata=none' };
  const answer = await app.post(`${app.callbackUrl}?to=ok`, new Uint8Array(body), headers);
  expect(answer.status).toBe(202);
  const last = (await receiver.receivedAt('ok')).at(-1);
  expect(Buffer.from(last?.bodyBase64 ?? '', 'base64').equals(body)).toBe(true);
  expect(last?.headers['content-type']).toBe('application/json; charset=utf-8; odata.metadata=none');
});

it.each([
  ['fault', { reason: 'refused', httpStatus: 500 }],
  ['redirecting', { reason: 'refused', httpStatus: 307 }],
  ['closing', { reason: 'ECONNRESET' }],
  ['silent', { reason: 'no answer in time' }],
])('answers 502 to Graph after our part is stored where the receiver is %s', async (path, fields) => {
  const { answer } = await reportTo(`?to=${path}`, `report to ${path}`);
  expect(answer.status).toBe(502);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.json).toMatchObject({ type: 'urn:problem:receiver-failed', status: 502 });
  expect(await isStored(`report to ${path}`)).toBe(true);
  // Once more on a new connection where an old one was found closed: the same notification.
  expect(new Set((await receiver.receivedAt(path)).map(({ bodyBase64 }) => bodyBase64)).size).toBe(1);
  const [line = ''] = app.logged('notification-not-passed-on', `"${path}"`);
  expect(JSON.parse(line.slice(line.indexOf('{')))).toMatchObject({ receiver: path, ...fields });
});

it('follows no redirect: its target saw nothing', async () => {
  expect(await receiver.receivedAt('redirecting')).not.toHaveLength(0);
  expect(await receiver.receivedAt('target')).toEqual([]);
});

it('answers 404 to a name that nobody set, after our part is stored', async () => {
  for (const [query, clientContext] of [
    ['?to=nobody', 'report to nobody'],
    ['?to=__proto__', 'report to proto'],
    ['?to=ok&to=ok', 'report to two'],
    [`?to=${'n'.repeat(3_000)}`, 'report to a long name'],
  ] as const) {
    const { answer } = await reportTo(query, clientContext);
    expect([query, answer.status]).toEqual([query, 404]);
    expect(answer.json).toMatchObject({ type: 'urn:problem:receiver-unknown' });
    expect(await isStored(clientContext)).toBe(true);
  }
});

it('answers 401 without a good token, alike for every name, and passes nothing on', async () => {
  const before = (await receiver.receivedAt('ok')).length;
  const answers = await Promise.all(
    ['', '?to=ok', '?to=nobody'].map((query) =>
      app.notify(operationEnded('c', tonesEnded('forged')), 'Bearer x', query),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect((await receiver.receivedAt('ok')).length).toBe(before);
});

it('answers 503 while it cannot be stored, though the receiver took it', async () => {
  const before = (await receiver.receivedAt('ok')).length;
  gates.table.shut();
  try {
    const { answer } = await reportTo('?to=ok', 'table down');
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ type: 'urn:problem:storage-unavailable' });
    expect((await receiver.receivedAt('ok')).length).toBe(before + 1);
  } finally {
    gates.table.open();
  }
});
