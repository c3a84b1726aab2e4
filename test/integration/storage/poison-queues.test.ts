// Poison messages that no function took, on a real queue service: which are given, and what becomes of the others.
import { QueueClient } from '@azure/storage-queue';
import { startAzurite, type Azurite } from '../../../local/azurite';
import { waitFor } from '../../../local/wait-for';
import { toCallbackText, toToneText } from '../../../shared/storage/message-codec';
import type { ToneMessage } from '../../../shared/tones/ports/queues';
import { makeTestStorage } from '../../support/services/test-storage';

const AGE_MS = 120_000;
const MESSAGE: ToneMessage = {
  clientContext: 'order-42',
  callId: 'c1',
  tones: ['tone4'],
  expiresAt: 1_767_225_660_000,
  etag: 'W/"1"',
  waits: 0,
};

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite();
}, 40_000);
afterAll(() => azurite.close());

/** The service's clock cannot be set, so the app's own is. */
function setUp() {
  const clock = { sinceMs: 0, now: () => Date.now() + clock.sinceMs };
  const storage = makeTestStorage(azurite, clock);
  const { poisonQueue, callbacksPoisonQueue } = storage.settings;
  return {
    ...storage,
    clock,
    tonesPoison: new QueueClient(azurite.connectionString, poisonQueue),
    callbacksPoison: new QueueClient(azurite.connectionString, callbacksPoisonQueue),
  };
}

const countOf = async (queue: QueueClient) => (await queue.getProperties()).approximateMessagesCount;
const visibleIn = async (queue: QueueClient) =>
  (await queue.peekMessages({ numberOfMessages: 32 })).peekedMessageItems.length;

test('a queue that is missing, or empty, gives nothing', async () => {
  const { poison, create } = setUp();
  expect(await poison.abandonedTones(AGE_MS)).toEqual([]);
  await create();
  expect(await poison.abandonedTones(AGE_MS)).toEqual([]);
  expect(await poison.abandonedCallbacks(AGE_MS)).toEqual([]);
});

test('a message that a function may yet take is only looked at', async () => {
  const { poison, create, tonesPoison } = setUp();
  await create();
  await tonesPoison.sendMessage(toToneText(MESSAGE));
  expect(await poison.abandonedTones(AGE_MS)).toEqual([]);
  const { receivedMessageItems } = await tonesPoison.receiveMessages();
  expect(receivedMessageItems.map(({ dequeueCount }) => dequeueCount)).toEqual([1]);
});

test('a message older than that is given, stays until it is removed, and is removed once', async () => {
  const { poison, create, tonesPoison, clock } = setUp();
  await create();
  await tonesPoison.sendMessage(toToneText(MESSAGE));
  clock.sinceMs = AGE_MS + 60_000;
  const taken = await poison.abandonedTones(AGE_MS);
  expect(taken.map(({ message }) => message)).toEqual([MESSAGE]);
  expect([await countOf(tonesPoison), await visibleIn(tonesPoison)]).toEqual([1, 0]);
  await taken[0]?.remove();
  expect(await countOf(tonesPoison)).toBe(0);
  await expect(taken[0]?.remove()).resolves.toBeUndefined();
});

test('beside an older one a young message is not given, and stays', async () => {
  const { poison, create, tonesPoison, clock } = setUp();
  await create();
  const old = await tonesPoison.sendMessage(toToneText({ ...MESSAGE, waits: 1 }));
  // The service counts in whole seconds.
  const young = await waitFor('a later second', async () => {
    const sent = await tonesPoison.sendMessage(toToneText({ ...MESSAGE, waits: 2 }));
    if (sent.insertedOn > old.insertedOn) return sent;
    await tonesPoison.deleteMessage(sent.messageId, sent.popReceipt);
    return undefined;
  });
  clock.now = () => young.insertedOn.getTime() + AGE_MS;
  const taken = await poison.abandonedTones(AGE_MS);
  expect(taken.map(({ message }) => message?.waits)).toEqual([1]);
  await taken[0]?.remove();
  expect(await countOf(tonesPoison)).toBe(1);
});

test('callbacks have a queue of their own, and what is not ours is given without its content', async () => {
  const { poison, create, callbacksPoison, clock } = setUp();
  await create();
  await callbacksPoison.sendMessage(toCallbackText({ clientContext: 'order-42', attempts: 3 }));
  await callbacksPoison.sendMessage(toToneText(MESSAGE));
  await callbacksPoison.sendMessage('hello');
  clock.sinceMs = AGE_MS + 60_000;
  const taken = await poison.abandonedCallbacks(AGE_MS);
  expect(taken.map(({ message }) => message)).toEqual([
    { clientContext: 'order-42', attempts: 3 },
    undefined,
    undefined,
  ]);
  expect(await poison.abandonedTones(AGE_MS)).toEqual([]);
});

test('at most 32 are given at once, and the others the next time', async () => {
  const { poison, create, tonesPoison, clock } = setUp();
  await create();
  for (let place = 0; place < 33; place += 1) await tonesPoison.sendMessage(toToneText({ ...MESSAGE, waits: place }));
  clock.sinceMs = AGE_MS + 60_000;
  const first = await poison.abandonedTones(AGE_MS);
  const second = await poison.abandonedTones(AGE_MS);
  expect([first.length, second.length]).toEqual([32, 1]);
  expect(second.map(({ message }) => message?.waits)).toEqual([32]);
});

test('storage that does not answer is thrown', async () => {
  const nobody = azurite.connectionString.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
  await expect(makeTestStorage({ connectionString: nobody }).poison.abandonedTones(AGE_MS)).rejects.toThrow();
}, 30_000);
