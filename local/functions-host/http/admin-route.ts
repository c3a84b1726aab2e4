// What `POST /admin/functions/{name}` does: starts a queue or timer function at once and does not wait for it.
// Knows no key: that was checked before.

import type { AppFunction, TimerFunction } from '../worker/app-functions';
import { describeFault, type HostLog } from '../host-log';
import type { Invoke } from '../worker/invocation';
import { toQueueTrigger } from '../queue/queue-message';

export interface AdminRouteOptions {
  functions: readonly AppFunction[];
  invoke: Invoke;
  runTimer: (target: TimerFunction) => Promise<void>;
  /** Called with each run, to wait for it at the end. */
  track: (run: Promise<unknown>) => void;
  log: HostLog;
}

/**
 * The body is `{"input": "…"}`; the input is a queue function's message and means nothing to a timer.
 * Answers 202, 404 for an unknown function, 415 for another content type, 400 for another body or an HTTP function.
 */
export function makeAdminRoute({ functions, invoke, runTimer, track, log }: AdminRouteOptions) {
  const start = async (target: AppFunction, input: string): Promise<void> => {
    try {
      if (target.kind === 'timer') await runTimer(target);
      if (target.kind === 'queue')
        await invoke(target, toQueueTrigger(Buffer.from(input), { dequeueCount: 0 }, target.binary));
    } catch (error) {
      log.write('error', describeFault(error));
    }
  };

  return (name: string, contentType: string | undefined, body: Buffer | undefined): number => {
    const target = functions.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '')) return 415;
    const input = inputIn(body);
    if (input === undefined) return 400;
    if (target === undefined) return 404;
    if (target.kind === 'http') return 400;
    track(start(target, input));
    return 202;
  };
}

function inputIn(body: Buffer | undefined): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body?.toString('utf8') ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const input: unknown = 'input' in parsed ? parsed.input : undefined;
  if (input === undefined || input === null) return '';
  return typeof input === 'string' ? input : undefined;
}
