// The texts of what the app answers, field by field: one source for the OpenAPI document and the connector.
// Which statuses are final, and what the codes mean, is taken from the code.
import { PROBLEMS } from '../../shared/http/problem';
import { ERROR_CATALOGUE } from '../../shared/tones/facts/error-catalogue';
import { isFinal, TONE_STATUSES } from '../../shared/tones/facts/outcome-facts';
import { problemTypeOf, PROBLEM_CODES } from '../schemas/answer-schemas';
import { CALL_ID, OPERATION_ID } from './example-values';
import type { FieldTexts } from '../schemas/json-schema';
import { STATUS_MEANINGS, WAITING_MEANINGS } from './status-texts';

function listed(statuses: readonly string[]): string {
  return `${statuses.slice(0, -1).join(', ')} and ${statuses.at(-1) ?? ''}`;
}

const OPEN = TONE_STATUSES.filter((status) => !isFinal(status));
const FINAL = TONE_STATUSES.filter(isFinal);

export const OUTCOME_TEXTS = {
  clientContext: {
    title: 'Client Context',
    description: 'The name of the request.',
    example: 'order-42',
    visibility: 'important',
  },
  callId: { title: 'Call ID', description: 'The call that the tones were asked for.', example: CALL_ID },
  status: {
    title: 'Status',
    description: `How far the request has come: ${listed(OPEN)} are open, ${listed(FINAL)} are final.`,
    example: 'succeeded',
    visibility: 'important',
    values: Object.fromEntries(
      TONE_STATUSES.map((status) => [status, `${isFinal(status) ? 'Final. ' : ''}${STATUS_MEANINGS[status]}`]),
    ),
  },
  operationId: {
    title: 'Operation ID',
    description: "Graph's id of the operation, where it accepted one.",
    example: OPERATION_ID,
    visibility: 'advanced',
  },
  completionReason: {
    title: 'Completion Reason',
    description: 'Why the operation ended, in the word that Graph has for it.',
    example: 'completedSuccessfully',
    visibility: 'advanced',
  },
  resultInfo: {
    title: 'Result Info',
    description: 'What Graph reported beside the reason, where it did.',
    visibility: 'advanced',
  },
  'resultInfo.code': { title: 'Code', description: 'The result code, as an HTTP status.', example: 200 },
  'resultInfo.subcode': { title: 'Subcode', description: 'The result subcode.', example: 0 },
  'resultInfo.message': {
    title: 'Message',
    description: 'The result in words.',
    example: 'Action completed successfully.',
  },
  error: {
    title: 'Error',
    description: 'Why the tones were not, or may not have been, played. Only where the request ended without success.',
  },
  'error.code': {
    title: 'Code',
    description: 'A stable code; new ones may be added.',
    example: 'call-not-found',
    visibility: 'important',
    values: Object.fromEntries(Object.entries(ERROR_CATALOGUE).map(([code, { message }]) => [code, message])),
  },
  'error.message': {
    title: 'Message',
    description: 'What happened and what to do about it.',
    example: ERROR_CATALOGUE['call-not-found'].message,
    visibility: 'important',
  },
  toneCount: {
    title: 'Tone Count',
    description: 'How many tones were asked for. The tones themselves are in no answer.',
    example: 3,
  },
  playedToneCount: {
    title: 'Played Tone Count',
    description: 'Tones of the parts that Graph reported as successfully played; absent while it reported nothing.',
    example: 3,
  },
  partCount: {
    title: 'Part Count',
    description: 'How many parts the pauses make of the dial string; absent where there is one.',
    example: 3,
    visibility: 'advanced',
  },
  part: {
    title: 'Part',
    description: 'The part that is being worked on, from 1; absent where there is one.',
    example: 3,
    visibility: 'advanced',
  },
  pauseMs: {
    title: 'Pauses',
    description: 'The sum of the pauses in milliseconds, as they were read; absent where there is none.',
    example: 9000,
    visibility: 'advanced',
  },
  waitingFor: {
    title: 'Waiting For',
    description: 'What an open request waits for; in the answers of toneOutcome and callTones.',
    example: 'request-before',
    visibility: 'advanced',
    values: WAITING_MEANINGS,
  },
  waitingBehind: {
    title: 'Waiting Behind',
    description: 'The name of the request before it on the call that is not done, where it waits for one.',
    example: 'order-41',
    visibility: 'advanced',
  },
  acceptedAt: {
    title: 'Accepted At',
    description: 'When the request was accepted, in UTC.',
    example: '2026-01-01T00:00:00.000Z',
    visibility: 'advanced',
  },
  expiresAt: {
    title: 'Expires At',
    description: 'The deadline, in UTC: after it the tones are never pressed.',
    example: '2026-01-01T00:01:00.000Z',
    visibility: 'advanced',
  },
  sentAt: {
    title: 'Sent At',
    description: 'When the tones were sent to Graph, in UTC.',
    example: '2026-01-01T00:00:00.120Z',
    visibility: 'advanced',
  },
  finishedAt: {
    title: 'Finished At',
    description: 'When the request became final, in UTC.',
    example: '2026-01-01T00:00:01.450Z',
    visibility: 'advanced',
  },
} as const satisfies FieldTexts;

export const PROBLEM_TEXTS = {
  type: {
    title: 'Type',
    description: 'A stable name of the kind of problem.',
    example: problemTypeOf('invalid-request'),
    values: Object.fromEntries(PROBLEM_CODES.map((code) => [problemTypeOf(code), PROBLEMS[code].title])),
  },
  title: { title: 'Title', description: 'The kind of problem in words.', example: PROBLEMS['invalid-request'].title },
  status: {
    title: 'Status',
    description: 'The HTTP status of the answer.',
    example: PROBLEMS['invalid-request'].status,
  },
  detail: {
    title: 'Detail',
    description: 'What is wrong with this request. Never repeats what was sent.',
    example: 'The tone request has 1 fault; errors names each.',
  },
  errors: { title: 'Errors', description: 'Every fault of the request at once.' },
  'errors[].pointer': {
    title: 'Pointer',
    description: 'The place in the body, as a JSON pointer (RFC 6901).',
    example: '/callId',
  },
  'errors[].parameter': {
    title: 'Parameter',
    description: 'The name of the query parameter.',
    example: 'clientContext',
  },
  'errors[].detail': { title: 'Detail', description: 'What is wrong there.', example: 'must be a string' },
} as const satisfies FieldTexts;

export const HEALTH_TEXTS = {
  status: { title: 'Status', description: 'Everything that the app needs can be reached.', example: 'ok' },
} as const satisfies FieldTexts;
