// sendTones, buryTones, sendCallbacks and buryCallbacks: how each item of a queue ends, read as the app reads it.
import { InvocationContext } from '@azure/functions';
import { makeBuryCallbacks } from '../../../functions/bury-callbacks';
import { makeBuryTones } from '../../../functions/bury-tones';
import { onMessage } from '../../../functions/on-message';
import { makeSendCallbacks } from '../../../functions/send-callbacks';
import { makeSendTones } from '../../../functions/send-tones';
import { eventLogOf } from '../../../shared/http/event-log';
import { fromCallbackItem, fromToneItem } from '../../../shared/storage/message-codec';
import type { CallbackMessage, Delivery, ToneMessage } from '../../../shared/tones/ports/queues';
import type { PressEnding } from '../../../shared/tones/delivery/press/press-claimed';
import { invocationOf } from '../../support/invocation';

const ITEM = {
  version: 1,
  clientContext: 'order-42',
  callId: 'c1',
  tones: ['tone4', 'tone2'],
  expiresAt: 1_767_225_660_000,
  etag: 'W/"1"',
  waits: 0,
};
const MESSAGE = {
  clientContext: 'order-42',
  callId: 'c1',
  tones: ['tone4', 'tone2'],
  expiresAt: 1_767_225_660_000,
  etag: 'W/"1"',
  waits: 0,
};

function sender(result: PressEnding | Error) {
  const pressed: ToneMessage[] = [];
  const deliveries: Delivery[] = [];
  const invocation = invocationOf('sendTones');
  const sendTones = makeSendTones({
    log: eventLogOf(invocation.context),
    press: async (message, delivery) => {
      pressed.push(message);
      deliveries.push(delivery);
      if (result instanceof Error) throw result;
      return result;
    },
  });
  const handler = onMessage(fromToneItem, sendTones);
  return {
    pressed,
    deliveries,
    invocation,
    deliver: async (item: unknown) => handler(item, invocation.context) as Promise<void>,
    /** As the host says how often the message was given to a function. */
    deliverFor: async (dequeueCount: unknown) => {
      const triggerMetadata = dequeueCount === undefined ? {} : { dequeueCount };
      await handler(ITEM, new InvocationContext({ functionName: 'sendTones', triggerMetadata: triggerMetadata }));
    },
  };
}

describe('sendTones', () => {
  test.each(['recorded', 'waiting', 'expired', 'duplicate', 'row-missing'] as const)(
    'the ending "%s" lets the queue delete the message',
    async (ending) => {
      const { deliver, pressed } = sender(ending);
      await deliver(ITEM);
      expect(pressed).toEqual([MESSAGE]);
    },
  );

  test('a message that the worker hands over as text is read, too', async () => {
    const { deliver, pressed } = sender('recorded');
    await deliver(JSON.stringify(ITEM));
    expect(pressed).toEqual([MESSAGE]);
  });

  test.each([
    ['the first time', 1, false],
    ['the second time', 2, true],
    ['the second time, as text', '2', true],
    ['the first time, as text', '1', false],
    ['no host knows how often', undefined, false],
  ])('a message that comes for %s: press is given whether it came before', async (_name, dequeueCount, redelivered) => {
    const { deliverFor, deliveries } = sender('recorded');
    await deliverFor(dequeueCount);
    expect(deliveries).toEqual([{ redelivered }]);
  });

  test('an invocation without metadata counts as the first delivery', async () => {
    const { deliver, deliveries } = sender('recorded');
    await deliver(ITEM);
    expect(deliveries).toEqual([{ redelivered: false }]);
  });

  test('a message that is not ours throws, so that it goes to poison, and is not pressed', async () => {
    const { deliver, pressed, invocation } = sender('recorded');
    await expect(deliver({ ...ITEM, version: 4 })).rejects.toThrow('The message on the queue is not a tone request.');
    expect(pressed).toEqual([]);
    expect(invocation.events).toEqual(['error message-not-ours']);
    expect(invocation.lines.join()).not.toContain('tone4');
  });

  test('a failure before the claim throws, so that the queue delivers again, and keeps its cause', async () => {
    const failure = new Error('tone4 tone2');
    const { deliver, invocation } = sender(failure);
    const thrown = await deliver(ITEM).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(thrown?.message).toBe(
      'Storage failed before the tones were claimed, or before the rest of them was queued; the queue delivers the message again.',
    );
    expect(thrown?.cause).toBe(failure);
    expect(invocation.events).toEqual(['error storage-failed']);
    expect(invocation.lines.join()).not.toContain('tone4');
  });
});

