// Puts what comes after a part on the queue, as a message of its own. The tones stand only in messages, so it must not
// be forgotten:
// whoever pressed the part does it, and so does whoever meets its message again. Doubles are harmless, as the claim
// names the part.
import { partOf, pressedAtOf } from '../../facts/parts/parts-of-row';
import { delaysMs, runOf } from '../../facts/tone-run';
import type { OutcomeFacts } from '../../facts/outcome-facts';
import type { Ports } from '../../ports/ports';
import type { ToneMessage } from '../../ports/queues';
import { LONGEST_HOLD_MS } from './hold';

export type PutRest = (message: ToneMessage, row: OutcomeFacts) => Promise<void>;

/**
 * Nothing happens where nothing comes after the part. Throws when storage cannot be reached: the message must be
 * delivered again.
 */
export function makePutRest({ clock, queue, policy }: Pick<Ports, 'clock' | 'queue' | 'policy'>): PutRest {
  return async function putRest(message, row) {
    const next = restOf(message);
    if (next === undefined || row.cancelRequestedAt !== undefined) return;
    const now = clock.now();
    const { pauseMs } = next;
    const isPausing = row.status === 'pausing' && partOf(row) === next.message.part;
    const dueAt = isPausing
      ? (row.notBefore ?? now)
      : (pressedAtOf(row) ?? now) + delaysMs({ toneCount: message.tones.length, ...runOf(message) }) + pauseMs;
    const { notificationGraceMs, partLatenessMs } = policy;
    const expiresAt = dueAt + notificationGraceMs + partLatenessMs;
    // Before it is due: what is left is waited for in the process. The queue rounds up.
    const delayMs = Math.floor(Math.max(0, dueAt - now - LONGEST_HOLD_MS / 2) / 1000) * 1000;
    await queue.enqueue({ ...next.message, expiresAt }, delayMs);
  };
}

function restOf(message: ToneMessage) {
  const { part = 1, rest: [next, ...rest] = [] } = message;
  if (next === undefined) return undefined;
  const { clientContext, callId, tenantId, delayBetweenTonesMs, copyId, callbackWanted, acceptedAt, traceparent } =
    message;
  return {
    pauseMs: next.pauseMs,
    message: {
      clientContext,
      callId,
      ...(tenantId !== undefined && { tenantId }),
      tones: next.tones,
      ...(delayBetweenTonesMs !== undefined && { delayBetweenTonesMs }),
      part: part + 1,
      ...(rest.length > 0 && { rest }),
      etag: '',
      waits: 0,
      ...(copyId !== undefined && { copyId }),
      ...(callbackWanted && { callbackWanted }),
      ...(acceptedAt !== undefined && { acceptedAt }),
      ...(traceparent !== undefined && { traceparent }),
    },
  };
}
