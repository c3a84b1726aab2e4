// The answer where storage fails: 503, and one line in the log with the kind of the error alone.
// Knows nothing of the work; whoever asks again finds what was stored.
import type { HttpResponseInit } from '@azure/functions';
import type { EventFields, EventLog } from '../tones/event-log';
import { describeError } from './event-log';
import { problem } from './problem';

export interface StorageFailure {
  readonly log: EventLog;
  /** Which request the line is about. */
  readonly fields?: EventFields;
  /** What the caller may do. */
  readonly detail: string;
}

/** The answer of `work`, or 503 where it throws. */
export async function unlessStorageFails(
  { log, fields, detail }: StorageFailure,
  work: () => Promise<HttpResponseInit>,
): Promise<HttpResponseInit> {
  try {
    return await work();
  } catch (error) {
    log('error', 'storage-failed', { ...fields, detail: describeError(error) });
    return problem('storage-unavailable', { detail });
  }
}
