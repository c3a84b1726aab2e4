// HTTP: the URL that 202-polling follows; its token is the only right it asks for.
// A wrong token and an unknown clientContext are answered alike. The final answer is 200 also for tones that failed.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { endOrPending } from '../shared/http/pending-answer';
import { untilEndAsPreferred, withHeaders } from '../shared/http/prefer-wait';
import { problem } from '../shared/http/problem';
import { unlessStorageFails } from '../shared/http/storage-failure';
import type { PublicUrlSettings } from '../shared/http/tone-status-url';
import type { OutcomeFacts } from '../shared/tones/facts/outcome-facts';
import type { Clock } from '../shared/tones/ports/clock';
import { CLIENT_CONTEXT_PATTERN } from '../shared/tones/request/tone-request';

export interface ToneStatusDependencies extends LogsEvents {
  readonly clock: Clock;
  readonly publicUrl: PublicUrlSettings;
  readonly readOutcome: (clientContext: string) => Promise<OutcomeFacts | undefined>;
}

export function makeToneStatus(dependencies: ToneStatusDependencies): HttpHandler {
  const { clock, publicUrl, readOutcome, log } = dependencies;

  return async function toneStatus(request: HttpRequest): Promise<HttpResponseInit> {
    const query = new URL(request.url).searchParams;
    const [clientContext = '', ...moreContexts] = query.getAll('clientContext');
    const [token = '', ...moreTokens] = query.getAll('token');
    if (moreContexts.length + moreTokens.length > 0) return notFound();
    if (token === '' || !CLIENT_CONTEXT_PATTERN.test(clientContext)) return notFound();
    const failure = { log, fields: { clientContext }, detail: 'The outcome cannot be read now.' };
    return unlessStorageFails(failure, async () => {
      const asked = await readOutcome(clientContext);
      if (!asked?.statusToken || !isSameToken(token, asked.statusToken)) return notFound();
      const { row, headers } = await untilEndAsPreferred(dependencies, request, asked);
      return withHeaders(endOrPending(request, row, publicUrl, clock.now()), headers);
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
