// The operations of those who asked for tones: toneOutcome, toneStatus, cancelTones, callTones, forgetCallback.
// Knows no version of the document around it.
import { jsonAnswer, emptyAnswer, problemAnswers } from './responses';
import { KEY_SECURITY, parameterRef, schemaRef } from './schemas/components';
import type { JsonObject } from './schemas/json-schema';
import {
  CALL_TONES_EXAMPLES,
  CANCEL_TONES_EXAMPLES,
  CANCELED_EXAMPLES,
  FINAL_EXAMPLES,
  FORGET_CALLBACK_EXAMPLES,
  PENDING_EXAMPLES,
  WAITING_EXAMPLES,
} from './texts/examples';

export const toneOutcome: JsonObject = {
  operationId: 'toneOutcome',
  tags: ['tones'],
  summary: 'Get the outcome by its name',
  description:
    'For callers that have the function key. An outcome whose time has passed is ended first. Of an open one the answer says what it waits for.',
  security: KEY_SECURITY,
  parameters: [parameterRef('clientContext'), parameterRef('prefer')],
  responses: {
    '200': jsonAnswer(
      'The outcome as it stands.',
      'Outcome',
      { ...FINAL_EXAMPLES, ...WAITING_EXAMPLES },
      'Preference-Applied?',
    ),
    ...problemAnswers('toneOutcome'),
  },
};

export const toneStatus: JsonObject = {
  operationId: 'toneStatus',
  tags: ['tones'],
  summary: 'Poll until the outcome is final',
  description:
    'The Location that enqueueTones answers leads here; its token is all that a poll needs. A wrong token and an unknown clientContext are answered alike. ' +
    'The final answer is 200 also for tones that failed: look at status.',
  security: [{ statusToken: [] }],
  parameters: [parameterRef('clientContext'), parameterRef('prefer')],
  responses: {
    '200': jsonAnswer('The final outcome.', 'Outcome', FINAL_EXAMPLES, 'Preference-Applied?'),
    '202': jsonAnswer(
      'Not final yet: poll Location, which is the same, again.',
      'Outcome',
      PENDING_EXAMPLES,
      'Location',
      'Retry-After',
      'Preference-Applied?',
    ),
    ...problemAnswers('toneStatus'),
  },
};

export const cancelTones: JsonObject = {
  operationId: 'cancelTones',
  tags: ['tones'],
  summary: 'Press nothing more for a request',
  description:
    'What was never pressed, and what waits between two parts, is canceled at once: nothing, and no further part, is pressed, ever. A part that is being pressed or ' +
    'played goes on, and no part follows it. Harmless at any time, and any number of times: what has ended is answered as it stands.',
  security: KEY_SECURITY,
  parameters: [parameterRef('prefer')],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: schemaRef('CancelTones'), examples: CANCEL_TONES_EXAMPLES } },
  },
  responses: {
    '200': jsonAnswer(
      'The final outcome: canceled, or however it had ended.',
      'Outcome',
      { ...CANCELED_EXAMPLES, ...FINAL_EXAMPLES },
      'Preference-Applied?',
    ),
    '202': jsonAnswer(
      'A part is being pressed or played and goes on; no other follows it. Poll Location until it answers 200.',
      'Outcome',
      PENDING_EXAMPLES,
      'Location',
      'Retry-After',
      'Preference-Applied?',
    ),
    ...problemAnswers('cancelTones'),
  },
};

export const callTones: JsonObject = {
  operationId: 'callTones',
  tags: ['tones'],
  summary: 'List the requests of a call',
  description: 'What happened, and what happens, on one call: its requests, newest first, each with what it waits for.',
  security: KEY_SECURITY,
  parameters: [parameterRef('callId')],
  responses: {
    '200': jsonAnswer('The requests, and what the call reported of itself.', 'CallTones', CALL_TONES_EXAMPLES),
    ...problemAnswers('callTones'),
  },
};

export const forgetCallback: JsonObject = {
  operationId: 'forgetCallback',
  tags: ['tones'],
  summary: 'Forget the callback of a request',
  description:
    'The tones are pressed all the same; only the outcome is not sent any more. Harmless at any time: the answer is the same where there is nothing to forget.',
  security: KEY_SECURITY,
  requestBody: {
    required: true,
    content: { 'application/json': { schema: schemaRef('ForgetCallback'), examples: FORGET_CALLBACK_EXAMPLES } },
  },
  responses: { '204': emptyAnswer('No outcome will be sent.'), ...problemAnswers('forgetCallback') },
};
