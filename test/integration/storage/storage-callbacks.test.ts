// The rows and the queue of callbacks on real storage services.
import { QueueClient } from '@azure/storage-queue';
import { startAzurite, type Azurite } from '../../../local/azurite';
import { makeTestStorage, type TestStorage } from '../../support/services/test-storage';

const T0 = Date.parse('2026-01-01T00:00:00.123Z');
const URL_1 = 'https://prod-1.logic.azure.com/?sig=%2F&x=Ü';

let azurite: Azurite;
let storage: TestStorage;

beforeAll(async () => {
  azurite = await startAzurite();
  storage = makeTestStorage(azurite);
}, 40_000);
afterAll(() => azurite.close());

test('where nothing was stored there is no callback, and removing one is harmless', async () => {
  expect(await storage.callbacks.read('never')).toBeUndefined();
  await storage.callbacks.remove('never');
});

test.each(['order-42', ' a/b\\c#d?e%f ', '~'.repeat(256)])(
  'the callback of %p is stored, changed under its version, and removed',
  async (clientContext) => {
    await storage.callbacks.replace(clientContext, { url: URL_1, subscribedAt: T0, changedAt: T0 });
    const first = await storage.callbacks.read(clientContext);
    expect(first).toEqual({ url: URL_1, subscribedAt: T0, changedAt: T0, etag: expect.any(String) as string });
    const etag = first?.etag ?? '';
    expect(
      await storage.callbacks.merge(
        clientContext,
        { trying: '1 succeeded', attempts: 2, httpStatus: 503, changedAt: T0 + 1 },
        etag,
      ),
    ).toMatchObject({ kind: 'written' });
    expect(await storage.callbacks.merge(clientContext, { attempts: 3 }, etag)).toEqual({ kind: 'stale' });
    expect(await storage.callbacks.read(clientContext)).toMatchObject({
      url: URL_1,
      trying: '1 succeeded',
      attempts: 2,
      httpStatus: 503,
      changedAt: T0 + 1,
    });
    const now = (await storage.callbacks.read(clientContext))?.etag ?? '';
    await storage.callbacks.merge(
      clientContext,
      { url: '', told: 'succeeded 1', ended: 'delivered', attempts: 0 },
      now,
    );
    expect(await storage.callbacks.read(clientContext)).toMatchObject({
      url: '',
      told: 'succeeded 1',
      ended: 'delivered',
      attempts: 0,
    });
    await storage.callbacks.replace(clientContext, {
      url: 'https://prod-2.logic.azure.com/',
      subscribedAt: T0 + 2,
      changedAt: T0 + 2,
    });
    expect(await storage.callbacks.read(clientContext)).toEqual({
      url: 'https://prod-2.logic.azure.com/',
      subscribedAt: T0 + 2,
      changedAt: T0 + 2,
      etag: expect.any(String) as string,
    });
    await storage.callbacks.remove(clientContext);
    expect(await storage.callbacks.read(clientContext)).toBeUndefined();
  },
);

test('a callback is announced by its name alone, now or later', async () => {
  const queue = new QueueClient(azurite.connectionString, storage.settings.toneCallbacksQueue);
  await storage.callbackQueue.enqueue({ clientContext: 'order-42', attempts: 0 }, 0);
  await storage.callbackQueue.enqueue({ clientContext: 'order-43', attempts: 1 }, 2_500);
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 5 });
  expect(
    peekedMessageItems.map(({ messageText }) => JSON.parse(Buffer.from(messageText, 'base64').toString()) as unknown),
  ).toEqual([{ version: 1, clientContext: 'order-42', attempts: 0 }]);
  expect((await queue.getProperties()).approximateMessagesCount).toBe(2);
});
