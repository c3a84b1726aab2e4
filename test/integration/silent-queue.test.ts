// A queue service that takes requests and never answers: how long the app waits for it. The SDK itself would wait without end.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeQueueContainer } from '../../shared/storage/storage-clients';
import type { ToneMessage } from '../../shared/tones/ports';
import { makeTestStorage, type TestStorage } from '../support/test-storage';

const KEY = Buffer.from('no secret').toString('base64');
const MESSAGE: ToneMessage = { clientContext: 'order-42', callId: 'c1', tones: ['tone1'], expiresAt: Date.now() + 60_000, etag: 'W/"1"', waits: 0 };

let asked: string[] = [];
let silent: Server;
let storage: TestStorage;

beforeAll(async () => {
  silent = createServer((request) => void asked.push(`${request.method} ${request.url?.split('?', 1)[0]}`));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const endpoints = ['Queue', 'Table', 'Blob'].map((service) => `${service}Endpoint=http://127.0.0.1:${port}/devstoreaccount1`);
  storage = makeTestStorage({ connectionString: ['DefaultEndpointsProtocol=http', 'AccountName=devstoreaccount1', `AccountKey=${KEY}`, ...endpoints].join(';') });
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});
beforeEach(() => {
  asked = [];
});

test('an announcement gets one try of 2 seconds, as it stands behind a press or an answer to Graph', async () => {
  await expect(storage.callbackQueue.enqueue({ clientContext: 'order-42', attempts: 0 }, 0)).rejects.toThrow();
  expect(asked).toEqual([`POST /devstoreaccount1/${storage.settings.toneCallbacksQueue}/messages`]);
});

test('a tone request is given up after 8 seconds', async () => {
  await expect(storage.queue.enqueue(MESSAGE, 0)).rejects.toThrow();
  expect(asked).toContain(`POST /devstoreaccount1/${storage.settings.toneRequestsQueue}/messages`);
}, 15_000);

test('the creation of a queue is given up as well, and so is a look at it', async () => {
  const container = makeQueueContainer(storage.settings.storage, 'silent', { limitMs: 300 });
  await expect(container.create()).rejects.toThrow();
  expect(asked).toEqual(['PUT /devstoreaccount1/silent']);
  await expect(container.use((client, limit) => client.getProperties({ ...(limit && { abortSignal: limit }) }))).rejects.toThrow();
  expect(asked).toEqual(['PUT /devstoreaccount1/silent', 'GET /devstoreaccount1/silent']);
});

test('a limit that was not needed leaves no timer behind', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const container = makeQueueContainer(storage.settings.storage, 'unused', { limitMs: 3_600_000 });
  expect(await container.use((_client, limit) => Promise.resolve(limit?.aborted))).toBe(false);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
});
