// The message on the queue: base64 of JSON, as the queue trigger expects it, and its way back.
// Written by shared/storage/tone-queue, read by functions/send-tones and functions/bury-tones.
import { z } from 'zod';
import type { ToneMessage } from '../tones/ports';
import { CALL_ID_PATTERN, CLIENT_CONTEXT_PATTERN } from '../tones/tone-request';
import { TONE_NAMES } from '../tones/tone-names';

/** Raised with every change that an older app could misread; messages of another version are not ours. */
const VERSION = 1;

/** No field may be named as the queue trigger's metadata (`id`, `popReceipt`, …): the host merges both. */
const toneMessageSchema = z.object({
  version: z.literal(VERSION),
  clientContext: z.string().regex(CLIENT_CONTEXT_PATTERN),
  callId: z.string().regex(CALL_ID_PATTERN),
  tones: z.array(z.enum(TONE_NAMES)).min(1),
  delayBetweenTonesMs: z.int().min(0).optional(),
  expiresAt: z.int(),
  after: z.string().optional(),
  etag: z.string().min(1),
  waits: z.int().min(0),
  notReadySince: z.int().optional(),
});

export function toQueueText(message: ToneMessage): string {
  return Buffer.from(JSON.stringify({ version: VERSION, ...message }), 'utf8').toString('base64');
}

/**
 * The message of a queue item as the worker hands it over; undefined if it is not ours. host.json leaves the decoding to us: what the
 * host itself cannot decode would never reach buryTones, and stay in the poison queue. Decoded by a host, it is an object or JSON.
 */
export function fromQueueItem(item: unknown): ToneMessage | undefined {
  const parsed = toneMessageSchema.safeParse(typeof item === 'string' ? parseText(item) : item);
  if (!parsed.success) return undefined;
  const { version: _version, after, delayBetweenTonesMs, notReadySince, ...message } = parsed.data;
  return {
    ...message,
    ...(after !== undefined && { after }),
    ...(delayBetweenTonesMs !== undefined && { delayBetweenTonesMs }),
    ...(notReadySince !== undefined && { notReadySince }),
  };
}

/** Base64 has no brace; JSON of an object opens with one. */
function parseText(text: string): unknown {
  return parseJson(text.trimStart().startsWith('{') ? text : Buffer.from(text, 'base64').toString('utf8'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
