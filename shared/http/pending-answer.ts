// The answer for a request that is not final: 202, where to ask again, and when.
// Knows nothing of how the request was asked for.
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { isFinal, type OutcomeFacts } from '../tones/facts/outcome-facts';
import { retryAfterSeconds, toToneOutcome } from '../tones/facts/tone-outcome';
import { NO_STORE } from './problem';
import { toneStatusUrl, type PublicUrlSettings } from './tone-status-url';

export function pendingAnswer(
  request: HttpRequest,
  row: OutcomeFacts,
  publicUrl: PublicUrlSettings,
  now: number,
): HttpResponseInit {
  return {
    status: 202,
    headers: {
      ...NO_STORE,
      Location: toneStatusUrl(request, row, publicUrl),
      'Retry-After': String(retryAfterSeconds(row, now)),
    },
    jsonBody: toToneOutcome(row),
  };
}

/** 200 with the outcome where the request has ended. */
export function endOrPending(
  request: HttpRequest,
  row: OutcomeFacts,
  publicUrl: PublicUrlSettings,
  now: number,
): HttpResponseInit {
  if (isFinal(row.status)) return { status: 200, headers: NO_STORE, jsonBody: toToneOutcome(row) };
  return pendingAnswer(request, row, publicUrl, now);
}
