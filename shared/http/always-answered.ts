// Answers an HTTP request also where its handler throws: with HTTP streams the
// host would keep the caller waiting for four minutes.
// Empty, as the host answered it; the log has what happened.
import type { HttpHandler } from '@azure/functions';
import type { EventLog } from '../tones/event-log';
import { describeError } from './event-log';
import { NO_STORE } from './problem';

/** A handler that never throws: 500 instead. */
export function alwaysAnswered(log: EventLog, handler: HttpHandler): HttpHandler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      log('error', 'unexpected-failure', { detail: describeError(error) });
      return { status: 500, headers: NO_STORE };
    }
  };
}
