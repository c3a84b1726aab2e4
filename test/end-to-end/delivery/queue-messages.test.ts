// Messages that nobody asked for: what is not ours passes through the poison queue, and what is ours presses no second time.
// Messages are written here as anybody with access to the queue could.
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');

/** A message as the app writes it. */
const message = (changes: object = {}) => ({
  version: 1,
  clientContext: 'by hand',
  callId: randomUUID(),
  tones: ['tone7', 'tone3'],
  expiresAt: Date.now() + 60_000,
  etag: 'W/"0"',
  waits: 0,
  ...changes,
});

const notOurs = () => app.logged('message-not-ours').filter((line) => line.includes('[buryTones]'));

it('passes what is not ours through the poison queue within 30 seconds, logs it, and goes on', async () => {
  const foreign = {
    'base64 of text': base64('press one'),
    'base64 of nothing': base64(' '),
    'JSON of another shape': base64({ order: 42 }),
    'JSON that is a number': base64('7'),
    'JSON null': base64('null'),
    'JSON array': base64([message()]),
    'another version': base64(message({ version: 99 })),
    'no version': base64({ ...message(), version: undefined }),
    'a tone that is none': base64(message({ tones: ['tone55'] })),
    'a call id that leads elsewhere': base64(message({ callId: '..' })),
  };
  for (const text of Object.values(foreign)) await app.rows.requestQueue.sendMessage(text);

  const during = await app.ending({});
  expect(during.outcome.status).toBe('succeeded');
  await waitFor('all messages to leave the queue', async () => (await app.rows.count(app.rows.requestQueue)) === 0, {
    limitMs: 30_000,
    everyMs: 100,
  });
  await waitFor('the messages to be buried', () => notOurs().length === Object.keys(foreign).length, {
    limitMs: 30_000,
  });
  await waitFor('the poison queue to be empty', async () => (await app.rows.count(app.rows.poisonQueue)) === 0, {
    everyMs: 100,
  });
  for (const line of app.lines) expect(line).not.toMatch(/press one|tone7/);

  expect((await app.ending({})).outcome.status).toBe('succeeded');
  expect((await app.toneOutcome('by hand')).status).toBe(404);
  expect(app.simulator.requests().map(({ clientContext }) => clientContext)).not.toContain('by hand');
});

it.each([
  ['plain text, not base64', 'press two: #*, not base64'],
  ['base64 of bytes that are no text', Buffer.from([0x22, 0xff, 0x22]).toString('base64')],
])('passes %s through the poison queue within 30 seconds, logs it, and goes on', async (_name, text) => {
  const before = app.lines.length;
  const { messageId } = await app.rows.requestQueue.sendMessage(text);
  const gone = async () =>
    (await app.rows.count(app.rows.requestQueue)) + (await app.rows.count(app.rows.poisonQueue)) === 0;
  await waitFor('the message to leave both queues', gone, { limitMs: 30_000, everyMs: 100 });
  const told = app.lines.slice(before);
  expect(told.filter((line) => line.includes('message-not-ours') || line.includes(messageId)).length).toBeGreaterThan(
    0,
  );
  for (const line of told) expect(line).not.toContain('press two');
  expect((await app.ending({})).outcome.status).toBe('succeeded');
});

it('presses once, however often the message of a request is delivered, before and after its end', async () => {
  const callId = app.call({ byClientContext: { 'in front': { scenario: 'notification-never' } } });
  await app.untilStatus(await app.accept({ callId, clientContext: 'in front' }), 'running');
  const accepted = await app.accept({ callId, clientContext: 'delivered again' });
  const { etag } = await app.rows.outcome('delivered again');
  const copy = base64(
    message({ callId, clientContext: 'delivered again', tones: ['tone1', 'tone2'], after: 'in front', etag }),
  );
  for (let n = 0; n < 10; n += 1) await app.rows.requestQueue.sendMessage(copy);
  await app.notify(operationEnded(callId, tonesEnded('in front')));
  const { outcome, row } = await app.untilFinal(accepted);
  expect(outcome.status).toBe('succeeded');

  for (let n = 0; n < 10; n += 1) await app.rows.requestQueue.sendMessage(copy);
  await waitFor(
    'every message to be taken',
    async () =>
      app.logged('tones-duplicate', 'delivered again').length === 20 &&
      (await app.rows.count(app.rows.requestQueue)) === 0,
  );
  expect(await app.rows.outcome('delivered again')).toEqual(row);
  expect(app.simulator.requests({ clientContext: 'delivered again' })).toHaveLength(1);
});

it('presses nothing for a message without row', async () => {
  await app.rows.requestQueue.sendMessage(base64(message({ clientContext: 'without row' })));
  await waitFor(
    'the message to be taken',
    async () =>
      app.logged('row-missing', 'without row').length === 1 && (await app.rows.count(app.rows.requestQueue)) === 0,
  );
  expect((await app.toneOutcome('without row')).status).toBe(404);
  expect(app.simulator.requests({ clientContext: 'without row' })).toHaveLength(0);
});

it('a request on the poison queue is failed, if nobody has claimed it, and its message with the tones is deleted', async () => {
  const callId = app.call({ byClientContext: { 'in the way': { scenario: 'notification-never' } } });
  const running = await app.accept({ callId, clientContext: 'in the way' });
  await app.untilStatus(running, 'running');
  const waiting = await app.accept({ callId, clientContext: 'given up' });
  await waitFor('the request to wait', () => app.logged('tones-waiting', '"given up"')[0]);
  await app.rows.requestQueue.clearMessages();

  for (const clientContext of ['given up', 'in the way', 'no row either'])
    await app.rows.poisonQueue.sendMessage(base64(message({ callId, clientContext })));
  const { outcome, row, requests } = await app.untilFinal(waiting);
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'delivery-failed' } });
  expect(row).toMatchObject({ status: 'failed', errorCode: 'delivery-failed' });
  expect(requests).toHaveLength(0);
  // What the burial ends is the end of a request as any other; what it leaves as it is says so.
  expect(app.logged('request-ended', '"given up"')).toEqual([expect.stringContaining('"by":"poison-queue"')]);
  await waitFor('the other poison messages to be taken', () => app.logged('tones-buried').length === 2);
  expect(app.logged('tones-buried', '"in the way"')[0]).toContain('"reason":"left as it is"');
  expect(app.logged('tones-buried', '"no row either"')[0]).toContain('"reason":"no row"');
  expect((await app.outcomeOf('in the way')).status).toBe('running');
  expect((await app.toneOutcome('no row either')).status).toBe(404);
  for (const line of app.lines) expect(line).not.toContain('tone7');
});
