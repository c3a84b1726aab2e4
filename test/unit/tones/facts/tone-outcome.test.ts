// The outcome's JSON view, field by field, and when a pending one is worth reading again.
import { retryAfterSeconds, toToneOutcome } from '../../../../shared/tones/facts/tone-outcome';
import { TONE_STATUSES, isFinal, type OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const LEAST: OutcomeFacts = { clientContext: 'order-42', callId: 'c1', status: 'accepted' };

test('every fact of the contract has its field, and ours are never shown', () => {
  const facts: OutcomeFacts = {
    clientContext: 'order-42',
    callId: 'c1',
    status: 'failed',
    operationId: 'op',
    completionReason: 'unknown',
    resultCode: 500,
    resultSubcode: 9999,
    resultMessage: 'Oops.',
    errorCode: 'operation-failed',
    errorMessage: 'It failed.',
    toneCount: 3,
    acceptedAt: T0,
    expiresAt: T0 + 60_000,
    sentAt: T0 + 70,
    finishedAt: T0 + 1005,
    fingerprint: 'f',
    statusToken: 't',
    delayBetweenTonesMs: 300,
    after: 'order-41',
    claimId: 'x',
    claimedAt: T0 + 50,
    watchUntil: T0,
    settledAt: T0,
    notBefore: T0,
    waitCode: 'media-busy',
    waitDetail: 'HTTP 409',
  };
  expect(toToneOutcome(facts)).toEqual({
    clientContext: 'order-42',
    callId: 'c1',
    status: 'failed',
    operationId: 'op',
    completionReason: 'unknown',
    resultInfo: { code: 500, subcode: 9999, message: 'Oops.' },
    error: { code: 'operation-failed', message: 'It failed.' },
    toneCount: 3,
    acceptedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T00:01:00.000Z',
    sentAt: '2026-01-01T00:00:00.070Z',
    finishedAt: '2026-01-01T00:00:01.005Z',
  });
});

test('absent facts are absent fields', () => {
  expect(JSON.stringify(toToneOutcome(LEAST))).toBe('{"clientContext":"order-42","callId":"c1","status":"accepted"}');
});

test('a resultInfo shows the parts that Graph gave, zeros included', () => {
  expect(toToneOutcome({ ...LEAST, resultSubcode: 0 }).resultInfo).toEqual({ subcode: 0 });
});

test.each(['failed', 'canceled', 'expired', 'unknown'] as const)('an outcome that is %s tells its error', (status) => {
  expect(toToneOutcome({ ...LEAST, status, errorCode: 'expired', errorMessage: 'm' }).error).toEqual({
    code: 'expired',
    message: 'm',
  });
});

test('an error without a sentence is told by its code', () => {
  expect(toToneOutcome({ ...LEAST, status: 'failed', errorCode: 'expired' }).error).toEqual({
    code: 'expired',
    message: '',
  });
});

test.each(['accepted', 'sending', 'running', 'succeeded'] as const)(
  'an outcome that is %s tells no error',
  (status) => {
    expect(toToneOutcome({ ...LEAST, status, errorCode: 'expired', errorMessage: 'm' })).not.toHaveProperty('error');
  },
);

test('an error that was taken back is not told', () => {
  expect(toToneOutcome({ ...LEAST, status: 'failed', errorCode: '', errorMessage: '' })).not.toHaveProperty('error');
});

test('five statuses are final, three are not', () => {
  expect(TONE_STATUSES.filter(isFinal)).toEqual(['succeeded', 'failed', 'canceled', 'expired', 'unknown']);
});

test.each([
  ['before it is sent', LEAST, 1],
  ['one tone just sent', { ...LEAST, status: 'running', sentAt: T0, toneCount: 1 }, 1],
  [
    'four tones of 750 ms pause just sent',
    { ...LEAST, status: 'running', sentAt: T0, toneCount: 4, delayBetweenTonesMs: 750 },
    4,
  ],
  [
    'the same, sent 2.5 s ago',
    { ...LEAST, status: 'running', sentAt: T0 - 2500, toneCount: 4, delayBetweenTonesMs: 750 },
    2,
  ],
  [
    'many tones of long pauses',
    { ...LEAST, status: 'running', sentAt: T0, toneCount: 50, delayBetweenTonesMs: 60_000 },
    10,
  ],
  ['tones that ended long ago', { ...LEAST, status: 'running', sentAt: T0 - 60_000, toneCount: 4 }, 1],
] as const)('Retry-After %s', (_what, facts, seconds) => {
  expect(retryAfterSeconds(facts, T0)).toBe(seconds);
});
