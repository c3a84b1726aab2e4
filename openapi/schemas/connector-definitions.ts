// The definitions of the custom connector (Swagger 2.0, JSON Schema draft 4): the
// same zod schemas and texts as in the OpenAPI document.
// Knows no action. What Swagger 2.0 cannot say is left to the app, which checks every request.
import { namedRequestBodySchema } from '../../shared/tones/request/named-request';
import { toneRequestBodySchema } from '../../shared/tones/request/tone-request';
import { MOST_LISTED } from '../../shared/tones/upkeep/list-call';
import { callTonesSchema, problemSchema } from './answer-schemas';
import { OUTCOME_TEXTS, PROBLEM_TEXTS } from '../texts/answer-texts';
import { CALL_TONES_TEXTS, LISTED_REQUESTS_TEXT } from '../texts/call-list-texts';
import { DEFAULT_LIMITS } from './default-limits';
import { toJsonSchema, type Dialect, type JsonObject } from './json-schema';
import { outcomeSchema } from './outcome-schema';
import { CANCEL_TONES_TEXTS, FORGET_CALLBACK_TEXTS, TONE_REQUEST_TEXTS } from '../texts/request-texts';

const CONNECTOR: Dialect = {
  target: 'draft-04',
  annotate: ({ title, description, example, visibility }) => ({
    'x-ms-summary': title,
    description,
    ...(visibility !== undefined && { 'x-ms-visibility': visibility }),
    ...(example !== undefined && { example }),
  }),
  // Draft 4 as Swagger 2.0 has it knows no null.
  nullable: (type) => ({ type }),
};

const sendTonesAndWait = definition(
  'Tone request with callback',
  'Which tones to press in which call, and where to send the outcome.',
  toJsonSchema(toneRequestBodySchema(DEFAULT_LIMITS), TONE_REQUEST_TEXTS, CONNECTOR),
);

export const DEFINITIONS = {
  ToneRequest: {
    ...without(sendTonesAndWait, 'callbackUrl'),
    title: 'Tone request',
    description: 'Which tones to press in which call.',
  },
  // The platform puts its own URL into the field that has x-ms-notification-url; nobody is asked for it.
  ToneRequestWithCallback: {
    ...withField(sendTonesAndWait, 'callbackUrl', { 'x-ms-notification-url': true }),
    required: [...(sendTonesAndWait['required'] as string[]), 'callbackUrl'],
  },
  ForgetCallback: definition(
    'Forget callback',
    'Whose callback is no longer wanted.',
    toJsonSchema(namedRequestBodySchema, FORGET_CALLBACK_TEXTS, CONNECTOR),
  ),
  CancelTones: definition(
    'Cancel tones',
    'Which request is to be pressed no more.',
    toJsonSchema(namedRequestBodySchema, CANCEL_TONES_TEXTS, CONNECTOR),
  ),
  CallTones: callTones(),
  Outcome: definition(
    'Outcome',
    'What became of a tone request. Absent facts are absent fields.',
    toJsonSchema(outcomeSchema, OUTCOME_TEXTS, CONNECTOR),
  ),
  Problem: definition(
    'Problem',
    'What is wrong with a request.',
    toJsonSchema(problemSchema, PROBLEM_TEXTS, CONNECTOR),
  ),
} as const satisfies Record<string, JsonObject>;

function callTones(): JsonObject {
  const { properties, ...list } = definition(
    'Tones of a call',
    'The requests of one call, and what the call reported.',
    toJsonSchema(callTonesSchema, CALL_TONES_TEXTS, CONNECTOR),
  );
  const { more, ...fields } = properties as Record<string, JsonObject>;
  const requests = {
    type: 'array',
    maxItems: MOST_LISTED,
    items: { $ref: '#/definitions/Outcome' },
    ...CONNECTOR.annotate(LISTED_REQUESTS_TEXT),
  };
  return { ...list, properties: { ...fields, requests, more }, required: ['callId', 'requests', 'more'] };
}

/**
 * Without `additionalProperties`, so that a new field of an answer breaks no flow, and without defaults: a designer
 * would send the default of these documents, where the app may have been set otherwise.
 */
function definition(title: string, description: string, schema: JsonObject): JsonObject {
  return { title, description, ...plain(schema) };
}

function plain({ additionalProperties: _closed, default: _default, ...schema }: JsonObject): JsonObject {
  const properties = schema['properties'] as Record<string, JsonObject> | undefined;
  return {
    ...schema,
    ...(schema['type'] === 'integer' && { format: 'int32' }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, plain(field)])),
    }),
    ...(schema['items'] !== undefined && { items: plain(schema['items'] as JsonObject) }),
  };
}

function withField(schema: JsonObject, name: string, added: JsonObject): JsonObject {
  const properties = schema['properties'] as Record<string, JsonObject>;
  const { example: _example, ...field } = properties[name] ?? {};
  return { ...schema, properties: { ...properties, [name]: { ...field, ...added } } };
}

function without(schema: JsonObject, name: string): JsonObject {
  const { [name]: _left, ...properties } = schema['properties'] as Record<string, JsonObject>;
  return { ...schema, properties };
}
