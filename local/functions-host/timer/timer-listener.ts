// Runs one timer function on its NCRONTAB schedule, in UTC, never twice at a time.
// Knows nothing of what a function does; nothing is remembered over a restart.

import { Cron } from 'croner';

import type { TimerFunction } from '../worker/app-functions';
import type { RpcTypedData } from '../worker/core-contract';
import { earliestTime, toDotnetTime } from './dotnet-time';
import type { Invoke } from '../worker/invocation';

/** Node.js fires at once for a longer wait than 2^31 ms, so longer ones are waited for in parts. */
const longestWaitMs = 24 * 24 * 3_600_000;

export interface TimerListener {
  /** Runs the function now, or as soon as the run under way has ended. */
  runNow(): Promise<void>;
  /** Starts no run any more; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * Throws at once for a schedule that is no NCRONTAB expression. Not
 * `scheduled`: the function is disabled and runs by hand only.
 */
export function startTimerListener(target: TimerFunction, invoke: Invoke, scheduled = true): TimerListener {
  const cron = toCron(target.schedule);
  const hasStatus = target.useMonitor && !isMoreThanOnceAMinute(target.schedule, cron);
  const status = { last: earliestTime, next: '', lastUpdated: earliestTime };
  let due = occurrenceAfter(cron, new Date());
  let underWay = Promise.resolve();
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;

  const runNow = (): Promise<void> => {
    underWay = underWay.then(async () => {
      if (stopping) return;
      const startedAt = new Date();
      status.next = toDotnetTime(due);
      await invoke(target, {
        data: timerInfo(hasStatus ? status : undefined),
        metadata: { TimerTrigger: { string: startedAt.toISOString() } },
      });
      status.last = status.lastUpdated = toDotnetTime(startedAt);
    });
    return underWay;
  };

  const wait = (): void => {
    if (stopping) return;
    const remainingMs = due.getTime() - Date.now();
    timer = remainingMs > 0 ? setTimeout(wait, Math.min(remainingMs, longestWaitMs)) : setTimeout(() => void run(), 0);
  };

  /** The next time is counted from the end of the run: what was missed meanwhile is left out. */
  const run = async (): Promise<void> => {
    await runNow();
    due = occurrenceAfter(cron, new Date(Math.max(Date.now(), due.getTime())));
    wait();
  };

  if (scheduled) {
    if (target.runOnStartup) void runNow();
    wait();
  }

  return {
    runNow,
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

/** Five fields start at the minute, six at the second; day of month and day of week must both fit, as in NCRONTAB. */
function toCron(schedule: string): Cron {
  if (!/^[\d\w*,/\- ]+$/.test(schedule)) throw new Error(`The schedule '${schedule}' is not an NCRONTAB expression.`);
  return new Cron(schedule, { paused: true, timezone: 'UTC', mode: '5-or-6-parts', domAndDow: true });
}

function occurrenceAfter(cron: Cron, time: Date): Date {
  const next = cron.nextRun(time);
  if (next === null) throw new Error(`The schedule '${cron.getPattern()}' has no further occurrence.`);
  return next;
}

/** The real host keeps no status for these. */
function isMoreThanOnceAMinute(schedule: string, cron: Cron): boolean {
  const everyMinute = schedule
    .trim()
    .split(/\s+/)
    .slice(1)
    .every((field) => field === '*');
  const [first, second] = cron.nextRuns(2, new Date());
  return everyMinute && first !== undefined && second !== undefined && second.getTime() - first.getTime() < 60_000;
}

/** In the spelling of the real host; the library turns it to camel case. */
function timerInfo(status: { last: string; next: string; lastUpdated: string } | undefined): RpcTypedData {
  const ScheduleStatus =
    status === undefined ? null : { Last: status.last, Next: status.next, LastUpdated: status.lastUpdated };
  return { json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus, IsPastDue: false }) };
}
