// How far the timer looks into a poison queue before it takes anything. Storage itself is met in test/integration/storage.
import type { QueueClient } from '@azure/storage-queue';
import { toToneText } from '../../../shared/storage/message-codec';
import { makePoisonQueues } from '../../../shared/storage/poison-queues';
import type { Container } from '../../../shared/storage/storage-clients';
import type { ToneMessage } from '../../../shared/tones/ports/queues';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const AGE_MS = 120_000;
const MESSAGE: ToneMessage = {
  clientContext: 'a',
  callId: 'c',
  tones: ['tone1'],
  expiresAt: NOW,
  etag: 'v1',
  waits: 0,
};

/** A queue of messages of these ages, which gives one at a time unless more are asked for, as the service does. */
function queueOf(...agesMs: readonly number[]) {
  const asked: object[] = [];
  const give = (options: { numberOfMessages?: number }) => {
    asked.push(options);
    return agesMs.slice(0, options.numberOfMessages ?? 1).map((ageMs, place) => ({
      insertedOn: new Date(NOW - ageMs),
      messageId: `m${place}`,
      popReceipt: 'p',
      messageText: toToneText({ ...MESSAGE, waits: place }),
    }));
  };
  const client = {
    peekMessages: async (options: object) => ({ peekedMessageItems: give(options) }),
    receiveMessages: async (options: object) => ({ receivedMessageItems: give(options) }),
  } as unknown as QueueClient;
  const signal = new AbortController().signal;
  const queue: Container<QueueClient> = {
    use: (operation) => operation(client, { abortSignal: signal }),
    create: () => Promise.resolve(),
  };
  return { asked, signal, poison: makePoisonQueues(queue, queue, { now: () => NOW }) };
}

test('an old message is found behind young ones, and taken for a minute; the limit of the queue holds for both', async () => {
  const { asked, signal, poison } = queueOf(1000, AGE_MS, AGE_MS + 1);
  const taken = await poison.abandonedTones(AGE_MS);
  expect(taken.map(({ message }) => message?.waits)).toEqual([2]);
  expect(asked).toEqual([
    { numberOfMessages: 32, abortSignal: signal },
    { numberOfMessages: 32, abortSignal: signal, visibilityTimeout: 60 },
  ]);
});

test('where all are young nothing is taken', async () => {
  const { asked, poison } = queueOf(0, 1000, AGE_MS);
  expect(await poison.abandonedCallbacks(AGE_MS)).toEqual([]);
  expect(asked).toHaveLength(1);
});
