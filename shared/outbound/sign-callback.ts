// The headers by which a receiver knows that an outcome comes from this app, as the Standard Webhooks specification has
// them.
// Knows neither URL nor setting.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHash, createHmac } from 'node:crypto';
import type { ToneOutcome } from '../tones/facts/tone-outcome';

export interface Announcement {
  readonly outcome: ToneOutcome;
  /** As it is sent, byte for byte. */
  readonly body: string;
  /** Epoch milliseconds of this attempt. */
  readonly now: number;
}

/** None without a key; a signature of each key, so that a receiver may have either while one replaces the other. */
export function signatureHeaders(
  keys: readonly Uint8Array[],
  { outcome, body, now }: Announcement,
): Readonly<Record<string, string>> {
  if (keys.length === 0) return {};
  const id = announcementIdOf(outcome);
  const timestamp = String(Math.floor(now / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' '),
  };
}

/**
 * Names one end of one request: the same for every attempt, also of another process and after a crash, because it is
 * made of nothing but
 * what is stored. A later change from `unknown` is another end. Letters, digits, `-` and `_`, whatever the
 * clientContext holds.
 */
function announcementIdOf({ callId, clientContext, status, finishedAt = '' }: ToneOutcome): string {
  const end = JSON.stringify([callId, clientContext, status, finishedAt]);
  return `msg_${createHash('sha256').update(end).digest('base64url')}`;
}
