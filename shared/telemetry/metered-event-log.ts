// The event log with a meter on it: every event is written, and then counted. Metrics so say what the log says.
// Wraps the log of an invocation in functions/main.ts.
import type { EventLog } from '../tones/event-log';
import { noTelemetry, type Telemetry } from './telemetry';

/** The log itself where there is no telemetry. */
export function meteredEventLog(log: EventLog, telemetry: Telemetry): EventLog {
  if (telemetry === noTelemetry) return log;
  return (level, event, fields) => {
    log(level, event, fields);
    telemetry.observe(event, fields);
  };
}
