// The examples of requests and their answers, by name: an answer bears the name of the request that it belongs to.
// test/end-to-end/http/openapi-examples.test.ts sends them all. The types are
// the code's own, so an example cannot have a wrong field.
import type { z } from 'zod';
import { errorMessage } from '../../shared/tones/facts/error-catalogue';
import type { namedRequestBodySchema } from '../../shared/tones/request/named-request';
import type { ToneOutcome } from '../../shared/tones/facts/tone-outcome';
import type { toneRequestBodySchema } from '../../shared/tones/request/tone-request';
import { CALL_ID, CALLBACK_URL, OPERATION_ID } from './example-values';
import type { callTonesSchema } from '../schemas/answer-schemas';
import type { callNotificationsBodySchema } from '../schemas/notification-schema';

export interface Example<T> {
  readonly summary: string;
  readonly value: T;
}

type Examples<T> = Readonly<Record<string, Example<T>>>;

export const TONE_REQUEST_EXAMPLES = {
  digits: {
    summary: 'A dial string, under a name of your own',
    value: { callId: CALL_ID, digits: '42#', delayBetweenTonesMs: 300, clientContext: 'order-42' },
  },
  tones: {
    summary: 'Tones by name, with two minutes to press them',
    value: { callId: CALL_ID, tones: ['tone4', 'tone2', 'pound'], clientContext: 'order-43', expiresInSeconds: 120 },
  },
  withoutName: { summary: 'No name: a repetition would press again', value: { callId: CALL_ID, digits: '1' } },
  callback: {
    summary: 'With a callback, as webhook actions ask',
    value: { callId: CALL_ID, digits: '42#', clientContext: 'order-44', callbackUrl: CALLBACK_URL },
  },
  pauses: {
    summary: 'A dial string with pauses: three parts',
    value: { callId: CALL_ID, digits: '1W864359718#,,,,*010383#', clientContext: 'order-46' },
  },
} as const satisfies Examples<z.input<ReturnType<typeof toneRequestBodySchema>>>;

const ACCEPTED_AT = '2026-01-01T00:00:00.000Z';

function accepted(clientContext: string, toneCount: number, expiresAt: string): ToneOutcome {
  return { clientContext, callId: CALL_ID, status: 'accepted', toneCount, acceptedAt: ACCEPTED_AT, expiresAt };
}

const IN_ONE_MINUTE = '2026-01-01T00:01:00.000Z';

export const ACCEPTED_EXAMPLES = {
  digits: { summary: 'Stored and queued', value: accepted('order-42', 3, IN_ONE_MINUTE) },
  tones: { summary: 'Stored and queued', value: accepted('order-43', 3, '2026-01-01T00:02:00.000Z') },
  pauses: {
    summary: 'How the pauses were read',
    value: { ...accepted('order-46', 19, IN_ONE_MINUTE), partCount: 3, part: 1, pauseMs: 9000 },
  },
  withoutName: {
    summary: 'The name is a new UUID',
    value: accepted('3f0c5a52-6a53-4c1f-9a55-0d2f3c1b7e10', 1, IN_ONE_MINUTE),
  },
} as const satisfies Examples<ToneOutcome>;

export const SUBSCRIBED_EXAMPLES = {
  callback: {
    summary: 'Stored and queued; the outcome will be sent to callbackUrl',
    value: accepted('order-44', 3, IN_ONE_MINUTE),
  },
} as const satisfies Examples<ToneOutcome>;

export const FINAL_EXAMPLES = {
  succeeded: {
    summary: 'The tones were played',
    value: {
      clientContext: 'order-42',
      callId: CALL_ID,
      status: 'succeeded',
      operationId: OPERATION_ID,
      completionReason: 'completedSuccessfully',
      toneCount: 3,
      playedToneCount: 3,
      acceptedAt: ACCEPTED_AT,
      expiresAt: IN_ONE_MINUTE,
      sentAt: '2026-01-01T00:00:00.120Z',
      finishedAt: '2026-01-01T00:00:01.450Z',
    },
  },
  failed: {
    summary: 'Nothing was played: the call had ended',
    value: {
      clientContext: 'order-45',
      callId: CALL_ID,
      status: 'failed',
      error: { code: 'call-not-found', message: errorMessage('call-not-found', 'HTTP 404, Graph code 8522') },
      toneCount: 3,
      acceptedAt: ACCEPTED_AT,
      expiresAt: IN_ONE_MINUTE,
      sentAt: '2026-01-01T00:00:00.120Z',
      finishedAt: '2026-01-01T00:00:00.240Z',
    },
  },
} as const satisfies Examples<ToneOutcome>;

