// HTTP: the URL that 202-polling follows; its token is the only right it asks for.
// A wrong token and an unknown clientContext are answered alike. The final answer is 200 also for tones that failed.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { pendingAnswer } from '../shared/http/pending-answer';
import { NO_STORE, problem } from '../shared/http/problem';
import { unlessStorageFails } from '../shared/http/storage-failure';
import type { PublicUrlSettings } from '../shared/http/tone-status-url';
import { isFinal, type OutcomeFacts } from '../shared/tones/facts/outcome-facts';
import type { Clock } from '../shared/tones/ports/clock';
import { toToneOutcome } from '../shared/tones/facts/tone-outcome';
import { CLIENT_CONTEXT_PATTERN } from '../shared/tones/request/tone-request';

export interface ToneStatusDependencies extends LogsEvents {
  readonly clock: Clock;
  readonly publicUrl: PublicUrlSettings;
  readonly readOutcome: (clientContext: string) => Promise<OutcomeFacts | undefined>;
}

export function makeToneStatus({ clock, publicUrl, readOutcome, log }: ToneStatusDependencies): HttpHandler {
  return async function toneStatus(request: HttpRequest): Promise<HttpResponseInit> {
    const query = new URL(request.url).searchParams;
    const [clientContext = '', ...moreContexts] = query.getAll('clientContext');
    const [token = '', ...moreTokens] = query.getAll('token');
    if (moreContexts.length + moreTokens.length > 0) return notFound();
    if (token === '' || !CLIENT_CONTEXT_PATTERN.test(clientContext)) return notFound();
    const failure = { log, fields: { clientContext }, detail: 'The outcome cannot be read now.' };
    return unlessStorageFails(failure, async () => {
      const row = await readOutcome(clientContext);
      if (!row?.statusToken || !isSameToken(token, row.statusToken)) return notFound();
      if (isFinal(row.status)) return { status: 200, headers: NO_STORE, jsonBody: toToneOutcome(row) };
      return pendingAnswer(request, row, publicUrl, clock.now());
    });
  };
}

function notFound(): HttpResponseInit {
  return problem('not-found', {
    detail: 'This URL belongs to no tone request, or the request is older than outcomes are kept.',
  });
}

/** Constant time for every length: digests are compared. */
function isSameToken(given: string, stored: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(stored));
}
