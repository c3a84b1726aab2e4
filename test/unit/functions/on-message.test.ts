// The shape of the queue functions: a message is read once, and every ending is chosen.
import { makeMessageBurier, makeMessageWorker, onMessage } from '../../../functions/on-message';
import { makeSendTones } from '../../../functions/send-tones';
import { InvocationContext } from '@azure/functions';
import type { Delivery } from '../../../shared/tones/delivery/press-tones';
import type { EventLog } from '../../../shared/tones/event-log';
import type { ToneMessage } from '../../../shared/tones/ports';

const MESSAGE: ToneMessage = {
  clientContext: 'order-42',
  callId: 'c1',
  tones: ['tone4'],
  expiresAt: 1_767_225_660_000,
  etag: 'W/"1"',
  waits: 0,
};

function recordingLog() {
  const lines: string[] = [];
  const log: EventLog = (level, event, fields) => void lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
  return { lines, log };
}

const context = (triggerMetadata?: Record<string, unknown>) =>
  new InvocationContext({ functionName: 'sendTones', ...(triggerMetadata && { triggerMetadata }) });

test('a message is read once', async () => {
  let reads = 0;
  const handled: unknown[] = [];
  const handler = onMessage(
    (item) => {
      reads += 1;
      return { read: item };
    },
    async (message) => void handled.push(message),
  );
  await handler('item', context());
  expect([reads, handled]).toEqual([1, [{ read: 'item' }]]);
});

test('a worker names the call of a failed message in the log, never its tones', async () => {
  const { lines, log } = recordingLog();
  const worker = makeMessageWorker<ToneMessage>({
    log,
    what: 'a tone request',
    failure: 'Storage failed.',
    work: () => Promise.reject(new Error('tone4')),
  });
  await expect(worker(MESSAGE, context())).rejects.toThrow('Storage failed.');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^error storage-failed \{"clientContext":"order-42","callId":"c1",/);
  expect(lines[0]).not.toContain('tone4');
});

test('a burier lets go what is not ours, and does its work otherwise', async () => {
  const { lines, log } = recordingLog();
  const buried: string[] = [];
  const burier = makeMessageBurier<ToneMessage>({
    log,
    what: 'a tone request',
    work: async ({ clientContext }) => void buried.push(clientContext),
  });
  await burier(undefined, context());
  await burier(MESSAGE, context());
  expect(buried).toEqual(['order-42']);
  expect(lines).toEqual([expect.stringMatching(/^error message-not-ours /)]);
});

test.each([
  [undefined, false],
  [{}, false],
  [{ dequeueCount: 1 }, false],
  [{ dequeueCount: 2 }, true],
  [{ dequeueCount: '3' }, true],
])('sendTones with the metadata %p: delivered before: %p', async (metadata, redelivered) => {
  const deliveries: Delivery[] = [];
  const handler = makeSendTones({
    log: () => undefined,
    press: async (_message, delivery) => {
      deliveries.push(delivery);
      return 'recorded';
    },
  });
  await handler(MESSAGE, context(metadata));
  expect(deliveries).toEqual([{ redelivered }]);
});
