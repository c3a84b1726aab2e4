// HTTP: the caller no longer wants the callback of a request; the HTTP Webhook action unsubscribes with it.
// Harmless at any time: 204 also where there is nothing to forget.
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { NO_STORE, problem } from '../shared/http/problem';
import { readJson } from '../shared/http/read-json';
import { requirePrincipal } from '../shared/http/require-principal';
import { unlessStorageFails } from '../shared/http/storage-failure';
import { parseNamedRequest } from '../shared/tones/request/named-request';

const MAX_BODY_BYTES = 16 * 1024;

export interface ForgetCallbackDependencies extends LogsEvents {
  readonly httpAuthLevel: 'function' | 'anonymous';
  readonly forgetCallback: (clientContext: string) => Promise<void>;
}

export function makeForgetCallback({
  httpAuthLevel,
  forgetCallback: forget,
  log,
}: ForgetCallbackDependencies): HttpHandler {
  return async function forgetCallback(request: HttpRequest): Promise<HttpResponseInit> {
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
    const detail = 'The callback could not be forgotten now. Send the request again.';
    return unlessStorageFails({ log, fields: { clientContext }, detail }, async () => {
      await forget(clientContext);
      return { status: 204, headers: NO_STORE };
    });
  };
}
