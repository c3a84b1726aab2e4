// HTTP: the requests of one call, newest first, each with what it waits for, and what the call reported of itself.
// A call that nobody asked anything for is an empty list; shared/tones/upkeep/list-call reads.
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { NO_STORE, problem } from '../shared/http/problem';
import { requirePrincipal } from '../shared/http/require-principal';
import { unlessStorageFails } from '../shared/http/storage-failure';
import { toToneOutcome } from '../shared/tones/facts/tone-outcome';
import { CALL_ID_PATTERN, CALL_ID_RULE } from '../shared/tones/request/tone-request';
import type { CallList } from '../shared/tones/upkeep/list-call';

export interface CallTonesDependencies extends LogsEvents {
  readonly httpAuthLevel: 'function' | 'anonymous';
  readonly listCall: (callId: string) => Promise<CallList>;
}

export function makeCallTones({ httpAuthLevel, listCall, log }: CallTonesDependencies): HttpHandler {
  return async function callTones(request: HttpRequest): Promise<HttpResponseInit> {
    const stranger = requirePrincipal(request, httpAuthLevel);
    if (stranger) return stranger;
    const [callId = '', ...more] = new URL(request.url).searchParams.getAll('callId');
    if (more.length > 0) return invalid('must be given once');
    if (!CALL_ID_PATTERN.test(callId)) return invalid(CALL_ID_RULE);
    const failure = { log, fields: { callId }, detail: "The call's requests cannot be read now." };
    return unlessStorageFails(failure, async () => ({
      status: 200,
      headers: NO_STORE,
      jsonBody: toCallAnswer(callId, await listCall(callId)),
    }));
  };
}

function toCallAnswer(callId: string, { call, notified, requests, more }: CallList): object {
  return {
    callId,
    ...(call?.state !== undefined && { state: call.state }),
    ...(call?.endedAt !== undefined && { endedAt: new Date(call.endedAt).toISOString() }),
    notified,
    requests: requests.map(({ row, waiting }) => toToneOutcome(row, waiting)),
    more,
  };
}

function invalid(detail: string): HttpResponseInit {
  return problem('invalid-request', {
    detail: 'The query parameter callId is missing or not valid.',
    errors: [{ parameter: 'callId', detail }],
  });
}
