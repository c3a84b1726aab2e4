// The event log with a meter on it: every event is written, and then counted. So metrics and log agree.
// Knows no event and no metric by name.
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
