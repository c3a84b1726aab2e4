// The operations of Graph and of those who run the app: callNotifications and health.
// Knows no version of the document around it.
import { schemaRef } from './schemas/components';
import { CALL_NOTIFICATIONS_EXAMPLES } from './texts/examples';
import type { JsonObject } from './schemas/json-schema';
import { emptyAnswer, headers, jsonAnswer, problemAnswers } from './responses';

export const callNotifications: JsonObject = {
  operationId: 'callNotifications',
  tags: ['graph'],
  summary: "Take Graph's notifications of a call",
  description:
    'The callbackUri of your calls. Each notification is proven by its signed token before its body is read; repeated, reordered and early ones all end in the ' +
    'same outcome. At most 256 KiB and 100 notifications. With `to`, its body, Content-Type and Authorization are also passed on as they came, to the receiver of that ' +
    'name, at the same time as what concerns the app is stored: the receiver has 3 seconds, and no redirect is followed.',
  security: [{ graphToken: [] }],
  parameters: [{ $ref: '#/components/parameters/receiver' }],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: schemaRef('CallNotifications'), examples: CALL_NOTIFICATIONS_EXAMPLES } },
  },
  responses: {
    '202': emptyAnswer('Stored, or of no interest; and taken by the receiver, where one is named.'),
    ...problemAnswers('callNotifications'),
  },
};

export const health: JsonObject = {
  operationId: 'health',
  tags: ['operation'],
  summary: 'Ask whether the app can do its work',
  description: 'For probes and load balancers. An answer may be up to 2 seconds old.',
  security: [],
  responses: {
    '200': jsonAnswer('Everything that it needs can be reached.', 'Health', {
      ok: { summary: 'All is well', value: { status: 'ok' } },
    }),
    ...problemAnswers('health'),
  },
};

/** HEAD: as GET, without bodies. */
export const healthHead: JsonObject = {
  ...health,
  operationId: 'healthHead',
  summary: 'Ask the same without a body',
  responses: {
    '200': emptyAnswer('Everything that it needs can be reached.'),
    '503': { description: 'A part of the service cannot be reached.', headers: headers('Retry-After') },
  },
};
