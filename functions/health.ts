// HTTP: whether the app can do its work now, for probes and load balancers. Names the failing part, never a secret.
// Anybody may ask, so storage is asked at most once in a few seconds.
import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { NO_STORE, problem } from '../shared/http/problem';
import type { Clock } from '../shared/tones/ports/clock';

/** How long an answer serves every caller. */
const ANSWER_LASTS_MS = 2000;

export interface HealthDependencies {
  readonly clock: Clock;
  readonly failingParts: () => Promise<readonly string[]>;
}

export function makeHealth({ clock, failingParts }: HealthDependencies): HttpHandler {
  let asked: { readonly at: number; readonly parts: Promise<readonly string[]> } | undefined;

  return async function health(): Promise<HttpResponseInit> {
    const now = clock.now();
    if (asked === undefined || now - asked.at >= ANSWER_LASTS_MS) asked = { at: now, parts: failingParts() };
    const parts = await asked.parts;
    if (parts.length === 0) return { status: 200, headers: NO_STORE, jsonBody: { status: 'ok' } };
    return problem('unhealthy', { detail: `Cannot be reached: ${parts.join(', ')}.` });
  };
}
