// The texts of the list that callTones answers; those of the outcomes in it are answer-texts.
// Knows no document.
import { MOST_LISTED } from '../../shared/tones/upkeep/list-call';
import type { FieldTexts } from '../schemas/json-schema';
import { CALL_ID } from './example-values';

/** What callTones answers, but for the outcomes in it. */
export const CALL_TONES_TEXTS = {
  callId: { title: 'Call ID', description: 'The call that was asked for.', example: CALL_ID },
  state: {
    title: 'State',
    description: 'The state that the notifications of the call reported last; absent while they reported none.',
    example: 'established',
  },
  endedAt: {
    title: 'Ended At',
    description: 'When the end of the call was reported, in UTC; absent while it was not.',
    example: '2026-01-01T00:00:30.000Z',
  },
  notified: {
    title: 'Notified',
    description:
      'True where a notification of the call was seen since it is known here, by its row and the listed requests. False: nobody reports how tones end; check the callbackUri of the call.',
    example: true,
  },
  more: {
    title: 'More',
    description: 'True where there are older requests than those in the list.',
    example: false,
  },
} as const satisfies FieldTexts;

export const LISTED_REQUESTS_TEXT = {
  title: 'Requests',
  description: `The outcomes of the call's requests, newest first: at most ${MOST_LISTED}.`,
} as const;
