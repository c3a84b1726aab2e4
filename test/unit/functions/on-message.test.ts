// The shape of the queue functions: what is read, what is thrown, what is let go, and that no line holds what was in the message.
import { makeMessageBurier, makeMessageWorker, onMessage } from '../../../functions/on-message';
import { eventLogOf } from '../../../shared/http/event-log';
import { invocationOf } from '../../support/invocation';

interface Note {
  readonly clientContext: string;
  readonly callId?: string;
  readonly text: string;
}

const NOTE: Note = { clientContext: 'order-42', callId: 'call-1', text: 's3cret' };

function worker(work: (note: Note) => Promise<unknown> = async () => undefined) {
  const invocation = invocationOf('sendNotes');
  const worked: unknown[][] = [];
  const handler = makeMessageWorker<Note>({
    log: eventLogOf(invocation.context),
    what: 'a note',
    work: async (note, context) => {
      worked.push([note, context]);
      return work(note);
    },
    failure: 'Storage failed; the queue delivers the note again.',
  });
  return { invocation, worked, handle: (note: Note | undefined) => handler(note, invocation.context) };
}

const thrownBy = (handled: Promise<void>) =>
  handled.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

test('an item is read once, and handled with its invocation', async () => {
  const { context } = invocationOf('sendNotes');
  const read: unknown[] = [];
  const handled: unknown[][] = [];
  const decode = (item: unknown) => (read.push(item), item === 'mine' ? NOTE : undefined);
  const handler = onMessage(decode, async (...given) => void handled.push(given));
  await handler('mine', context);
  await handler('foreign', context);
  expect(read).toEqual(['mine', 'foreign']);
  expect(handled).toEqual([
    [NOTE, context],
    [undefined, context],
  ]);
});

test('the end of the handler is the end of the invocation: a failure reaches the host', async () => {
  const handler = onMessage(
    () => NOTE,
    () => Promise.reject(new Error('down')),
  );
  await expect(handler('mine', invocationOf('sendNotes').context)).rejects.toThrow('down');
});

describe('a worker', () => {
  test('works on the message with its invocation, and lets the queue delete it, whatever the work came to', async () => {
    const { handle, worked, invocation } = worker(async () => 'anything');
    expect(await handle(NOTE)).toBeUndefined();
    expect(worked).toEqual([[NOTE, invocation.context]]);
    expect(invocation.lines).toEqual([]);
  });

  test('throws what is not ours, so that it passes through the poison queue, and does not work on it', async () => {
    const { handle, worked, invocation } = worker();
    expect((await thrownBy(handle(undefined)))?.message).toBe('The message on the queue is not a note.');
    expect(worked).toEqual([]);
    expect(invocation.lines).toEqual(['message-not-ours {"reason":"not a note of this version or an older one"}']);
  });

  test('throws a fault of storage in its own words, so that the message comes again, and keeps the cause', async () => {
    const failure = new RangeError('s3cret');
    const { handle, invocation } = worker(() => Promise.reject(failure));
    const thrown = await thrownBy(handle(NOTE));
    expect(thrown?.message).toBe('Storage failed; the queue delivers the note again.');
    expect(thrown?.cause).toBe(failure);
    expect(invocation.events).toEqual(['error storage-failed']);
    expect(invocation.lines.join()).toMatch(/"clientContext":"order-42","callId":"call-1","detail":"RangeError/);
    expect(invocation.lines.join()).not.toContain('s3cret');
  });

  test('names no call where the message has none', async () => {
    const { handle, invocation } = worker(() => Promise.reject(new RangeError('down')));
    await thrownBy(handle({ clientContext: 'order-42', text: '' }));
    expect(invocation.lines.join()).not.toContain('callId');
  });
});

describe('a burier', () => {
  function burier() {
    const invocation = invocationOf('buryNotes');
    const buried: unknown[][] = [];
    const handler = makeMessageBurier<Note>({
      log: eventLogOf(invocation.context),
      what: 'a note',
      work: async (...given) => void buried.push(given),
    });
    return { invocation, buried, handle: (note: Note | undefined) => handler(note, invocation.context) };
  }

  test('buries the message, with nothing to log of its own', async () => {
    const { handle, buried, invocation } = burier();
    await handle(NOTE);
    expect(buried).toEqual([[NOTE, invocation.context]]);
    expect(invocation.lines).toEqual([]);
  });

  test('lets go what is not ours, and never throws it: a poison queue has no poison queue', async () => {
    const { handle, buried, invocation } = burier();
    await handle(undefined);
    expect(buried).toEqual([]);
    expect(invocation.events).toEqual(['error message-not-ours']);
    expect(invocation.lines.join()).toContain('deleted from the poison queue; it was not a note of this version');
  });
});
