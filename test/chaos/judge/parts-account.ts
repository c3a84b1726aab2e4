// The judge's own account of the parts of requests: when each was pressed, what it came to, and when Graph reported that.
// From the simulator's record alone; no row and no line of the app is read.
import type { SentNotification } from '../../../local/graph-simulator/calls/notifications';
import type { Press } from '../../../local/graph-simulator/calls/presses';
import { partName } from '../../proof/judge/part-names';
import type { AskedRequest } from '../callers';
import type { Evidence } from './promises';

export interface PartAccount {
  readonly pauseMs: number;
  readonly keys: string;
  /** The name it has towards Graph. */
  readonly name: string;
  /** From the first to the last, in the order of time. */
  readonly presses: readonly Press[];
  /** What it came to by its first press: `succeeded`, `failed` or `canceled`; undefined: not pressed. */
  readonly end: string | undefined;
  /** No report of it can have reached the app sooner; Infinity: none was ever sent. */
  readonly reportedFrom: number;
  /** The app has answered by then that it has its report; Infinity: it never did, or the report was Graph's reply. */
  readonly recordedBy: number;
}

export interface RequestAccount {
  readonly request: AskedRequest;
  readonly parts: readonly PartAccount[];
}

export function accountsOf({ asked, presses, notifications }: Pick<Evidence, 'asked' | 'presses' | 'notifications'>) {
  const pressesOf = Map.groupBy(presses, ({ clientContext = '' }) => clientContext);
  const reports = notifications.filter(({ about }) => about === 'operation');
  const reportsOf = Map.groupBy(reports, ({ clientContext = '' }) => clientContext);
  return asked.map((request): RequestAccount => {
    const parts = request.parts.map((part, position): PartAccount => {
      const name = partName(request.clientContext, position + 1);
      return { ...part, name, ...accountOf(pressesOf.get(name) ?? [], reportsOf.get(name) ?? []) };
    });
    return { request, parts };
  });
}

export function startOf({ startedAt }: Press): number {
  return Date.parse(startedAt);
}

function accountOf(presses: readonly Press[], reports: readonly SentNotification[]) {
  const [press] = presses;
  const attempts = reports.flatMap((report) => report.attempts);
  const sentAt = attempts.map(({ at }) => Date.parse(at));
  const taken = attempts.filter(({ status = 0 }) => status >= 200 && status < 300);
  return {
    presses,
    end: press && endOf(press.scenario),
    reportedFrom: Math.min(Infinity, ...sentAt, ...(press && isReply(press) ? [Date.parse(press.endedAt)] : [])),
    recordedBy: Math.min(Infinity, ...taken.map(({ at, durationMs }) => Date.parse(at) + durationMs)),
  };
}

/** Graph's reply is the report, and comes when the tones have sounded. */
function isReply({ scenario }: Press): boolean {
  return scenario.startsWith('terminal-reply');
}

/** What an operation of each scenario comes to; local/graph-simulator/README.md. */
function endOf(scenario: string): string {
  switch (scenario) {
    case 'canceled':
      return 'canceled';
    case 'failed':
    case 'unknown':
    case 'terminal-reply-failed':
      return 'failed';
    default:
      return 'succeeded';
  }
}

/** Whether a request was between two parts at that time: the one before was reported, the pause was not over, the next not pressed. */
export function isInPause(accounts: readonly RequestAccount[], at: number): boolean {
  return accounts.some(({ parts }) =>
    parts.some(({ end, recordedBy }, position) => {
      const next = parts[position + 1];
      if (next === undefined || end !== 'succeeded') return false;
      return recordedBy <= at && at < Math.min(recordedBy + next.pauseMs, ...next.presses.map(startOf));
    }),
  );
}
