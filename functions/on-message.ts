// The shape of every queue function: a message is read once, and each way in which it can end is chosen here.
// Knows no rule: what is done with a message is given.
import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import { describeError, type LogsEvents } from '../shared/http/event-log';

/** A message, read; undefined where it is not ours. */
export type MessageHandler<T> = (message: T | undefined, context: InvocationContext) => Promise<void>;

/** Reads the item of a queue; undefined where it is not ours. */
export type Decode<T> = (item: unknown) => T | undefined;

/** A queue function out of a handler of messages. */
export function onMessage<T>(decode: Decode<T>, handler: MessageHandler<T>): StorageQueueHandler {
  return (item, context) => handler(decode(item), context);
}

interface Worker<T> extends LogsEvents {
  /** What the messages of the queue are: `a tone request`. */
  readonly what: string;
  readonly work: (message: T, context: InvocationContext) => Promise<unknown>;
  /** What storage failed at, and what follows. */
  readonly failure: string;
}

/**
 * A message that is not ours is thrown, so that it passes through the poison
 * queue; so is a fault of storage: it comes again.
 */
export function makeMessageWorker<T extends { readonly clientContext: string; readonly callId?: string }>({
  what,
  work,
  failure,
  log,
}: Worker<T>): MessageHandler<T> {
  return async (message, context) => {
    if (message === undefined) {
      log('error', 'message-not-ours', { reason: `not ${what} of this version or an older one` });
      throw new Error(`The message on the queue is not ${what}.`);
    }
    try {
      await work(message, context);
    } catch (error) {
      const { clientContext, callId } = message;
      log('error', 'storage-failed', { clientContext, callId, detail: describeError(error) });
      throw new Error(failure, { cause: error });
    }
  };
}

/**
 * Of a poison queue, which has no poison queue: what is thrown stays there until the timer takes it.
 * A message that is not ours is let go.
 */
export function makeMessageBurier<T>({ what, work, log }: Omit<Worker<T>, 'failure'>): MessageHandler<T> {
  return async (message, context) => {
    if (message !== undefined) {
      await work(message, context);
      return;
    }
    const reason = `deleted from the poison queue; it was not ${what} of this version or an older one`;
    log('error', 'message-not-ours', { reason });
  };
}
