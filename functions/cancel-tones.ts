// HTTP: a caller asks that nothing more be pressed for a request; 200 with the outcome where it has ended, 202 where a
// part goes on.
// Harmless at any time, and any number of times; shared/tones/delivery/cancel decides.
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { endOrPending } from '../shared/http/pending-answer';
import { untilEndAsPreferred, withHeaders } from '../shared/http/prefer-wait';
import { problem } from '../shared/http/problem';
import { readJson } from '../shared/http/read-json';
import { requirePrincipal } from '../shared/http/require-principal';
import { unlessStorageFails } from '../shared/http/storage-failure';
import type { PublicUrlSettings } from '../shared/http/tone-status-url';
import type { OutcomeFacts } from '../shared/tones/facts/outcome-facts';
import type { Clock } from '../shared/tones/ports/clock';
import { parseNamedRequest } from '../shared/tones/request/named-request';

const MAX_BODY_BYTES = 16 * 1024;

export interface CancelTonesDependencies extends LogsEvents {
  readonly clock: Clock;
  readonly httpAuthLevel: 'function' | 'anonymous';
  readonly publicUrl: PublicUrlSettings;
  readonly readOutcome: (clientContext: string) => Promise<OutcomeFacts | undefined>;
  readonly cancel: (clientContext: string) => Promise<OutcomeFacts | undefined>;
}

export function makeCancelTones(dependencies: CancelTonesDependencies): HttpHandler {
  const { clock, httpAuthLevel, publicUrl, cancel, log } = dependencies;

  return async function cancelTones(request: HttpRequest): Promise<HttpResponseInit> {
    const stranger = requirePrincipal(request, httpAuthLevel);
    if (stranger) return stranger;
    const body = await readJson(request, MAX_BODY_BYTES);
    if (body.kind === 'problem') return body.response;
    const parsed = parseNamedRequest(body.value);
    if (parsed.kind === 'invalid')
      return problem('invalid-request', {
        detail: 'The request is not valid; errors names each fault.',
        errors: parsed.faults,
      });
    const { clientContext } = parsed;
    const detail = 'The request could not be cancelled now. Send the cancellation again.';
    return unlessStorageFails({ log, fields: { clientContext }, detail }, async () => {
      const asked = await cancel(clientContext);
      if (asked === undefined)
        return problem('not-found', {
          detail: 'No tone request was made under this clientContext, or it is older than outcomes are kept.',
        });
      const { row, headers } = await untilEndAsPreferred(dependencies, request, asked);
      return withHeaders(endOrPending(request, row, publicUrl, clock.now()), headers);
    });
  };
}
