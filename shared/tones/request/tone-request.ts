// What a caller asks: the schema of the enqueueTones body and the request that it becomes.
// The only place that knows the body's rules; knows neither HTTP nor what is done with a request.
import * as z from 'zod';
import { LONGEST_CONTEXT_OF_PARTS, PART_CONTEXT_PATTERN } from '../facts/parts/part-context';
import { TONE_NAMES } from '../facts/tone-names';
import type { ToneSequence } from '../facts/parts/tone-sequence';
import { LONGEST_CALLBACK_URL, callbackUrlFault } from './callback-url';
import { DIAL_STRING_PATTERN, readDialString } from './dial-string';
import { faultsOf, type RequestFault } from './request-fault';
import { tenantIdField, type RequestTenants } from './request-tenants';

/** A tone request, checked: tones in Graph's words, the deadline still relative. */
export interface ToneRequest extends ToneSequence {
  readonly clientContext: string;
  readonly callId: string;
  /** The tenant of the call, a GUID in lower case; absent: the app's own. */
  readonly tenantId?: string;
  /** 1 to {@link LONGEST_DEADLINE_SECONDS}. */
  readonly expiresInSeconds: number;
  /**
   * Where the outcome is POSTed when it is final. A secret: never logged, never
   * returned. No part of the comparison with a repetition.
   */
  readonly callbackUrl?: string;
}

export interface ToneRequestLimits {
  /** Most tones in one request (setting MAX_TONES). */
  readonly maxTones: number;
  /** Deadline of a request that names none (setting DEFAULT_EXPIRES_IN_SECONDS). */
  readonly defaultExpiresInSeconds: number;
  /** Hosts that a callbackUrl may name (setting CALLBACK_HOSTS). */
  readonly callbackHosts: readonly string[];
  /** The tenants that a request may name; absent: none. */
  readonly tenants?: RequestTenants;
}

export type ParsedToneRequest =
  | { readonly kind: 'valid'; readonly request: ToneRequest }
  | { readonly kind: 'invalid'; readonly faults: readonly RequestFault[] };

/** Most tones that the setting MAX_TONES may allow. */
export const MOST_TONES = 1000;
/** Latest deadline that a request may name, and that the setting DEFAULT_EXPIRES_IN_SECONDS may set. */
export const LONGEST_DEADLINE_SECONDS = 3600;
/** Longest pause between two tones. */
export const LONGEST_DELAY_MS = 60_000;

export const CALL_ID_PATTERN = /^[A-Za-z0-9_-]{1,128}$/;
export const CALL_ID_RULE = 'must be 1 to 128 letters, digits, "_" or "-"';
export const CLIENT_CONTEXT_PATTERN = /^[\x20-\x7e]{1,256}$/;
export const CLIENT_CONTEXT_RULE = 'must be 1 to 256 printable ASCII characters';

/**
 * The schema of the body; `digits` and `tones` exclude each other, which JSON Schema and zod both say outside the
 * properties. An optional field may be null, which is one not given: an expression of Logic Apps that finds nothing
 * gives null.
 */
