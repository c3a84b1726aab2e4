// The tone queue on a real queue service, creation of what is missing, and the sign of life.
import { startAzurite, type Azurite } from '../../../local/azurite';
import { waitFor } from '../../../local/wait-for';
import { fromToneItem } from '../../../shared/storage/message-codec';
import type { ToneMessage } from '../../../shared/tones/ports/queues';
import { makeTestStorage } from '../../support/services/test-storage';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite();
}, 40_000);
afterAll(() => azurite.close());

function messageUntil(expiresAt: number): ToneMessage {
  return {
    clientContext: 'order-42',
    callId: 'c1',
    tones: ['tone4', 'flash'],
    expiresAt,
    after: 'order-41',
    etag: 'W/"1"',
    waits: 0,
  };
}

const secondsBetween = (from: Date, to: Date) => Math.round((to.getTime() - from.getTime()) / 1000);

describe('the tone queue', () => {
  test('a message is base64 of JSON, as the queue trigger expects it, and comes back as it was', async () => {
    const now = Date.now();
    const storage = makeTestStorage(azurite, { now: () => now });
    const message = messageUntil(now + 60_000);
    await storage.queue.enqueue(message, 0);
    const { receivedMessageItems } = await storage.requestQueue.receiveMessages({ numberOfMessages: 32 });
    expect(receivedMessageItems).toHaveLength(1);
    const text = Buffer.from(receivedMessageItems[0]?.messageText ?? '', 'base64').toString('utf8');
    expect(JSON.parse(text)).toEqual({ version: 1, ...message, dueAt: now });
    expect(fromToneItem(text)).toEqual({ ...message, dueAt: now });
  });

  test.each([
    ['its remaining time and half a minute', 60_000, 0, 90],
    ['half a minute when its time has passed', -5000, 0, 30],
    ['its delay and half a minute when that is longer', 1000, 5000, 35],
    ['whole seconds, rounded up', 59_001, 0, 90],
  ])(
    'a message lives for %s',
    async (_what, remainingMs, delayMs, lifeSeconds) => {
      const now = Date.now();
      const storage = makeTestStorage(azurite, { now: () => now });
      await storage.queue.enqueue(messageUntil(now + remainingMs), delayMs);
      const look = async () => (await storage.requestQueue.receiveMessages()).receivedMessageItems[0];
      const found = await waitFor('the message', look);
      expect(secondsBetween(found.insertedOn, found.expiresOn)).toBe(lifeSeconds);
    },
    15_000,
  );

  test('a delayed message is not visible before its delay, rounded up to whole seconds', async () => {
    const storage = makeTestStorage(azurite);
    const before = Date.now();
    await storage.queue.enqueue(messageUntil(before + 60_000), 1001);
    expect((await storage.requestQueue.peekMessages()).peekedMessageItems).toEqual([]);
    expect((await storage.requestQueue.getProperties()).approximateMessagesCount).toBe(1);
    await waitFor('the message', async () => (await storage.requestQueue.receiveMessages()).receivedMessageItems[0]);
    // Storage counts in whole seconds of its own clock.
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000);
  });
});

describe('creation', () => {
  test('queue, poison queue and tables are created, and creating again does no harm', async () => {
    const storage = makeTestStorage(azurite);
    await storage.create();
    await storage.create();
    await expect(storage.requestQueue.getProperties()).resolves.toMatchObject({ approximateMessagesCount: 0 });
    for (const table of [storage.outcomeTable, storage.indexTable])
      expect((await table.listEntities().byPage().next()).done).toBe(false);
  });

  test('what is missing, or was deleted under a running app, is created by the operation that misses it', async () => {
    const storage = makeTestStorage(azurite);
    for (let time = 0; time < 2; time += 1) {
      expect(await storage.outcomes.read('x')).toBeUndefined();
      expect(await storage.outcomes.insert({ clientContext: 'x', callId: 'c1', status: 'accepted' })).toMatchObject({
        kind: 'written',
      });
      expect(await storage.calls.insert('k', { tail: 'x' })).toMatchObject({ kind: 'written' });
      await storage.index.open({ kind: 'request', clientContext: 'x', since: 0 });
      await storage.queue.enqueue(messageUntil(Date.now() + 60_000), 0);
      expect((await storage.requestQueue.getProperties()).approximateMessagesCount).toBe(1);
      await Promise.all([
        storage.outcomeTable.deleteTable(),
        storage.indexTable.deleteTable(),
        storage.requestQueue.delete(),
      ]);
    }
  });

  test('a merge into a table that is gone is stale, not trouble', async () => {
    const storage = makeTestStorage(azurite);
    expect(
      await storage.outcomes.merge('x', { status: 'sending' }, 'W/"datetime\'2026-01-01T00%3A00%3A00.0000000Z\'"'),
    ).toEqual({ kind: 'stale' });
  });

  test('many operations that miss the same table at once all succeed', async () => {
    const storage = makeTestStorage(azurite);
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        storage.outcomes.insert({ clientContext: `c${index}`, callId: 'c1', status: 'accepted' }),
      ),
    );
    expect(results.map(({ kind }) => kind)).toEqual(Array(10).fill('written'));
  });
});

describe('the sign of life', () => {
  test('nothing fails while storage answers', async () => {
    expect(await makeTestStorage(azurite).failingParts()).toEqual([]);
  });

  test('queue and table are named when nobody answers, and operations throw', async () => {
    const nobody = azurite.connectionString.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
    const storage = makeTestStorage({ connectionString: nobody });
    expect(await storage.failingParts()).toEqual(['queue', 'table']);
    await expect(storage.outcomes.read('x')).rejects.toThrow();
  }, 30_000);
});
