// Recognises a repeated request by a keyed hash, so that a reader of the
// outcomes cannot try out the 10,000 four-digit PINs.
// The key is random, made once, and kept in the index table, which readers of the outcomes need no access to.
import { createHmac, randomBytes } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { onceLoaded } from '../once';
import type { ToneRequest } from '../tones/request/tone-request';
import { makeRowTable } from './row-table';
import type { Container } from './storage-clients';

const KEY_ADDRESS = { partitionKey: 'fingerprint key', rowKey: 'key' };
const KEY_BYTES = 32;

/**
 * HMAC-SHA256 (RFC 2104) over all that a repetition must share: callId, tones, pauses, delay, and the tenant where it
 * is not the app's own. The deadline is not part of it.
 * One read a process, and one write ever. Throws when storage cannot be reached.
 */
export function makeRequestFingerprint(indexTable: Container<TableClient>): (request: ToneRequest) => Promise<string> {
  const rows = makeRowTable(indexTable);
  async function readOrMakeKey(): Promise<Buffer> {
    const stored = await rows.read(KEY_ADDRESS);
    if (typeof stored?.value === 'string') return Buffer.from(stored.value, 'base64');
    const made = randomBytes(KEY_BYTES);
    const written = await rows.insert(KEY_ADDRESS, { value: made.toString('base64') });
    return written.kind === 'written' ? made : readOrMakeKey();
  }

  const key = onceLoaded(readOrMakeKey);

  return async ({ callId, tenantId, tones, delayBetweenTonesMs, pauseMs = 0, rest = [] }) => {
    const pauses = pauseMs > 0 || rest.length > 0 ? [pauseMs, rest.map((part) => [part.pauseMs, part.tones])] : [];
    // An object, as no pause is one.
    const tenant = tenantId === undefined ? [] : [{ tenantId }];
    return createHmac('sha256', await key())
      .update(JSON.stringify([callId, tones, delayBetweenTonesMs ?? null, ...pauses, ...tenant]))
      .digest('base64url');
  };
}
