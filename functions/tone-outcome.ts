// HTTP: the outcome of a request by its clientContext, for callers that have the function key.
// Reads the row; if its time has passed, ends it first under the timer's own condition.
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { untilEndAsPreferred } from '../shared/http/prefer-wait';
import { NO_STORE, problem } from '../shared/http/problem';
import { requirePrincipal } from '../shared/http/require-principal';
import { unlessStorageFails } from '../shared/http/storage-failure';
import type { FindWaiting } from '../shared/tones/delivery/find-waiting';
import type { OutcomeFacts } from '../shared/tones/facts/outcome-facts';
import { toToneOutcome } from '../shared/tones/facts/tone-outcome';
import type { Clock } from '../shared/tones/ports/clock';
import { CLIENT_CONTEXT_PATTERN, CLIENT_CONTEXT_RULE } from '../shared/tones/request/tone-request';

export interface ToneOutcomeDependencies extends LogsEvents {
  readonly httpAuthLevel: 'function' | 'anonymous';
  readonly readOutcome: (clientContext: string) => Promise<OutcomeFacts | undefined>;
  readonly findWaiting: FindWaiting;
  readonly clock: Clock;
}

export function makeToneOutcome(dependencies: ToneOutcomeDependencies): HttpHandler {
  const { httpAuthLevel, readOutcome, findWaiting, log } = dependencies;

  return async function toneOutcome(request: HttpRequest): Promise<HttpResponseInit> {
    const stranger = requirePrincipal(request, httpAuthLevel);
    if (stranger) return stranger;
    const [clientContext = '', ...more] = new URL(request.url).searchParams.getAll('clientContext');
    if (more.length > 0) return invalid('must be given once');
    if (!CLIENT_CONTEXT_PATTERN.test(clientContext)) return invalid(CLIENT_CONTEXT_RULE);
    const failure = { log, fields: { clientContext }, detail: 'The outcome cannot be read now.' };
    return unlessStorageFails(failure, async () => {
      const row = await readOutcome(clientContext);
      if (row === undefined)
        return problem('not-found', {
          detail: 'No tone request was made under this clientContext, or it is older than outcomes are kept.',
        });
      const waited = await untilEndAsPreferred(dependencies, request, row);
      const jsonBody = toToneOutcome(waited.row, await findWaiting(waited.row));
      return { status: 200, headers: { ...NO_STORE, ...waited.headers }, jsonBody };
    });
  };
}

function invalid(detail: string): HttpResponseInit {
  return problem('invalid-request', {
    detail: 'The query parameter clientContext is missing or not valid.',
    errors: [{ parameter: 'clientContext', detail }],
  });
}
