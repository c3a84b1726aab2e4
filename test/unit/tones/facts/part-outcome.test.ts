// The outcome of a dial string as the API shows it, and when it is worth reading again.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { retryAfterSeconds, toToneOutcome } from '../../../../shared/tones/facts/tone-outcome';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const PAUSING: OutcomeFacts = {
  clientContext: 'order-42',
  callId: 'c1',
  status: 'pausing',
  toneCount: 6,
  delayBetweenTonesMs: 300,
  playedToneCount: 1,
  partCount: 3,
  part: 2,
  pauseMs: 9000,
  partSizes: '0:1 1000:2 8000:3',
  sentAt: T0 - 60_000,
  claimedAt: T0 - 50_000,
  notBefore: T0 + 2500,
  latestStart: T0 + 6500,
};

test('the fields of parts are shown, and ours are not', () => {
  expect(toToneOutcome(PAUSING)).toEqual({
    clientContext: 'order-42',
    callId: 'c1',
    status: 'pausing',
    toneCount: 6,
    playedToneCount: 1,
    partCount: 3,
    part: 2,
    pauseMs: 9000,
    sentAt: '2025-12-31T23:59:00.000Z',
  });
});

test('that nothing was played, as Graph reported, is a fact, too', () => {
  expect(toToneOutcome({ ...PAUSING, status: 'failed', playedToneCount: 0 }).playedToneCount).toBe(0);
});

test('a request with a pause before its only part shows the pause alone', () => {
  const facts: OutcomeFacts = { clientContext: 'me', callId: 'c1', status: 'accepted', toneCount: 2, pauseMs: 500 };
  expect(toToneOutcome(facts)).toEqual(facts);
});

test('what an open request waits for is no error yet', () => {
  expect(toToneOutcome({ ...PAUSING, errorCode: 'media-busy', errorMessage: 'm' })).not.toHaveProperty('error');
});

test('an interrupted sequence tells its error', () => {
  expect(
    toToneOutcome({ ...PAUSING, status: 'failed', errorCode: 'sequence-interrupted', errorMessage: 'm' }).error,
  ).toEqual({ code: 'sequence-interrupted', message: 'm' });
});

describe('Retry-After', () => {
  test.each([
    ['in a pause: what is left of it', {}, 3],
    ['in a pause that is over', { notBefore: T0 - 5 }, 1],
    ['in a pause of unknown end', { notBefore: undefined }, 1],
    ['in a long pause', { notBefore: T0 + 60_000 }, 10],
    ['while a later part plays: what is left of that part', { status: 'running', part: 3, claimedAt: T0 - 100 }, 2],
    ['while the first part plays', { status: 'running', part: 1, sentAt: T0 }, 1],
    ['at the end', { status: 'failed' }, 1],
  ] as const)('%s', (_what, facts, seconds) => {
    expect(retryAfterSeconds({ ...PAUSING, ...facts } as OutcomeFacts, T0)).toBe(seconds);
  });
});
