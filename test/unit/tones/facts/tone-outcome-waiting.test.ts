// The outcome's JSON view of a request that waits, or was cancelled: the contract's fields, and none of ours.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { toToneOutcome } from '../../../../shared/tones/facts/tone-outcome';

const ROW: OutcomeFacts = { clientContext: 'me', callId: 'c1', status: 'accepted' };
const SHOWN = { clientContext: 'me', callId: 'c1', status: 'accepted' };

test('what it waits for, and the request that it waits behind', () => {
  expect(toToneOutcome(ROW, { waitingFor: 'request-before', waitingBehind: 'other' })).toStrictEqual({
    ...SHOWN,
    waitingFor: 'request-before',
    waitingBehind: 'other',
  });
});

test('what it waits for, where that is no request', () => {
  expect(toToneOutcome(ROW, { waitingFor: 'pause' })).toStrictEqual({ ...SHOWN, waitingFor: 'pause' });
});

test('no field where it waits for nothing, or nobody asked', () => {
  expect(toToneOutcome(ROW)).toStrictEqual(SHOWN);
  expect(toToneOutcome(ROW, undefined)).toStrictEqual(SHOWN);
});

test('neither the mark of a cancellation nor the place of its turn is shown', () => {
  const facts: OutcomeFacts = { ...ROW, status: 'running', cancelRequestedAt: 1, after: 'a', turnAfter: 'b' };
  expect(toToneOutcome(facts)).toStrictEqual({ ...SHOWN, status: 'running' });
});

test('that a caller cancelled it is its error', () => {
  const error = { errorCode: 'canceled-by-caller', errorMessage: 'm' } as const;
  expect(toToneOutcome({ ...ROW, status: 'canceled', ...error })).toStrictEqual({
    ...SHOWN,
    status: 'canceled',
    error: { code: 'canceled-by-caller', message: 'm' },
  });
});
