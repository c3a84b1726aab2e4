// The event log of shared/tones, written through the log of the
// invocation: one line an event, its name first, then JSON.
// Never the text of an unexpected error: it may repeat what was sent.
import type { InvocationContext } from '@azure/functions';
import { errorName, type EventLog } from '../tones/event-log';

/** What every function is given to log with. */
export interface LogsEvents {
  /** Writes to the log of the invocation that is under way, and counts the event. */
  readonly log: EventLog;
}

export function eventLogOf(context: InvocationContext): EventLog {
  return (level, event, fields) => {
    const line = `${event} ${JSON.stringify(fields)}`;
    switch (level) {
      case 'info':
        return context.info(line);
      case 'warn':
        return context.warn(line);
      case 'error':
        return context.error(line);
      default:
        return level satisfies never;
    }
  };
}

/**
 * What may be logged of an unexpected error: its kind, its code and where it was
 * thrown; never its message, which may repeat what was sent.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return errorName(error);
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const frame = error.stack
    ?.split('\n')
    .find((line) => /^\s+at /.test(line))
    ?.trim();
  return [errorName(error), code, statusCode, frame].filter((part) => part !== undefined && part !== '').join(' ');
}
