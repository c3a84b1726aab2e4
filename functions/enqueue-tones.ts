// HTTP: takes a tone request, has it stored and queued, and answers 202 with the
// outcome as it stands; 200 where a callback is asked for.
// Where a request enters; shared/tones/delivery/accept-tones decides.
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { LogsEvents } from '../shared/http/event-log';
import { endOrPending, pendingAnswer } from '../shared/http/pending-answer';
import { untilEndAsPreferred, withHeaders } from '../shared/http/prefer-wait';
import { NO_STORE, problem } from '../shared/http/problem';
import { readJson } from '../shared/http/read-json';
import { requirePrincipal } from '../shared/http/require-principal';
import { unlessStorageFails } from '../shared/http/storage-failure';
import { toneStatusUrl, type PublicUrlSettings } from '../shared/http/tone-status-url';
import { once } from '../shared/once';
import { makeTurns, type InTurn } from '../shared/turns';
import type { Acceptance } from '../shared/tones/delivery/accept-tones';
import { callKeyOf } from '../shared/tones/facts/call-facts';
import type { OutcomeFacts } from '../shared/tones/facts/outcome-facts';
import type { Clock, Randomness } from '../shared/tones/ports/clock';
import { toToneOutcome } from '../shared/tones/facts/tone-outcome';
import {
  parseToneRequest,
  toneRequestBodySchema,
  type ToneRequest,
  type ToneRequestLimits,
} from '../shared/tones/request/tone-request';

const MAX_BODY_BYTES = 16 * 1024;

export interface EnqueueTonesDependencies extends LogsEvents {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly limits: ToneRequestLimits;
  readonly publicUrl: PublicUrlSettings;
  readonly httpAuthLevel: 'function' | 'anonymous';
  readonly readOutcome: (clientContext: string) => Promise<OutcomeFacts | undefined>;
  readonly accept: (request: ToneRequest) => Promise<Acceptance>;
  /** Stores where to announce the end, and gives the row as it then stands. */
  readonly subscribe: (clientContext: string, callbackUrl: string) => Promise<OutcomeFacts>;
}

export function makeEnqueueTones(dependencies: EnqueueTonesDependencies): HttpHandler {
  const schema = once(() => toneRequestBodySchema(dependencies.limits));
  const inTurn = makeTurns();
  const { log } = dependencies;

  return async function enqueueTones(request: HttpRequest): Promise<HttpResponseInit> {
    const stranger = requirePrincipal(request, dependencies.httpAuthLevel);
    if (stranger) return stranger;
    const body = await readJson(request, MAX_BODY_BYTES);
    if (body.kind === 'problem') return body.response;
    const parsed = parseToneRequest(schema(), body.value, () => dependencies.random.uuid());
    if (parsed.kind === 'invalid') {
      return problem('invalid-request', {
        detail: `The tone request has ${countOf(parsed.faults.length)}; errors names each.`,
        errors: parsed.faults,
      });
    }
    const { clientContext, callId } = parsed.request;
    return unlessStorageFails({ log, fields: { clientContext, callId }, detail: ASK_AGAIN }, () =>
      answer({ ...dependencies, inTurn }, parsed.request, request),
    );
  };
}

function countOf(faults: number): string {
  return faults === 1 ? '1 fault' : `${faults} faults`;
}

const ASK_AGAIN =
  'The request could not be stored. Send it again with the same clientContext: it is pressed at most once.';

/** Has the request stored and queued, and says what came of it. */
async function answer(
  dependencies: EnqueueTonesDependencies & { readonly inTurn: InTurn },
  toneRequest: ToneRequest,
  request: HttpRequest,
): Promise<HttpResponseInit> {
  const { accept, subscribe, clock, publicUrl, inTurn } = dependencies;
  const acceptance = await inTurn(callKeyOf(toneRequest.callId), () => accept(toneRequest));
  if (acceptance.kind === 'reused') {
    return problem('client-context-reused', {
      detail: 'Another request was made under this clientContext. Use a new one for every new request.',
    });
  }
  const { clientContext, callbackUrl } = toneRequest;
  if (callbackUrl !== undefined) {
    const { row, headers } = await untilEndAsPreferred(
      dependencies,
      request,
      await subscribe(clientContext, callbackUrl),
    );
    const Location = toneStatusUrl(request, row, publicUrl);
    // To a webhook action 202 would mean that it has to poll.
    return { status: 200, headers: { ...NO_STORE, Location, ...headers }, jsonBody: toToneOutcome(row) };
  }
  const { row, headers } = await untilEndAsPreferred(dependencies, request, acceptance.row);
  // A repetition of what has ended is answered 202 as ever: 200 is for who prefers to wait for the end.
  const waited = Object.keys(headers).length > 0;
  const answered = waited
    ? endOrPending(request, row, publicUrl, clock.now())
    : pendingAnswer(request, row, publicUrl, clock.now());
  return withHeaders(answered, headers);
}