export const PENDING_EXAMPLES = {
  running: {
    summary: 'Graph accepted the tones',
    value: {
      ...accepted('order-42', 3, IN_ONE_MINUTE),
      status: 'running',
      operationId: OPERATION_ID,
      sentAt: '2026-01-01T00:00:00.120Z',
    },
  },
} as const satisfies Examples<ToneOutcome>;

export const WAITING_EXAMPLES = {
  waiting: {
    summary: 'It waits for the request before it',
    value: { ...accepted('order-47', 3, IN_ONE_MINUTE), waitingFor: 'request-before', waitingBehind: 'order-46' },
  },
} as const satisfies Examples<ToneOutcome>;

export const CANCEL_TONES_EXAMPLES = {
  canceled: { summary: 'A request that waits', value: { clientContext: 'order-47' } },
} as const satisfies Examples<z.input<typeof namedRequestBodySchema>>;

export const CANCELED_EXAMPLES = {
  canceled: {
    summary: 'Nothing was pressed, and nothing will be',
    value: {
      clientContext: 'order-47',
      callId: CALL_ID,
      status: 'canceled',
      error: { code: 'canceled-by-caller', message: errorMessage('canceled-by-caller') },
      toneCount: 3,
      acceptedAt: ACCEPTED_AT,
      expiresAt: IN_ONE_MINUTE,
      finishedAt: '2026-01-01T00:00:02.310Z',
    },
  },
} as const satisfies Examples<ToneOutcome>;

export const CALL_TONES_EXAMPLES = {
  list: {
    summary: 'Newest first',
    value: {
      callId: CALL_ID,
      state: 'established',
      requests: [WAITING_EXAMPLES.waiting.value, FINAL_EXAMPLES.succeeded.value],
      notified: true,
      more: false,
    },
  },
  empty: {
    summary: 'Nobody asked anything for the call',
    value: { callId: '90ebffcb-7dc4-4bca-950b-1d8ab1a4bbf5', requests: [], notified: false, more: false },
  },
} as const satisfies Examples<z.input<typeof callTonesSchema> & { readonly requests: readonly ToneOutcome[] }>;

export const FORGET_CALLBACK_EXAMPLES = {
  callback: { summary: 'The callback of a request', value: { clientContext: 'order-44' } },
} as const satisfies Examples<z.input<typeof namedRequestBodySchema>>;

const TONES_ENDED = {
  '@odata.type': '#microsoft.graph.commsNotification',
  changeType: 'deleted',
  resourceUrl: `/communications/calls/${CALL_ID}/operations/${OPERATION_ID}`,
  resourceData: {
    '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
    status: 'completed',
    completionReason: 'completedSuccessfully',
    clientContext: 'order-42',
    id: OPERATION_ID,
  },
};

export const CALL_NOTIFICATIONS_EXAMPLES = {
  tonesEnded: {
    summary: 'The tones of a request were played',
    value: { '@odata.type': '#microsoft.graph.commsNotifications', value: [TONES_ENDED] },
  },
  oneByItself: { summary: 'One notification without its envelope', value: TONES_ENDED },
  callEnded: {
    summary: 'A call has ended',
    value: {
      '@odata.type': '#microsoft.graph.commsNotifications',
      value: [
        {
          '@odata.type': '#microsoft.graph.commsNotification',
          changeType: 'deleted',
          resourceUrl: '/communications/calls/90ebffcb-7dc4-4bca-950b-1d8ab1a4bbf5',
          resourceData: { '@odata.type': '#microsoft.graph.call', state: 'terminated' },
        },
      ],
    },
  },
} as const satisfies Examples<z.input<typeof callNotificationsBodySchema>>;
