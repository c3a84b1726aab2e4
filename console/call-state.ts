// What the page knows of the call that is shown: its requests, newest first, and what this tab saw of each.
// Takes answers in any order, and keeps what is further on.
import type { Part } from './dial-string';
import { isOpen, newerOf, type CallList, type Outcome } from './outcome';
import { withSighting, type Sighting } from './steps';

export interface ShownRequest {
  readonly outcome: Outcome;
  readonly sightings: readonly Sighting[];
  /** Sizes of its parts, of requests that this tab sent. */
  readonly sent?: readonly Part[];
}

export interface ShownCall {
  readonly callId: string;
  readonly state?: string;
  readonly endedAt?: number;
  readonly notified?: boolean;
  /** Older ones exist. */
  readonly more: boolean;
  readonly requests: readonly ShownRequest[];
}

export function emptyCall(callId: string): ShownCall {
  return { callId, more: false, requests: [] };
}

/** The call as the list has it; requests that the list does not have (older ones, those just sent) stay. */
export function withList(call: ShownCall, list: CallList, at: number): ShownCall {
  const { requests, ...facts } = list;
  const listed = requests.map((outcome) => merged(call, outcome, at));
  const names = new Set(requests.map(({ clientContext }) => clientContext));
  const others = call.requests.filter(({ outcome }) => !names.has(outcome.clientContext));
  const oldest = requests.at(-1)?.acceptedAt ?? 0;
  const older = others.filter(({ outcome }) => (outcome.acceptedAt ?? 0) < oldest);
  return {
    ...facts,
    callId: call.callId,
    requests: [...others.filter((other) => !older.includes(other)), ...listed, ...older],
  };
}

/** The call with one request as it was just answered; a new one stands first. */
export function withOutcome(call: ShownCall, outcome: Outcome, at: number, sent?: readonly Part[]): ShownCall {
  const request = { ...merged(call, outcome, at), ...(sent && { sent }) };
  const isKnown = call.requests.some((other) => other.outcome.clientContext === outcome.clientContext);
  const requests = isKnown
    ? call.requests.map((other) => (other.outcome.clientContext === outcome.clientContext ? request : other))
    : put(request, call.requests);
  return { ...call, requests };
}

/** Newest first: what was found by its name may be older than all that are listed. */
function put(request: ShownRequest, others: readonly ShownRequest[]): readonly ShownRequest[] {
  const oldest = others.at(-1)?.outcome.acceptedAt;
  const isOlder = oldest !== undefined && (request.outcome.acceptedAt ?? oldest) < oldest;
  return isOlder ? [...others, request] : [request, ...others];
}

export function openRequests(call: ShownCall): readonly Outcome[] {
  return call.requests.map(({ outcome }) => outcome).filter(isOpen);
}

function merged(call: ShownCall, arrived: Outcome, at: number): ShownRequest {
  const shown = call.requests.find(({ outcome }) => outcome.clientContext === arrived.clientContext);
  const outcome = shown === undefined ? arrived : newerOf(shown.outcome, arrived);
  const sightings = withSighting(shown?.sightings ?? [], outcome, at);
  return { ...shown, outcome, sightings };
}
