// The outcome as a schema: what the documents show of
// shared/tones/facts/tone-outcome, and what tests hold real answers against.
// The compiler compares it with the interface, so neither can change alone.
import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode } from '../../shared/tones/facts/error-catalogue';
import { TONE_STATUSES } from '../../shared/tones/facts/outcome-facts';
import { LONGEST_PAUSES_MS, MOST_PARTS } from '../../shared/tones/facts/parts/tone-sequence';
import { WAITING_WORDS } from '../../shared/tones/facts/waiting-for';
import type { ToneOutcome } from '../../shared/tones/facts/tone-outcome';
import { CALL_ID_PATTERN, CLIENT_CONTEXT_PATTERN } from '../../shared/tones/request/tone-request';

const time = () => z.iso.datetime({ precision: 3 }).exactOptional();

export const outcomeSchema = z
  .strictObject({
    clientContext: z.string().regex(CLIENT_CONTEXT_PATTERN),
    callId: z.string().regex(CALL_ID_PATTERN),
    status: z.enum(TONE_STATUSES),
    operationId: z.string().exactOptional(),
    completionReason: z.string().exactOptional(),
    resultInfo: z
      .strictObject({
        code: z.int().exactOptional(),
        subcode: z.int().exactOptional(),
        message: z.string().exactOptional(),
      })
      .readonly()
      .exactOptional(),
    error: z
      .strictObject({ code: z.enum(Object.keys(ERROR_CATALOGUE) as ErrorCode[]), message: z.string() })
      .readonly()
      .exactOptional(),
    toneCount: z.int().min(1).exactOptional(),
    playedToneCount: z.int().min(0).exactOptional(),
    partCount: z.int().min(2).max(MOST_PARTS).exactOptional(),
    part: z.int().min(1).max(MOST_PARTS).exactOptional(),
    pauseMs: z.int().min(1).max(LONGEST_PAUSES_MS).exactOptional(),
    waitingFor: z.enum(WAITING_WORDS).exactOptional(),
    waitingBehind: z.string().regex(CLIENT_CONTEXT_PATTERN).exactOptional(),
    acceptedAt: time(),
    expiresAt: time(),
    sentAt: time(),
    finishedAt: time(),
  })
  .readonly();

/**
 * True only for two types that nothing can tell apart: the same fields, each as optional and as readonly as the other.
 */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export const OUTCOME_IS_THE_INTERFACE: Same<z.output<typeof outcomeSchema>, ToneOutcome> = true;
