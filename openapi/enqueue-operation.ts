// The operation that asks for tones, enqueueTones, with the callback of its outcome.
// Knows no version of the document around it.
import { jsonAnswer, problemAnswers } from './responses';
import { KEY_SECURITY, parameterRef, schemaRef } from './schemas/components';
import type { JsonObject } from './schemas/json-schema';
import { ACCEPTED_EXAMPLES, FINAL_EXAMPLES, SUBSCRIBED_EXAMPLES, TONE_REQUEST_EXAMPLES } from './texts/examples';

const OUTCOME_LINK = {
  outcome: {
    operationId: 'toneOutcome',
    description: 'The outcome by its name.',
    parameters: { clientContext: '$response.body#/clientContext' },
  },
};

const TRIED_AGAIN = {
  description:
    'Refused for now: it is sent again up to nine times, after 2 seconds at first and 5 minutes at last, not before Retry-After (up to an hour).',
};

const SIGNATURE_HEADERS: readonly JsonObject[] = [
  {
    name: 'webhook-id',
    in: 'header',
    description:
      'With the setting CALLBACK_SIGNING_SECRET: names the outcome, the same for every attempt; the outcome that follows an unknown one has another id.',
    schema: { type: 'string', pattern: '^msg_[A-Za-z0-9_-]{43}$' },
  },
  {
    name: 'webhook-timestamp',
    in: 'header',
    description: 'With that setting: the time of this attempt, in seconds since 1970.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  {
    name: 'webhook-signature',
    in: 'header',
    description:
      'With that setting: the signature of Standard Webhooks, one for each secret, separated by a space: HMAC-SHA256 of id, timestamp and body, joined by dots.',
    schema: { type: 'string', pattern: '^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)?$' },
  },
];

const outcomeCallback: JsonObject = {
  '{$request.body#/callbackUrl}': {
    post: {
      summary: 'The outcome is final',
      description:
        'Sent once the outcome is final, and once more if an unknown outcome turns into another one. A repetition is rare but possible. It goes to the ' +
        'latest callbackUrl of a clientContext only. No redirect is followed; the answer must come within 5 seconds.',
      operationId: 'outcomeCallback',
      security: [],
      parameters: SIGNATURE_HEADERS,
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaRef('Outcome'), examples: FINAL_EXAMPLES } },
      },
      responses: {
        '2XX': { description: 'Taken.' },
        '3XX': { description: 'Refused for good: it is not sent again.' },
        '408': TRIED_AGAIN,
        '410': { description: 'Gone: it is not sent again.' },
        '425': TRIED_AGAIN,
        '429': TRIED_AGAIN,
        '4XX': { description: 'Any other: refused for good, it is not sent again.' },
        '5XX': TRIED_AGAIN,
      },
    },
  },
};

export const enqueueTones: JsonObject = {
  operationId: 'enqueueTones',
  tags: ['tones'],
  summary: 'Ask for tones in a live call',
  description:
    'The tones are stored and queued, and pressed soon after. The same clientContext with the same request is answered again, with the outcome as it stands, ' +
    'and presses nothing twice. Body: application/json in UTF-8, at most 16 KiB, with a Content-Length or chunked, without Content-Encoding.',
  security: KEY_SECURITY,
  parameters: [parameterRef('prefer')],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: schemaRef('ToneRequest'), examples: TONE_REQUEST_EXAMPLES } },
  },
  responses: {
    '200': {
      ...jsonAnswer(
        'With callbackUrl: stored and queued; the outcome will be sent there. Location can be polled all the same. With Prefer: the final outcome, without Location.',
        'Outcome',
        { ...SUBSCRIBED_EXAMPLES, ...FINAL_EXAMPLES },
        'Location?',
        'Preference-Applied?',
      ),
      links: OUTCOME_LINK,
    },
    '202': {
      ...jsonAnswer(
        'Without callbackUrl: stored and queued. Poll Location until it answers 200.',
        'Outcome',
        ACCEPTED_EXAMPLES,
        'Location',
        'Retry-After',
        'Preference-Applied?',
      ),
      links: OUTCOME_LINK,
    },
    ...problemAnswers('enqueueTones'),
  },
  callbacks: { outcome: outcomeCallback },
};
