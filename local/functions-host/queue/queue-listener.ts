// Takes the messages of one queue, runs the function for each, and gives every message its ending.
// Knows nothing of what a function does; follows the queue extension of the real host.

import {
  QueueClient,
  RestError,
  StorageRetryPolicyType,
  type DequeuedMessageItem,
  type StoragePipelineOptions,
} from '@azure/storage-queue';

import type { QueueFunction } from '../worker/app-functions';
import { describeFault, messageOf, type HostLog } from '../host-log';
import type { QueueSettings } from '../host-settings';
import type { Invoke } from '../worker/invocation';
import { makePollingDelay } from './polling-delay';
import { decodeMessage, toQueueTrigger } from './queue-message';

const minimumPollingIntervalMs = 100;
const poisonSuffix = '-poison';
const queueNameLimit = 63;

/** Connections are kept alive by default; the SDK's own first retry would come after four seconds only. */
const pipeline: StoragePipelineOptions = {
  retryOptions: {
    retryPolicyType: StorageRetryPolicyType.EXPONENTIAL,
    maxTries: 4,
    retryDelayInMs: 200,
    maxRetryDelayInMs: 2_000,
  },
};

export interface QueueListenerOptions {
  target: QueueFunction;
  settings: QueueSettings;
  /** How long a message that was taken stays hidden from others; the real host takes 600. */
  dequeueVisibilitySeconds: number;
  invoke: Invoke;
  log: HostLog;
}

export interface QueueListener {
  /** Takes no message any more; resolves when each one taken has its ending. */
  stop(): Promise<void>;
}

/** Throws at once for a connection string that cannot be read. A queue that does not exist is waited for. */
export function startQueueListener({
  target,
  settings,
  dequeueVisibilitySeconds,
  invoke,
  log,
}: QueueListenerOptions): QueueListener {
  const { queueName } = target;
  const queue = new QueueClient(target.connectionString, queueName, pipeline);
  const poisonQueue = poisonQueueOf(target);
  const nextDelayMs = makePollingDelay({
    minimumMs: minimumPollingIntervalMs,
    maximumMs: settings.maxPollingIntervalMs,
    random: Math.random,
  });
  const running = new Set<Promise<void>>();
  let stopping = false;
  let wake: (() => void) | undefined;

  /** Until a message has its ending, `stop` is called, or the time is over. */
  const pause = async (limitMs?: number): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (limitMs !== undefined) timer = setTimeout(resolve, limitMs);
    });
    wake = undefined;
    clearTimeout(timer);
  };

  const poll = async (): Promise<void> => {
    let found = false;
    while (!stopping) {
      const messages = await receive();
      for (const message of messages) {
        const done = process(message).finally(() => {
          running.delete(done);
          if (running.size === settings.newBatchThreshold) wake?.();
        });
        running.add(done);
      }
      if (messages.length > 0) {
        found = true;
        while (running.size > settings.newBatchThreshold && !stopping) await pause();
      } else {
        const delayMs = nextDelayMs(found);
        found = false;
        await pause(delayMs);
      }
    }
  };

  const receive = async (): Promise<DequeuedMessageItem[]> => {
    try {
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: settings.batchSize,
        visibilityTimeout: dequeueVisibilitySeconds,
      });
      return receivedMessageItems;
    } catch (error) {
      if (!isGone(error))
        log.write('warning', `An error occurred while polling queue '${queueName}': ${messageOf(error)}`);
      return [];
    }
  };

  const process = async (message: DequeuedMessageItem): Promise<void> => {
    try {
      const body = decodeMessage(message.messageText, settings.messageEncoding);
      if (body === undefined) {
        log.write(
          'warning',
          `Message decoding has failed! Check MessageEncoding settings. MessageId=${message.messageId}.`,
        );
        await bury(message);
      } else if (message.dequeueCount > settings.maxDequeueCount) {
        await bury(message);
      } else if (await succeeds(message, body)) {
        await remove(message);
      } else if (poisonQueue !== undefined && message.dequeueCount >= settings.maxDequeueCount) {
        await bury(message);
      } else if (poisonQueue !== undefined) {
        await unlessGone(
          queue.updateMessage(message.messageId, message.popReceipt, undefined, settings.visibilityTimeoutSeconds),
        );
      }
      // Without a poison queue a message that failed stays hidden until its
      // visibility ends, lest it runs in a tight loop.
    } catch (error) {
      log.write(
        'error',
        `The message ${message.messageId} of queue '${queueName}' has no ending: ${describeFault(error)}`,
      );
    }
  };

  const succeeds = async (message: DequeuedMessageItem, body: Buffer): Promise<boolean> => {
    try {
      return (await invoke(target, toQueueTrigger(body, message, target.binary))).succeeded;
    } catch (error) {
      log.write(
        'error',
        `Executed 'Functions.${target.name}' (Failed, MessageId=${message.messageId}): ${describeFault(error)}`,
      );
      return false;
    }
  };

  /** The text is copied as it is; the original goes only once the copy is there. */
  const bury = async (message: DequeuedMessageItem): Promise<void> => {
    if (poisonQueue === undefined) return;
    log.write(
      'warning',
      `Message ${message.messageId} was dequeued ${message.dequeueCount} times. Moving message to queue '${poisonQueue.name}'.`,
    );
    try {
      await poisonQueue.sendMessage(message.messageText);
    } catch (error) {
      if (!isGone(error)) throw error;
      await poisonQueue.createIfNotExists();
      await poisonQueue.sendMessage(message.messageText);
    }
    await remove(message);
  };

  const remove = async (message: DequeuedMessageItem): Promise<void> => {
    await unlessGone(queue.deleteMessage(message.messageId, message.popReceipt));
  };

  const polling = poll();

  return {
    stop: async () => {
      stopping = true;
      wake?.();
      // A receive under way is waited for: its messages are taken already.
      await polling;
      await Promise.all(running);
    },
  };
}

function poisonQueueOf({ queueName, connectionString }: QueueFunction): QueueClient | undefined {
  const poisonQueueName = queueName + poisonSuffix;
  if (queueName.endsWith(poisonSuffix) || poisonQueueName.length > queueNameLimit) return undefined;
  return new QueueClient(connectionString, poisonQueueName, pipeline);
}

/** Someone else took the message over, or it is gone with its queue: nothing is left to do. */
async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    const takenOver = error instanceof RestError && error.statusCode === 400 && error.code === 'PopReceiptMismatch';
    if (!takenOver && !isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  if (!(error instanceof RestError)) return false;
  return (
    error.statusCode === 404 || (error.statusCode === 409 && /^Queue(BeingDeleted|Disabled)$/.test(error.code ?? ''))
  );
}
