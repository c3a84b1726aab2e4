// The messages on our queues: base64 of JSON, as the queue trigger expects it, with a version, and their way back.
// Reads every version up to its own, so that a deployment finds the messages that wait; one of
// a newer version is not ours. host.json leaves the decoding to us: what the host itself cannot
// decode would never reach a function, and stay in the poison queue.
import * as z from 'zod';
import { once } from '../once';
import { TONE_NAMES } from '../tones/facts/tone-names';
import { LONGEST_PAUSES_MS, MOST_PARTS } from '../tones/facts/parts/tone-sequence';
import type { CallbackMessage, ToneMessage } from '../tones/ports/queues';
import { CALL_ID_PATTERN, CLIENT_CONTEXT_PATTERN, MOST_TONES } from '../tones/request/tone-request';

interface MessageCodec<T> {
  readonly encode: (message: T) => string;
  /** The message of a queue item as the worker hands it over; undefined if it is not ours. */
  readonly decode: (item: unknown) => T | undefined;
}

/** The fields of a message at each version, oldest first; the version itself stands beside them. */
type Versions<T> = readonly ((fields: unknown) => T | undefined)[];

/** @param versionOf the oldest version that says all of the message, so that an older app reads what it can. */
function makeCodec<T extends object>(versions: Versions<T>, versionOf: (message: T) => number): MessageCodec<T> {
  return {
    encode: (message) => toQueueText({ version: versionOf(message), ...message }),
    decode(item) {
      const { version, ...fields } = (fromQueueText(item) ?? {}) as { readonly version?: unknown };
      return typeof version === 'number' ? versions[version - 1]?.(fields) : undefined;
    },
  };
}

function readerOf<T>(schema: () => z.ZodType<T>): (fields: unknown) => T | undefined {
  const loaded = once(schema);
  return (fields) => loaded().safeParse(fields).data;
}

const tones = () => z.array(z.enum(TONE_NAMES)).min(1).max(MOST_TONES);

/** Version 1: one part, without a pause before it. */
const runFields = () => ({
  clientContext: z.string().regex(CLIENT_CONTEXT_PATTERN),
  callId: z.string().regex(CALL_ID_PATTERN),
  tones: tones(),
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
});

/** Version 2: pauses and parts, which an older app would not press. */
const sequenceFields = () => ({
  ...runFields(),
  etag: z.string(),
  part: z.int().min(2).max(MOST_PARTS).exactOptional(),
  pauseMs: z.int().min(1).max(LONGEST_PAUSES_MS).exactOptional(),
  pausedUntil: z.int().exactOptional(),
  rest: z
    .array(z.object({ pauseMs: z.int().min(1).max(LONGEST_PAUSES_MS), tones: tones() }))
    .min(1)
    .max(MOST_PARTS - 1)
    .exactOptional(),
});

/** Version 3: the tenant of the call, which an older app would press with another tenant's token. */
const tenantFields = () => ({ ...sequenceFields(), tenantId: z.guid().exactOptional() });

/**
 * A field that is missing here would be lost on the way. None may be named as the queue trigger's metadata (`id`,
 * `popReceipt`, …): the host merges both. Another version is needed with every change that an older app could misread;
 * optional fields are none.
 */
const toneMessages = makeCodec<ToneMessage>(
  [
    readerOf(() => z.object(runFields())),
    readerOf(() => z.object(sequenceFields())),
    readerOf(() => z.object(tenantFields() satisfies Record<keyof ToneMessage, z.ZodType>)),
  ],
  ({ part, pauseMs, rest, tenantId }) => {
    if (tenantId !== undefined) return 3;
    return part === undefined && pauseMs === undefined && rest === undefined ? 1 : 2;
  },
);

const callbackMessages = makeCodec<CallbackMessage>(
  [
    readerOf(() =>
      z.object({
        clientContext: z.string().regex(CLIENT_CONTEXT_PATTERN),
        attempts: z.int().min(0),
        trying: z.string().exactOptional(),
      } satisfies Record<keyof CallbackMessage, z.ZodType>),
    ),
  ],
  () => 1,
);

export const { encode: toToneText, decode: fromToneItem } = toneMessages;
export const { encode: toCallbackText, decode: fromCallbackItem } = callbackMessages;

function toQueueText(message: object): string {
  return Buffer.from(JSON.stringify(message), 'utf8').toString('base64');
}

/**
 * The JSON value of a queue item as the worker hands it over; undefined where it
 * is none. Decoded by a host, it is an object or JSON.
 */
function fromQueueText(item: unknown): unknown {
  return typeof item === 'string' ? parseText(item) : item;
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
