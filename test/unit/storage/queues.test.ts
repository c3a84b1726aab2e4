// What the queues are asked for: whole seconds of invisibility, rounded up, and a life that ends after the deadline.
// The clients are fakes of the one method that is used; storage itself is met in test/integration/storage.
import type { QueueClient } from '@azure/storage-queue';
import { makeCallbackQueue, makeToneQueue } from '../../../shared/storage/queues';
import type { Container } from '../../../shared/storage/storage-clients';
import type { ToneMessage } from '../../../shared/tones/ports/queues';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const clock = { now: () => T0 };
const MESSAGE: ToneMessage = {
  clientContext: 'order-42',
  callId: 'c1',
  tones: ['tone1'],
  expiresAt: T0 + 60_000,
  etag: 'W/"1"',
  waits: 0,
};

interface Sent {
  readonly text: string;
  readonly visibilityTimeout?: number;
  readonly messageTimeToLive?: number;
}

function fakeQueue(): { sent: Sent[]; container: Container<QueueClient> } {
  const sent: Sent[] = [];
  const sendMessage = async (text: string, options: Omit<Sent, 'text'>) => void sent.push({ text, ...options });
  const client = { sendMessage } as unknown as QueueClient;
  return { sent, container: { use: (operation) => operation(client, {}), create: async () => {} } };
}

/** A queue counts whole seconds; what came a moment early would find nothing to do, or press too soon. */
const SECONDS_OF: readonly (readonly [delayMs: number, seconds: number])[] = [
  [-5, 0],
  [0, 0],
  [1, 1],
  [999, 1],
  [1000, 1],
  [1001, 2],
  [2000, 2],
  [7499, 8],
];

test.each(SECONDS_OF)(
  'a tone request that is due in %d ms is hidden for %d s, by either client',
  async (delayMs, seconds) => {
    for (const way of ['enqueue', 'enqueueOnce'] as const) {
      const [queue, queueOnce] = [fakeQueue(), fakeQueue()];
      await makeToneQueue(queue.container, queueOnce.container, clock)[way](MESSAGE, delayMs);
      const [used, unused] = way === 'enqueue' ? [queue, queueOnce] : [queueOnce, queue];
      expect(used.sent.map(({ visibilityTimeout }) => visibilityTimeout)).toEqual([seconds]);
      expect(unused.sent).toEqual([]);
      const stored: unknown = JSON.parse(Buffer.from(used.sent[0]?.text ?? '', 'base64').toString('utf8'));
      expect(stored).toMatchObject({ dueAt: T0 + seconds * 1000 });
    }
  },
);

test.each(SECONDS_OF)('a callback that is due in %d ms is hidden for %d s', async (delayMs, seconds) => {
  const { sent, container } = fakeQueue();
  await makeCallbackQueue(container).enqueue({ clientContext: 'order-42', attempts: 1 }, delayMs);
  expect(sent.map(({ visibilityTimeout }) => visibilityTimeout)).toEqual([seconds]);
});

test('a message lives for thirty seconds after its deadline, or after it is seen, if that is later', async () => {
  const { sent, container } = fakeQueue();
  const queue = makeToneQueue(container, container, clock);
  await queue.enqueue(MESSAGE, 0);
  await queue.enqueue({ ...MESSAGE, expiresAt: T0 + 60_001 }, 0);
  await queue.enqueue({ ...MESSAGE, expiresAt: T0 - 1 }, 4001);
  expect(sent.map(({ messageTimeToLive }) => messageTimeToLive)).toEqual([90, 91, 35]);
});
