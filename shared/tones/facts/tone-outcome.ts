// The outcome as the API shows it: the contract's JSON view of the stored facts, and when to look again.
// Knows no HTTP; what is ours alone (claims, tokens, fingerprints) is left out here.
import type { ErrorCode } from './error-catalogue';
import { isFinal, type OutcomeFacts, type ToneStatus } from './outcome-facts';
import { currentPart, pressedAtOf } from './parts/parts-of-row';
import { soundingMs } from './tone-run';
import type { Waiting, WaitingFor } from './waiting-for';

/** What became of a tone request. Absent facts are absent fields; the tones are never in it. */
export interface ToneOutcome {
  readonly clientContext: string;
  readonly callId: string;
  readonly status: ToneStatus;
  readonly operationId?: string;
  readonly completionReason?: string;
  readonly resultInfo?: { readonly code?: number; readonly subcode?: number; readonly message?: string };
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  readonly toneCount?: number;
  readonly playedToneCount?: number;
  readonly partCount?: number;
  readonly part?: number;
  readonly pauseMs?: number;
  readonly waitingFor?: WaitingFor;
  readonly waitingBehind?: string;
  readonly acceptedAt?: string;
  readonly expiresAt?: string;
  readonly sentAt?: string;
  readonly finishedAt?: string;
}

/** Facts to view; times become ISO 8601 in UTC with milliseconds. */
export function toToneOutcome(facts: OutcomeFacts, waiting?: Waiting): ToneOutcome {
  const resultInfo = present({ code: facts.resultCode, subcode: facts.resultSubcode, message: facts.resultMessage });
  const error =
    !facts.errorCode || !isFinal(facts.status) || facts.status === 'succeeded'
      ? undefined
      : { code: facts.errorCode, message: facts.errorMessage ?? '' };
  return {
    clientContext: facts.clientContext,
    callId: facts.callId,
    status: facts.status,
    ...present({
      operationId: facts.operationId,
      completionReason: facts.completionReason,
      resultInfo: Object.keys(resultInfo).length === 0 ? undefined : resultInfo,
      error,
      toneCount: facts.toneCount,
      playedToneCount: facts.playedToneCount,
      partCount: facts.partCount,
      part: facts.part,
      pauseMs: facts.pauseMs,
      waitingFor: waiting?.waitingFor,
      waitingBehind: waiting?.waitingBehind,
      acceptedAt: isoTime(facts.acceptedAt),
      expiresAt: isoTime(facts.expiresAt),
      sentAt: isoTime(facts.sentAt),
      finishedAt: isoTime(facts.finishedAt),
    }),
  };
}

const LONGEST_RETRY_AFTER_SECONDS = 10;

/** Whole seconds after which a pending outcome is worth reading again: 1, or the rest of the tones, at most 10. */
export function retryAfterSeconds(facts: OutcomeFacts, now: number): number {
  const pressedAt = pressedAtOf(facts);
  if (isFinal(facts.status) || pressedAt === undefined) return 1;
  const remainingMs =
    facts.status === 'pausing' ? (facts.notBefore ?? now) - now : pressedAt + soundingMs(currentPart(facts)) - now;
  return Math.min(LONGEST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(remainingMs / 1000)));
}

function isoTime(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
