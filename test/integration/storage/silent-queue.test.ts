// A queue service that takes requests and never answers: how long the app waits for it. The SDK itself would wait without end.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../../../local/wait-for';
import { makeQueueContainer } from '../../../shared/storage/storage-clients';
import type { ToneMessage } from '../../../shared/tones/ports/queues';
import { makeTestStorage, type TestStorage } from '../../support/services/test-storage';

const KEY = Buffer.from('no secret').toString('base64');
const MESSAGE: ToneMessage = {
  clientContext: 'order-42',
  callId: 'c1',
  tones: ['tone1'],
  expiresAt: Date.now() + 60_000,
  etag: 'W/"1"',
  waits: 0,
};

let asked: string[] = [];
/** Requests that the client gave up, or that were answered. */
let ended: string[] = [];
/** What is answered to these; everything else waits without end. */
let missing: string | undefined;
let silent: Server;
let storage: TestStorage;

beforeAll(async () => {
  silent = createServer((request, response) => {
    const line = `${request.method} ${request.url?.split('?', 1)[0]}`;
    asked.push(line);
    response.once('close', () => void ended.push(line));
    if (line === missing) response.writeHead(404, { 'x-ms-error-code': 'QueueNotFound' }).end();
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const endpoints = ['Queue', 'Table', 'Blob'].map(
    (service) => `${service}Endpoint=http://127.0.0.1:${port}/devstoreaccount1`,
  );
  storage = makeTestStorage({
    connectionString: [
      'DefaultEndpointsProtocol=http',
      'AccountName=devstoreaccount1',
      `AccountKey=${KEY}`,
      ...endpoints,
    ].join(';'),
  });
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});
beforeEach(() => {
  asked = [];
  ended = [];
  missing = undefined;
});

/** Until it was given up, in whole seconds. */
async function secondsUntilGivenUp(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await expect(work()).rejects.toThrow();
  return Math.round((performance.now() - start) / 1000);
}

test('an announcement gets one try of 2 seconds, as it stands behind a press or an answer to Graph', async () => {
  const seconds = await secondsUntilGivenUp(() =>
    storage.callbackQueue.enqueue({ clientContext: 'order-42', attempts: 0 }, 0),
  );
  expect(seconds).toBeGreaterThanOrEqual(2);
  expect(seconds).toBeLessThan(8);
  expect(asked).toEqual([`POST /devstoreaccount1/${storage.settings.toneCallbacksQueue}/messages`]);
}, 15_000);

test('a tone request is given up after 8 seconds', async () => {
  const seconds = await secondsUntilGivenUp(() => storage.queue.enqueue(MESSAGE, 0));
  expect(seconds).toBeGreaterThanOrEqual(8);
  expect(asked).toContain(`POST /devstoreaccount1/${storage.settings.toneRequestsQueue}/messages`);
}, 15_000);

test('the creation of a queue is given up as well', async () => {
  const container = makeQueueContainer(storage.settings.storage, 'silent', { limitMs: 300, creationLimitMs: 300 });
  await expect(container.create()).rejects.toThrow();
  expect(asked).toEqual(['PUT /devstoreaccount1/silent']);
});

test('a look at the health of storage leaves no request behind', async () => {
  expect(await storage.failingParts()).toEqual(['queue', 'table']);
  const look = `GET /devstoreaccount1/${storage.settings.toneRequestsQueue}`;
  expect(asked).toContain(look);
  await waitFor('the look to be given up', () => ended.includes(look), { limitMs: 15_000 });
}, 20_000);

test('a queue that is missing and cannot be created is given up within the same limit', async () => {
  missing = 'GET /devstoreaccount1/lost';
  const container = makeQueueContainer(storage.settings.storage, 'lost', { limitMs: 500 });
  await expect(container.use((client, options) => client.getProperties(options))).rejects.toThrow();
  expect(asked).toEqual(['GET /devstoreaccount1/lost', 'PUT /devstoreaccount1/lost']);
});

test('a limit that was not needed leaves no timer behind', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const container = makeQueueContainer(storage.settings.storage, 'unused', { limitMs: 3_600_000 });
  expect(await container.use((_client, { abortSignal }) => Promise.resolve(abortSignal?.aborted))).toBe(false);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(before);
});
