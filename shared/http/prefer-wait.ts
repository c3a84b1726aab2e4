// `Prefer: wait=N` (RFC 7240): the answer comes when the request has ended, or after N seconds as it would have come
// without.
// Looks at the row at a rate that starts fast and slows down, so that a waiting caller costs a bounded number of
// transactions. Knows no function.
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { withinTimeLimit } from '../time-limit';
import { isFinal, type OutcomeFacts } from '../tones/facts/outcome-facts';
import type { Clock } from '../tones/ports/clock';
import { goneSignalOf } from './caller-gone';
import { describeError, type LogsEvents } from './event-log';

/** Longer waits count as this: proxies and clients give up after a minute or so. */
export const LONGEST_WAIT_SECONDS = 30;
/**
 * Between two looks at the row: 100 ms at first, half as long again each time, a second at most. At most 35 looks in 30
 * seconds.
 */
const FIRST_PAUSE_MS = 100;
const GROWTH = 1.5;
const LONGEST_PAUSE_MS = 1000;
/** A look that takes longer is given up: slow storage must not hold a caller for longer than it prefers. */
const LONGEST_LOOK_MS = 1000;

export interface WaitPorts extends LogsEvents {
  readonly clock: Clock;
  readonly readOutcome: (clientContext: string) => Promise<OutcomeFacts | undefined>;
}

/** Ends early, without a fault, once the signal is aborted. */
export type Sleep = (ms: number, gone: AbortSignal | undefined) => Promise<void>;

export interface Waited {
  readonly row: OutcomeFacts;
  /** To be added to the answer's; empty where no wait was preferred. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One preference of the header, up to the comma behind it; commas in quotes are its own. */
const PREFERENCE = /(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?$))+/g;
const NAMED_WAIT = /^\s*wait\s*(?:[=;]|$)/i;
const WHOLE_SECONDS = /^\s*wait\s*=\s*("?)(\d+)\1\s*(?:;|$)/i;

/**
 * Whole seconds of the first `wait` that the request prefers, at most 30; undefined where it prefers none, or is
 * malformed.
 */
export function preferredWait(request: HttpRequest): number | undefined {
  const preferences = request.headers.get('prefer')?.match(PREFERENCE) ?? [];
  // Only the first of its name counts (RFC 7240 section 2).
  const seconds = WHOLE_SECONDS.exec(preferences.find((preference) => NAMED_WAIT.test(preference)) ?? '')?.[2];
  return seconds === undefined ? undefined : Math.min(LONGEST_WAIT_SECONDS, Number(seconds));
}

/**
 * The row once it is final, or as it was last seen when the time is over or the caller is gone. A look that storage
 * fails is left out: what was asked for before is done already.
 */
export async function untilEndAsPreferred(
  ports: WaitPorts,
  request: HttpRequest,
  row: OutcomeFacts,
  pause: Sleep = sleepUnlessGone,
): Promise<Waited> {
  const seconds = preferredWait(request);
  if (seconds === undefined || seconds === 0) return { row, headers: {} };
  const gone = goneSignalOf(request);
  const endsAt = ports.clock.now() + seconds * 1000;
  const look = makeLook(ports);
  let current = row;
  let pauseMs = FIRST_PAUSE_MS;
  // A clock that is set back must not make the wait longer.
  let leftToPauseMs = seconds * 1000;
  while (!isFinal(current.status)) {
    const ms = Math.min(pauseMs, leftToPauseMs, endsAt - ports.clock.now());
    if (ms <= 0) break;
    await pause(ms, gone);
    if (gone?.aborted === true) break;
    leftToPauseMs -= ms;
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * GROWTH);
    current = await look(current);
  }
  return { row: current, headers: { 'Preference-Applied': `wait=${seconds}` } };
}

/** The row as it is now, or the one given where it cannot be read; the first fault is logged. */
function makeLook({ readOutcome, log }: WaitPorts): (row: OutcomeFacts) => Promise<OutcomeFacts> {
  let hasFailed = false;
  return async (row) => {
    const { clientContext } = row;
    try {
      return (await withinTimeLimit(LONGEST_LOOK_MS, () => readOutcome(clientContext))) ?? row;
    } catch (error) {
      if (!hasFailed) log('warn', 'storage-failed', { clientContext, detail: describeError(error) });
      hasFailed = true;
      return row;
    }
  };
}

async function sleepUnlessGone(ms: number, gone: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { signal: gone }).catch(() => undefined);
}

/** The same answer with more headers. */
export function withHeaders(answer: HttpResponseInit, headers: Readonly<Record<string, string>>): HttpResponseInit {
  return { ...answer, headers: { ...(answer.headers as Record<string, string>), ...headers } };
}
