// The other answers as schemas: problems (RFC 9457), the list of a call, and health. The codes are those of
// shared/http/problem.
// Knows no operation.
import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../../shared/http/problem';
import { CALL_ID_PATTERN } from '../../shared/tones/request/tone-request';

export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

export function problemTypeOf(code: ProblemCode): `urn:problem:${ProblemCode}` {
  return `urn:problem:${code}`;
}

export const problemSchema = z.strictObject({
  type: z.enum(PROBLEM_CODES.map(problemTypeOf)),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  errors: z
    .array(
      z.strictObject({
        pointer: z.string().exactOptional(),
        parameter: z.string().exactOptional(),
        detail: z.string(),
      }),
    )
    .min(1)
    .exactOptional(),
});

/** The answer of callTones, but for its list of outcomes, which each document refers to in its own way. */
export const callTonesSchema = z.strictObject({
  callId: z.string().regex(CALL_ID_PATTERN),
  state: z.string().exactOptional(),
  endedAt: z.iso.datetime({ precision: 3 }).exactOptional(),
  notified: z.boolean(),
  more: z.boolean(),
});

export const healthSchema = z.strictObject({ status: z.enum(['ok']) });
