// What a request that has not ended waits for, in one word. The words are the contract's; callers may decide on them.
// A function of the facts alone: what is before it on the call, and what the call reported, is given.
import type { ErrorCode } from './error-catalogue';
import { isKnownNotReady, type CallFacts } from './call-facts';
import { isFinal, type OutcomeFacts } from './outcome-facts';
import { partSize } from './parts/tone-sequence';

export const WAITING_WORDS = [
  'queue',
  'request-before',
  'call-readiness',
  'graph-refusal',
  'pause',
  'graph-report',
] as const;
export type WaitingFor = (typeof WAITING_WORDS)[number];

export interface Waiting {
  readonly waitingFor: WaitingFor;
  /** clientContext of the request before it on the call that is not done. */
  readonly waitingBehind?: string;
}

/** Graph's refusals that say that the call takes no tones yet. */
export const NOT_READY_CODES: ReadonlySet<string | undefined> = new Set<ErrorCode | undefined>([
  'call-not-established',
  'audio-inactive',
  'no-media-stream',
  'wrong-call-state',
]);

/** Graph refused with that code for the moment. */
export function waitingForRefusal(code: string | undefined): WaitingFor {
  return NOT_READY_CODES.has(code) ? 'call-readiness' : 'graph-refusal';
}

/** What is known beside the row of a request that was accepted and not pressed yet. */
export interface Surroundings {
  /** The request before it that is not done. */
  readonly behind?: string | undefined;
  readonly call?: CallFacts | undefined;
}

/** Undefined where it has ended. */
export function waitingOf(row: OutcomeFacts, now: number, { behind, call }: Surroundings = {}): Waiting | undefined {
  if (isFinal(row.status)) return undefined;
  if (row.status === 'sending' || row.status === 'running') return { waitingFor: 'graph-report' };
  if (row.waitCode) return { waitingFor: waitingForRefusal(row.waitCode) };
  if (row.status === 'pausing') return { waitingFor: now < (row.notBefore ?? 0) ? 'pause' : 'queue' };
  if (behind !== undefined) return { waitingFor: 'request-before', waitingBehind: behind };
  if (isKnownNotReady(call)) return { waitingFor: 'call-readiness' };
  return { waitingFor: (partSize(row, 1)?.pauseMs ?? 0) > 0 ? 'pause' : 'queue' };
}
