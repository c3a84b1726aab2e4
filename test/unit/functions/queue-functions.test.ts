// sendTones and buryTones: how each message ends.
import { makeBuryTones } from '../../../functions/bury-tones';
import { makeSendTones } from '../../../functions/send-tones';
import type { ToneMessage } from '../../../shared/tones/ports';
import type { PressEnding } from '../../../shared/tones/press-tones';
import { invocationOf } from '../../support/invocation';

const ITEM = { version: 1, clientContext: 'order-42', callId: 'c1', tones: ['tone4', 'tone2'], expiresAt: 1_767_225_660_000, etag: 'W/"1"', waits: 0 };
const MESSAGE = { clientContext: 'order-42', callId: 'c1', tones: ['tone4', 'tone2'], expiresAt: 1_767_225_660_000, etag: 'W/"1"', waits: 0 };

function sender(result: PressEnding | Error) {
  const pressed: ToneMessage[] = [];
  const invocation = invocationOf('sendTones');
  const handler = makeSendTones({
    press: () => async (message) => {
      pressed.push(message);
      if (result instanceof Error) throw result;
      return result;
    },
  });
  return { pressed, invocation, deliver: async (item: unknown) => handler(item, invocation.context) as Promise<void> };
}

describe('sendTones', () => {
  test.each(['recorded', 'waiting', 'expired', 'duplicate', 'row-missing'] as const)('the ending "%s" lets the queue delete the message', async (ending) => {
    const { deliver, pressed } = sender(ending);
    await deliver(ITEM);
    expect(pressed).toEqual([MESSAGE]);
  });

  test('a message that the worker hands over as text is read, too', async () => {
    const { deliver, pressed } = sender('recorded');
    await deliver(JSON.stringify(ITEM));
    expect(pressed).toEqual([MESSAGE]);
  });

  test('a message that is not ours throws, so that it goes to poison, and is not pressed', async () => {
    const { deliver, pressed, invocation } = sender('recorded');
    await expect(deliver({ ...ITEM, version: 2 })).rejects.toThrow('The message on the queue is not a tone request.');
    expect(pressed).toEqual([]);
    expect(invocation.events).toEqual(['error message-not-ours']);
    expect(invocation.lines.join()).not.toContain('tone4');
  });

  test('a failure before the claim throws, so that the queue delivers again, and keeps its cause', async () => {
    const failure = new Error('tone4 tone2');
    const { deliver, invocation } = sender(failure);
    const thrown = await deliver(ITEM).then(() => undefined, (error: unknown) => error as Error);
    expect(thrown?.message).toBe('Storage failed before the tones were claimed; the queue delivers the message again.');
    expect(thrown?.cause).toBe(failure);
    expect(invocation.events).toEqual(['error storage-failed']);
    expect(invocation.lines.join()).not.toContain('tone4');
  });
});

describe('buryTones', () => {
  function burier() {
    const buried: string[] = [];
    const invocation = invocationOf('buryTones');
    const handler = makeBuryTones({
      bury: () => async (clientContext) => {
        buried.push(clientContext);
      },
    });
    return { buried, invocation, deliver: async (item: unknown) => handler(item, invocation.context) as Promise<void> };
  }

  test('one of our messages is buried under its clientContext', async () => {
    const { deliver, buried } = burier();
    await deliver(ITEM);
    expect(buried).toEqual(['order-42']);
  });

  test.each([[{ hello: 'tone4' }], ['not json'], [null], [undefined], [42], [[]]])('the foreign message %p is logged without its content and let go', async (item) => {
    const { deliver, buried, invocation } = burier();
    await deliver(item);
    expect(buried).toEqual([]);
    expect(invocation.events).toEqual(['error message-not-ours']);
    expect(invocation.lines.join()).not.toContain('tone4');
  });
});
