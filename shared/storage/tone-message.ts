// The message on the queue: base64 of JSON, as the queue trigger expects it, and its way back.
// Written by shared/storage/tone-queue, read by functions/send-tones and functions/bury-tones.
import * as z from 'zod';
import { once } from '../once';
import type { ToneMessage } from '../tones/ports';
import { CALL_ID_PATTERN, CLIENT_CONTEXT_PATTERN, MOST_TONES } from '../tones/request/tone-request';
import { TONE_NAMES } from '../tones/facts/tone-names';
import { fromQueueText, toQueueText } from './queue-text';

/** Raised with every change that an older app could misread; messages of another version are not ours. */
const VERSION = 1;

/** A field that is missing here would be lost on the way. None may be named as the queue trigger's metadata (`id`, `popReceipt`, …): the host merges both. */
const toneMessageSchema = once(() =>
  z.object({
    version: z.literal(VERSION),
    clientContext: z.string().regex(CLIENT_CONTEXT_PATTERN),
    callId: z.string().regex(CALL_ID_PATTERN),
    tones: z.array(z.enum(TONE_NAMES)).min(1).max(MOST_TONES),
    delayBetweenTonesMs: z.int().min(0).exactOptional(),
    expiresAt: z.int(),
    after: z.string().exactOptional(),
    etag: z.string().min(1),
    waits: z.int().min(0),
    copyId: z.string().exactOptional(),
    notReadySince: z.int().exactOptional(),
    callbackWanted: z.boolean().exactOptional(),
    acceptedAt: z.int().exactOptional(),
    dueAt: z.int().exactOptional(),
    traceparent: z.string().exactOptional(),
  } satisfies Record<keyof ToneMessage | 'version', z.ZodType>),
);

export function toToneText(message: ToneMessage): string {
  return toQueueText({ version: VERSION, ...message });
}

/** The message of a queue item as the worker hands it over; undefined if it is not ours. */
export function fromToneItem(item: unknown): ToneMessage | undefined {
  const parsed = toneMessageSchema().safeParse(fromQueueText(item));
  if (!parsed.success) return undefined;
  const { version: _version, ...message } = parsed.data;
  return message;
}