describe('buryTones', () => {
  function burier() {
    const buried: string[] = [];
    const invocation = invocationOf('buryTones');
    const buryTones = makeBuryTones({
      log: eventLogOf(invocation.context),
      buryTones: async ({ clientContext }) => void buried.push(clientContext),
    });
    const handler = onMessage(fromToneItem, buryTones);
    return { buried, invocation, deliver: async (item: unknown) => handler(item, invocation.context) as Promise<void> };
  }

  test('one of our messages is buried under its clientContext', async () => {
    const { deliver, buried } = burier();
    await deliver(ITEM);
    expect(buried).toEqual(['order-42']);
  });

  test.each([[{ hello: 'tone4' }], ['not json'], [null], [undefined], [42], [[]]])(
    'the foreign message %p is logged without its content and let go',
    async (item) => {
      const { deliver, buried, invocation } = burier();
      await deliver(item);
      expect(buried).toEqual([]);
      expect(invocation.events).toEqual(['error message-not-ours']);
      expect(invocation.lines.join()).not.toContain('tone4');
    },
  );
});

describe('sendCallbacks', () => {
  function teller(failure?: Error) {
    const told: CallbackMessage[] = [];
    const invocation = invocationOf('sendCallbacks');
    const sendCallbacks = makeSendCallbacks({
      log: eventLogOf(invocation.context),
      deliverCallback: async (message) => {
        told.push(message);
        if (failure) throw failure;
        return 'delivered';
      },
    });
    const handler = onMessage(fromCallbackItem, sendCallbacks);
    return { told, invocation, deliver: async (item: unknown) => handler(item, invocation.context) as Promise<void> };
  }

  test.each([
    [{ version: 1, clientContext: 'order-42', attempts: 3, trying: '1 succeeded' }],
    [Buffer.from('{"version":1,"clientContext":"order-42","attempts":3,"trying":"1 succeeded"}').toString('base64')],
  ])('the message %p is told', async (item) => {
    const { deliver, told } = teller();
    await deliver(item);
    expect(told).toEqual([{ clientContext: 'order-42', attempts: 3, trying: '1 succeeded' }]);
  });

  test.each([
    [{ version: 2, clientContext: 'order-42', attempts: 0 }],
    [{ version: 1, clientContext: '', attempts: 0 }],
    [{ version: 1, clientContext: 'x', attempts: -1 }],
    ['not json'],
    [null],
  ])('the message %p is not ours: thrown, so that it goes to poison', async (item) => {
    const { deliver, told, invocation } = teller();
    await expect(deliver(item)).rejects.toThrow('The message on the queue is not a callback.');
    expect(told).toEqual([]);
    expect(invocation.events).toEqual(['error message-not-ours']);
  });

  test('a fault of storage is thrown, so that the queue delivers again', async () => {
    const { deliver, invocation } = teller(new Error('s3cret'));
    await expect(deliver({ version: 1, clientContext: 'order-42', attempts: 0 })).rejects.toThrow(
      'the queue delivers the message again',
    );
    expect(invocation.events).toEqual(['error storage-failed']);
    expect(invocation.lines.join()).not.toContain('s3cret');
  });
});

describe('buryCallbacks', () => {
  test('one of our messages is buried under its clientContext, a foreign one is logged; neither throws', async () => {
    const buried: CallbackMessage[] = [];
    const invocation = invocationOf('buryCallbacks');
    const buryCallbacks = makeBuryCallbacks({
      log: eventLogOf(invocation.context),
      buryCallback: async (message) => void buried.push(message),
    });
    const handler = onMessage(fromCallbackItem, buryCallbacks);
    await handler({ version: 1, clientContext: 'order-42', attempts: 0 }, invocation.context);
    await handler({ hello: 's3cret' }, invocation.context);
    expect(buried).toEqual([{ clientContext: 'order-42', attempts: 0 }]);
    expect(invocation.events).toEqual(['error message-not-ours']);
    expect(invocation.lines.join()).not.toContain('s3cret');
  });
});
