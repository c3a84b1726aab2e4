// The named parts of the OpenAPI document: schemas from zod, parameters, and how callers prove their right.
// Knows no operation.
import type { z } from 'zod';
import { RECEIVER_NAME_PATTERN, RECEIVER_PARAMETER } from '../../shared/settings/notification-receivers';
import { namedRequestBodySchema } from '../../shared/tones/request/named-request';
import {
  CALL_ID_PATTERN,
  CLIENT_CONTEXT_PATTERN,
  toneRequestBodySchema,
} from '../../shared/tones/request/tone-request';
import { MOST_LISTED } from '../../shared/tones/upkeep/list-call';
import { callTonesSchema, healthSchema, problemSchema } from './answer-schemas';
import { HEALTH_TEXTS, OUTCOME_TEXTS, PROBLEM_TEXTS } from '../texts/answer-texts';
import { CALL_TONES_TEXTS, LISTED_REQUESTS_TEXT } from '../texts/call-list-texts';
import { CALL_ID } from '../texts/example-values';
import { DEFAULT_LIMITS } from './default-limits';
import { toJsonSchema, type Dialect, type JsonObject } from './json-schema';
import { callNotificationsBodySchema } from './notification-schema';
import { outcomeSchema } from './outcome-schema';
import {
  CALL_NOTIFICATIONS_TEXTS,
  CANCEL_TONES_TEXTS,
  FORGET_CALLBACK_TEXTS,
  PREFER_TEXT,
  TONE_REQUEST_TEXTS,
} from '../texts/request-texts';

const OPENAPI: Dialect = {
  target: 'draft-2020-12',
  annotate: ({ description, example, values }) => ({
    description,
    ...(example !== undefined && { examples: [example] }),
    ...(values !== undefined && { 'x-enumDescriptions': values }),
  }),
  nullable: (type) => ({ type: [type, 'null'] }),
};

/** Callers must not mind a new field, so the answers' schemas are open, though tests look for exactly these fields. */
function answer(schema: z.ZodType, texts: Parameters<typeof toJsonSchema>[1], description: string): JsonObject {
  return { description, ...opened(toJsonSchema(schema, texts, OPENAPI)) };
}

function opened({ additionalProperties: _strict, ...schema }: JsonObject): JsonObject {
  const properties = schema['properties'] as Record<string, JsonObject> | undefined;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, opened(field)])),
    }),
    ...(schema['items'] !== undefined && { items: opened(schema['items'] as JsonObject) }),
  };
}

export const SCHEMAS = {
  ToneRequest: {
    description:
      'Which tones to press in which call. Exactly one of tones and digits. An optional field that is null is one not given.',
    ...toJsonSchema(toneRequestBodySchema(DEFAULT_LIMITS), TONE_REQUEST_TEXTS, OPENAPI),
    // In zod it is a refinement, which JSON Schema cannot be derived from.
    // The types leave out null, which is not given.
    oneOf: [
      { required: ['tones'], properties: { tones: { type: 'array' } } },
      { required: ['digits'], properties: { digits: { type: 'string' } } },
    ],
  },
  ForgetCallback: {
    description: 'Whose callback is no longer wanted.',
    ...toJsonSchema(namedRequestBodySchema, FORGET_CALLBACK_TEXTS, OPENAPI),
  },
  CancelTones: {
    description: 'Which request is to be pressed no more.',
    ...toJsonSchema(namedRequestBodySchema, CANCEL_TONES_TEXTS, OPENAPI),
  },
  CallNotifications: {
    description:
      'What Graph sends, as documented; other spellings that were seen live are understood, and what means nothing here is ignored.',
    ...toJsonSchema(callNotificationsBodySchema, CALL_NOTIFICATIONS_TEXTS, OPENAPI),
  },
  Outcome: answer(
    outcomeSchema,
    OUTCOME_TEXTS,
    'What became of a tone request. Absent facts are absent fields; the tones are never in it.',
  ),
  CallTones: callTones(),
  Problem: answer(problemSchema, PROBLEM_TEXTS, 'What is wrong (RFC 9457).'),
  Health: answer(healthSchema, HEALTH_TEXTS, 'The app can do its work.'),
} as const satisfies Record<string, JsonObject>;

/** A list of outcomes, which are described once. */
function callTones(): JsonObject {
  const schema = answer(
    callTonesSchema,
    CALL_TONES_TEXTS,
    'What was asked for on one call, and what the call reported.',
  );
  const { more, ...properties } = schema['properties'] as Record<string, JsonObject>;
  const requests = {
    type: 'array',
    maxItems: MOST_LISTED,
    items: { $ref: '#/components/schemas/Outcome' },
    description: LISTED_REQUESTS_TEXT.description,
  };
  return { ...schema, properties: { ...properties, requests, more }, required: ['callId', 'requests', 'more'] };
}

export type SchemaName = keyof typeof SCHEMAS;

export function schemaRef(name: SchemaName): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schema of the query parameter clientContext. */
export const CLIENT_CONTEXT_SCHEMA = { type: 'string', pattern: CLIENT_CONTEXT_PATTERN.source };

export const PARAMETERS = {
  clientContext: {
    name: 'clientContext',
    in: 'query',
    required: true,
    description: 'The name of the request, percent-encoded.',
    schema: CLIENT_CONTEXT_SCHEMA,
    examples: {
      succeeded: { summary: 'Tones that were played', value: 'order-42' },
      failed: { summary: 'Tones that were not', value: 'order-45' },
    },
  },
  callId: {
    name: 'callId',
    in: 'query',
    required: true,
    description: "Graph's id of the call.",
    schema: { type: 'string', pattern: CALL_ID_PATTERN.source },
    examples: {
      list: { summary: 'A call with requests', value: CALL_ID },
      empty: { summary: 'A call that nobody asked anything for', value: '90ebffcb-7dc4-4bca-950b-1d8ab1a4bbf5' },
    },
  },
  prefer: {
    name: 'Prefer',
    in: 'header',
    required: false,
    description: `${PREFER_TEXT.description} What is malformed is ignored; other preferences may stand beside it.`,
    schema: { type: 'string' },
    example: PREFER_TEXT.example,
  },
  receiver: {
    name: RECEIVER_PARAMETER,
    in: 'query',
    required: false,
    description:
      'Whom the notification is passed on to: a name of the setting NOTIFICATION_RECEIVERS. Without it, to nobody.',
    schema: { type: 'string', pattern: RECEIVER_NAME_PATTERN.source },
    example: 'mybot',
  },
} as const;

export function parameterRef(name: keyof typeof PARAMETERS): JsonObject {
  return { $ref: `#/components/parameters/${name}` };
}

export const SECURITY_SCHEMES = {
  functionKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-functions-key',
    description:
      'A function key of the app, or its host key. With HTTP_AUTH_LEVEL=anonymous App Service Authentication asks for a login in its place.',
  },
  functionKeyInQuery: {
    type: 'apiKey',
    in: 'query',
    name: 'code',
    description: 'The same key in the query. URLs are logged in many places: prefer the header.',
  },
  statusToken: {
    type: 'apiKey',
    in: 'query',
    name: 'token',
    description:
      'The token of one request. It stands in the Location that enqueueTones answers, and is all that a poll needs.',
  },
  graphToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: "The token that Microsoft's calling service signs and sends with each notification.",
  },
} as const;

export const KEY_SECURITY = [{ functionKey: [] }, { functionKeyInQuery: [] }] as const;
