// The message on the queue of callbacks: whose end is to be told. Neither the URL nor the outcome is in it.
// Written by shared/storage/callback-queue, read by functions/send-callbacks and functions/bury-callbacks.
import * as z from 'zod';
import { once } from '../once';
import type { CallbackMessage } from '../tones/ports';
import { CLIENT_CONTEXT_PATTERN } from '../tones/request/tone-request';
import { fromQueueText, toQueueText } from './queue-text';

/** Raised with every change that an older app could misread; messages of another version are not ours. */
const VERSION = 1;

const callbackMessageSchema = once(() =>
  z.object({
    version: z.literal(VERSION),
    clientContext: z.string().regex(CLIENT_CONTEXT_PATTERN),
    attempts: z.int().min(0),
    trying: z.string().exactOptional(),
  }),
);

export function toCallbackText(message: CallbackMessage): string {
  return toQueueText({ version: VERSION, ...message });
}

/** The message of a queue item; undefined if it is not ours. */
export function fromCallbackItem(item: unknown): CallbackMessage | undefined {
  const parsed = callbackMessageSchema().safeParse(fromQueueText(item));
  if (!parsed.success) return undefined;
  const { version: _version, ...message } = parsed.data;
  return message;
}
