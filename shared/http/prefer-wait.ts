// `Prefer: wait=N` (RFC 7240): the answer comes when the request has ended, or after N seconds as it would have come
// without.
// Looks at the row at a rate that starts fast and slows down, so that a waiting caller costs a bounded number of
// transactions.
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { isFinal, type OutcomeFacts } from '../tones/facts/outcome-facts';
import type { Clock } from '../tones/ports/clock';
import { goneSignalOf } from './caller-gone';

/** Longer waits count as this: proxies and clients give up after a minute or so. */
export const LONGEST_WAIT_SECONDS = 30;
/**
 * Between two looks at the row: 100 ms at first, half as long again each time, a second at most. At most 35 looks in 30
 * seconds.
 */
const FIRST_PAUSE_MS = 100;
const GROWTH = 1.5;
const LONGEST_PAUSE_MS = 1000;

export interface WaitPorts {
  readonly clock: Clock;
  readonly readOutcome: (clientContext: string) => Promise<OutcomeFacts | undefined>;
}

export interface Waited {
  readonly row: OutcomeFacts;
  /** To be added to the answer's; empty where no wait was preferred. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Whole seconds of the first `wait` that the request prefers, at most 30; undefined where it prefers none, or is
 * malformed.
 */
export function preferredWait(request: HttpRequest): number | undefined {
  const preferences = (request.headers.get('prefer') ?? '').split(',');
  for (const preference of preferences) {
    const [name = '', value = ''] = preference.split(';')[0]?.split('=', 2) ?? [];
    if (name.trim().toLowerCase() !== 'wait') continue;
    const [, seconds] = /^\s*("?)(\d+)\1\s*$/.exec(value)?.slice(1) ?? [];
    // Only the first of its name counts (RFC 7240 section 2).
    return seconds === undefined ? undefined : Math.min(LONGEST_WAIT_SECONDS, Number(seconds));
  }
  return undefined;
}

/**
 * The row once it is final, or as it stands when the time is over or the caller is gone. Throws when storage cannot be
 * reached.
 */
export async function untilEndAsPreferred(
  { clock, readOutcome }: WaitPorts,
  request: HttpRequest,
  row: OutcomeFacts,
): Promise<Waited> {
  const seconds = preferredWait(request);
  if (seconds === undefined || seconds === 0) return { row, headers: {} };
  const gone = goneSignalOf(request);
  const endsAt = clock.now() + seconds * 1000;
  let current = row;
  let pauseMs = FIRST_PAUSE_MS;
  while (!isFinal(current.status) && gone?.aborted !== true) {
    const leftMs = endsAt - clock.now();
    if (leftMs <= 0) break;
    await sleepUnlessGone(Math.min(pauseMs, leftMs), gone);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * GROWTH);
    current = (await readOutcome(row.clientContext)) ?? current;
  }
  return { row: current, headers: { 'Preference-Applied': `wait=${seconds}` } };
}

async function sleepUnlessGone(ms: number, gone: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, gone === undefined ? {} : { signal: gone }).catch(() => undefined);
}

/** The same answer with more headers. */
export function withHeaders(answer: HttpResponseInit, headers: Readonly<Record<string, string>>): HttpResponseInit {
  return { ...answer, headers: { ...(answer.headers as Record<string, string>), ...headers } };
}
