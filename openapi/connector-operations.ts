// The actions of the custom connector: Send tones, Send tones and wait, Get outcome, Cancel tones, List tones of a call,
// Forget callback, and the polling behind the first.
// Knows no document around them. Rules: https://learn.microsoft.com/connectors/custom-connectors/coding-standards
import { PROBLEMS, type ProblemCode } from '../shared/http/problem';
import { FUNCTION_NAMES } from '../shared/resource-names';
import { ANSWERED_PROBLEMS, type HttpFunctionName } from './texts/answered-problems';
import type { DEFINITIONS } from './schemas/connector-definitions';
import {
  ACCEPTED_EXAMPLES,
  CALL_TONES_EXAMPLES,
  CANCELED_EXAMPLES,
  FINAL_EXAMPLES,
  PENDING_EXAMPLES,
  SUBSCRIBED_EXAMPLES,
} from './texts/examples';
import type { JsonObject } from './schemas/json-schema';

const ref = (name: keyof typeof DEFINITIONS): JsonObject => ({ $ref: `#/definitions/${name}` });

function answer(description: string, example: unknown, schema: keyof typeof DEFINITIONS = 'Outcome'): JsonObject {
  return { description, schema: ref(schema), examples: { 'application/json': example } };
}

function problems(functionName: HttpFunctionName): Record<string, JsonObject> {
  const codes = Object.keys(ANSWERED_PROBLEMS[functionName]) as ProblemCode[];
  const titles = (status: number) =>
    codes.filter((code) => PROBLEMS[code].status === status).map((code) => PROBLEMS[code].title);
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [String(status), { description: titles(status).join(' '), schema: ref('Problem') }]),
  );
}

function body(definition: keyof typeof DEFINITIONS, title: string, description: string): JsonObject {
  return { name: 'body', in: 'body', required: true, 'x-ms-summary': title, description, schema: ref(definition) };
}

const PREFER = { $ref: '#/parameters/PreferInHeader' };

const sendTones: JsonObject = {
  operationId: 'SendTones',
  summary: 'Send tones',
  description:
    'Presses keys in a call that is going on, and ends with the outcome: the platform polls for it, unless Asynchronous Pattern is off in the settings of the ' +
    'action. Tones that failed are an outcome, too: look at its status.',
  'x-ms-visibility': 'important',
  parameters: [
    body('ToneRequest', 'Tone Request', 'Which tones to press in which call: either digits or tones.'),
    PREFER,
  ],
  responses: {
    '200': answer('The final outcome, after waiting or polling.', FINAL_EXAMPLES.succeeded.value),
    '202': answer('Stored and queued: poll the URL in Location.', ACCEPTED_EXAMPLES.digits.value),
    ...problems('enqueueTones'),
  },
};

const sendTonesAndWait: JsonObject = {
  operationId: 'SendTonesAndWait',
  summary: 'Send tones and wait',
  description:
    'Presses keys in a call that is going on, and waits until the app sends the outcome. Nothing is polled. Tones that failed are an outcome, too: look at its status.',
  'x-ms-visibility': 'important',
  parameters: [
    body('ToneRequestWithCallback', 'Tone Request', 'Which tones to press in which call: either digits or tones.'),
  ],
  responses: {
    '200': answer('Stored and queued: the outcome will be sent.', SUBSCRIBED_EXAMPLES.callback.value),
    ...problems('enqueueTones'),
  },
};

const getOutcome: JsonObject = {
  operationId: 'GetOutcome',
  summary: 'Get outcome',
  description: 'Reads what became of a tone request, by its name, and what an open one waits for.',
  parameters: [{ $ref: '#/parameters/ClientContextInQuery' }, PREFER],
  responses: { '200': answer('The outcome as it stands.', FINAL_EXAMPLES.succeeded.value), ...problems('toneOutcome') },
};

const getStatus: JsonObject = {
  operationId: 'GetStatus',
  summary: 'Get status',
  description: 'The polling behind Send tones, for platforms that send it through the connector.',
  'x-ms-visibility': 'internal',
  parameters: [
    { $ref: '#/parameters/ClientContextInQuery' },
    {
      name: 'token',
      in: 'query',
      required: true,
      type: 'string',
      'x-ms-summary': 'Token',
      description: 'The token of the request, from its Location.',
    },
  ],
  responses: {
    '200': answer('The final outcome.', FINAL_EXAMPLES.succeeded.value),
    '202': answer('Not final yet: ask again.', PENDING_EXAMPLES.running.value),
    ...problems('toneStatus'),
  },
};

const cancelTones: JsonObject = {
  operationId: 'CancelTones',
  summary: 'Cancel tones',
  description:
    'Ends a request before its next press. What was never pressed is never pressed then; a part that is being played goes on, and none follows it. Harmless at any time.',
  parameters: [body('CancelTones', 'Request', 'Which request is to be pressed no more.'), PREFER],
  responses: {
    '200': answer('The final outcome: canceled, or however it had ended.', CANCELED_EXAMPLES.canceled.value),
    '202': answer(
      'A part is being pressed or played and goes on; no other follows it.',
      PENDING_EXAMPLES.running.value,
    ),
    ...problems('cancelTones'),
  },
};

const listTones: JsonObject = {
  operationId: 'ListTones',
  summary: 'List tones of a call',
  description:
    'Reads what happened, and happens, on one call: its requests, newest first, each with what it waits for.',
  parameters: [
    {
      name: 'callId',
      in: 'query',
      required: true,
      type: 'string',
      'x-ms-summary': 'Call ID',
      description: 'The id of the call, as its bot knows it.',
    },
  ],
  responses: {
    '200': answer('The requests of the call.', CALL_TONES_EXAMPLES.list.value, 'CallTones'),
    ...problems('callTones'),
  },
};

const forgetCallback: JsonObject = {
  operationId: 'ForgetCallback',
  summary: 'Forget callback',
  description:
    'Ends the interest of Send tones and wait in the end of a request, for example after a timeout. The tones are pressed all the same.',
  'x-ms-visibility': 'advanced',
  parameters: [body('ForgetCallback', 'Request', 'Whose callback is no longer wanted.')],
  responses: { '204': { description: 'No outcome will be sent.' }, ...problems('forgetCallback') },
};

/**
 * Two actions, one function: Swagger 2.0 allows one POST a path, so the second action has the same path with a slash at
 * its end, which the routes of Azure Functions ignore. Published connectors do the same; see connector/README.md.
 */
export const CONNECTOR_PATHS: Readonly<Record<string, JsonObject>> = {
  [`/${FUNCTION_NAMES.enqueueTones}`]: { post: sendTones },
  [`/${FUNCTION_NAMES.enqueueTones}/`]: {
    // With no x-ms-trigger on the operation this makes a waiting action of it, not a trigger.
    'x-ms-notification-content': { description: 'The outcome, when it is final.', schema: ref('Outcome') },
    post: sendTonesAndWait,
  },
  [`/${FUNCTION_NAMES.toneOutcome}`]: { get: getOutcome },
  [`/${FUNCTION_NAMES.toneStatus}`]: { get: getStatus },
  [`/${FUNCTION_NAMES.cancelTones}`]: { post: cancelTones },
  [`/${FUNCTION_NAMES.callTones}`]: { get: listTones },
  [`/${FUNCTION_NAMES.forgetCallback}`]: { post: forgetCallback },
};