export function toneRequestBodySchema(limits: ToneRequestLimits) {
  const { maxTones, defaultExpiresInSeconds, callbackHosts, tenants = { others: [] } } = limits;
  const count = `1 to ${maxTones} are allowed`;
  const delayRule = `must be 0 to ${LONGEST_DELAY_MS}`;
  const deadlineRule = `must be 1 to ${LONGEST_DEADLINE_SECONDS}`;
  return z
    .strictObject({
      callId: z.string({ error: missingOr('must be a string') }).regex(CALL_ID_PATTERN, CALL_ID_RULE),
      tones: z
        .array(z.enum(TONE_NAMES, `must be one of ${TONE_NAMES.join(', ')}`), 'must be an array of tone names')
        .min(1, `too few tones: ${count}`)
        .max(maxTones, `too many tones: ${count}`)
        .nullish(),
      digits: digitsField(maxTones),
      delayBetweenTonesMs: z.int('must be an integer').min(0, delayRule).max(LONGEST_DELAY_MS, delayRule).nullish(),
      clientContext: clientContextField(),
      expiresInSeconds: z
        .int('must be an integer')
        .min(1, deadlineRule)
        .max(LONGEST_DEADLINE_SECONDS, deadlineRule)
        .nullable()
        .default(defaultExpiresInSeconds)
        .transform((seconds) => seconds ?? defaultExpiresInSeconds),
      callbackUrl: z
        .string('must be a string')
        .max(LONGEST_CALLBACK_URL, `must have at most ${LONGEST_CALLBACK_URL} characters`)
        .superRefine((text, context) => {
          const fault = callbackUrlFault(text, callbackHosts);
          if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
        })
        .nullish(),
      tenantId: tenantIdField(tenants),
    })
    .refine((body) => isGiven(body.tones) !== isGiven(body.digits), {
      message: 'exactly one of tones and digits must be given',
      when: isBody,
    })
    .refine(({ clientContext, digits }) => !isTooLongForParts(clientContext, sequenceOf(digits)), {
      message: `must have at most ${LONGEST_CONTEXT_OF_PARTS} characters where there are pauses between tones`,
      path: ['clientContext'],
      when: isBody,
    })
    .refine(({ digits, expiresInSeconds }) => !outlasts(sequenceOf(digits), expiresInSeconds), {
      message: 'the pause before the first tone must be shorter than expiresInSeconds',
      path: ['digits'],
      when: isBody,
    });
}

function clientContextField() {
  return z
    .string('must be a string')
    .regex(CLIENT_CONTEXT_PATTERN, CLIENT_CONTEXT_RULE)
    .refine(
      (text) => !PART_CONTEXT_PATTERN.test(text),
      'must not end with ";part=" and digits: so end the names of parts',
    )
    .nullish();
}

function digitsField(maxTones: number) {
  return (
    z
      .string('must be a string')
      .superRefine((text, context) => {
        const read = readDialString(text, maxTones);
        if (read.kind === 'valid') return;
        for (const message of read.faults) context.addIssue({ code: 'custom', message });
      })
      // For the documents; the faults above name each place.
      .meta({ minLength: 1, pattern: DIAL_STRING_PATTERN })
      .nullish()
  );
}

/** For a field that must be given: null is not. */
function missingOr(rule: string) {
  return ({ input }: z.core.$ZodRawIssue) => (input === undefined ? 'is missing' : rule);
}

/** Fields that are wrong by themselves do not keep others from being compared: every fault is named at once. */
function isBody({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks a body and names every fault at once. `newClientContext` is called only if the body names none. */
export function parseToneRequest(
  schema: ReturnType<typeof toneRequestBodySchema>,
  body: unknown,
  newClientContext: () => string,
): ParsedToneRequest {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return { kind: 'invalid', faults: faultsOf(parsed.error, 'is not a field of a tone request') };
  const { tones, digits, clientContext, callId, delayBetweenTonesMs, expiresInSeconds, callbackUrl, tenantId } =
    parsed.data;
  return {
    kind: 'valid',
    request: {
      clientContext: clientContext ?? newClientContext(),
      callId,
      ...(tones ? { tones } : sequenceOf(digits)),
      ...(isGiven(delayBetweenTonesMs) && { delayBetweenTonesMs }),
      ...(isGiven(tenantId) && { tenantId }),
      expiresInSeconds,
      ...(isGiven(callbackUrl) && { callbackUrl }),
    },
  };
}

/** Of a dial string; nothing where there is none, or it is wrong by itself. */
function sequenceOf(digits: unknown): ToneSequence {
  const read = typeof digits === 'string' ? readDialString(digits, MOST_TONES) : undefined;
  return read?.kind === 'valid' ? read.sequence : { tones: [] };
}

function isTooLongForParts(clientContext: unknown, { rest }: ToneSequence): boolean {
  return rest !== undefined && typeof clientContext === 'string' && clientContext.length > LONGEST_CONTEXT_OF_PARTS;
}

/**
 * True if the pause before the first tone does not end before the deadline; a deadline that is wrong by itself is not
 * compared.
 */
function outlasts({ pauseMs = 0 }: ToneSequence, expiresInSeconds: number): boolean {
  return expiresInSeconds > 0 && pauseMs >= expiresInSeconds * 1000;
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}
