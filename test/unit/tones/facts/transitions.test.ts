// The facts that each event adds, exactly, and what a row means at the moments where it begins to mean something else.
import {
  awaitsReport,
  isExpired,
  TONE_STATUSES,
  type OutcomeFacts,
} from '../../../../shared/tones/facts/outcome-facts';
import { predecessorState } from '../../../../shared/tones/facts/predecessor-state';
import { claimed, givenBack, running } from '../../../../shared/tones/facts/open-transitions';
import {
  expired,
  failed,
  insteadOfUnknown,
  reported,
  unknown,
  isUnwatched,
  unwatched,
} from '../../../../shared/tones/facts/transitions';
import { POLICY, T0 } from '../../../support/tones-ports';

const ROW: OutcomeFacts = { clientContext: 'order-42', callId: 'call-1', status: 'accepted' };
const REPORT = { clientContext: 'order-42', callId: 'call-1' };
const THREE = { toneCount: 3, delayBetweenTonesMs: 300 };

describe('the facts of', () => {
  test('a claim', () => {
    expect(claimed(THREE, 'claim-1', T0, POLICY)).toStrictEqual({
      status: 'sending',
      claimId: 'claim-1',
      claimedAt: T0,
      watchUntil: T0 + 30_000,
      settledAt: T0 + 46_650,
    });
  });

  test('a claim given back, with and without a reason', () => {
    expect(givenBack(T0 + 5, undefined)).toStrictEqual({ status: 'accepted', claimId: '', notBefore: T0 + 5 });
    expect(givenBack(T0 + 5, { code: 'media-busy' })).toStrictEqual({
      status: 'accepted',
      claimId: '',
      notBefore: T0 + 5,
      waitCode: 'media-busy',
    });
    expect(givenBack(T0 + 5, { code: 'media-busy', detail: 'HTTP 400' })).toStrictEqual({
      status: 'accepted',
      claimId: '',
      notBefore: T0 + 5,
      waitCode: 'media-busy',
      waitDetail: 'HTTP 400',
    });
  });

  test('a press that Graph took, with and without the id of its operation', () => {
    expect(running(THREE, 'op-1', T0, POLICY)).toStrictEqual({
      status: 'running',
      operationId: 'op-1',
      sentAt: T0,
      watchUntil: T0 + 60_900,
    });
    expect(running(THREE, undefined, T0, POLICY)).toStrictEqual({
      status: 'running',
      sentAt: T0,
      watchUntil: T0 + 60_900,
    });
  });

  test('an expiry tells what was waited for, if anything was', () => {
    expect(expired({}, T0)).toStrictEqual({
      status: 'expired',
      finishedAt: T0,
      errorCode: 'expired',
      errorMessage:
        'The deadline passed before the tones could be pressed; they were never pressed. Give more time with expiresInSeconds if that is too strict.',
    });
    expect(expired({ waitCode: 'throttled', waitDetail: 'HTTP 429' }, T0)).toStrictEqual({
      status: 'expired',
      finishedAt: T0,
      errorCode: 'throttled',
      errorMessage:
        'Graph throttled the app for longer than the deadline allows: spread the requests, or give more time. (HTTP 429)',
    });
  });

  test('a failure, with and without a time of sending and a detail', () => {
    expect(failed({ code: 'call-terminated' }, T0)).toStrictEqual({
      status: 'failed',
      finishedAt: T0,
      errorCode: 'call-terminated',
      errorMessage: 'The call has been terminated.',
    });
    expect(failed({ code: 'call-terminated', detail: 'HTTP 404' }, T0, T0 - 9)).toStrictEqual({
      status: 'failed',
      finishedAt: T0,
      sentAt: T0 - 9,
      errorCode: 'call-terminated',
      errorMessage: 'The call has been terminated. (HTTP 404)',
    });
  });

  test('an ambiguity, with and without a time of sending and a detail', () => {
    expect(unknown({ code: 'graph-timeout' }, T0)).toStrictEqual({
      status: 'unknown',
      finishedAt: T0,
      errorCode: 'graph-timeout',
      errorMessage: 'Graph did not answer in time: the tones may have been played.',
    });
    expect(unknown({ code: 'graph-timeout', detail: '15 s' }, T0, T0 - 9)).toStrictEqual({
      status: 'unknown',
      finishedAt: T0,
      sentAt: T0 - 9,
      errorCode: 'graph-timeout',
      errorMessage: 'Graph did not answer in time: the tones may have been played. (15 s)',
    });
  });

  test('a report of success with every part', () => {
    const report = {
      ...REPORT,
      operationId: 'op-1',
      status: 'completed',
      completionReason: 'completedSuccessfully',
      resultInfo: { code: 200, subcode: 0, message: 'Fine.' },
    };
    expect(reported(report, T0)).toStrictEqual({
      status: 'succeeded',
      finishedAt: T0,
      operationId: 'op-1',
      completionReason: 'completedSuccessfully',
      resultCode: 200,
      resultSubcode: 0,
      resultMessage: 'Fine.',
    });
  });

  test('a report of failure with nothing in it', () => {
    expect(reported(REPORT, T0)).toStrictEqual({
      status: 'failed',
      finishedAt: T0,
      errorCode: 'operation-failed',
      errorMessage:
        'Graph reported a failure; completionReason and resultInfo say more. Some tones may have been played.',
    });
  });

  test('a code that could not be read stands in no column, and is no success', () => {
    const resultInfo = { codeIsUnreadable: true } as const;
    expect(reported({ ...REPORT, completionReason: 'completedSuccessfully', resultInfo }, T0)).toStrictEqual({
      status: 'failed',
      finishedAt: T0,
      completionReason: 'completedSuccessfully',
      errorCode: 'operation-failed',
      errorMessage:
        'Graph reported a failure; completionReason and resultInfo say more. Some tones may have been played.',
    });
  });

  test('a report of a cancellation', () => {
    expect(reported({ ...REPORT, completionReason: 'mediaOperationCanceled' }, T0)).toStrictEqual({
      status: 'canceled',
      finishedAt: T0,
      completionReason: 'mediaOperationCanceled',
      errorCode: 'operation-canceled',
      errorMessage:
        'The operation was cancelled: cancelMediaProcessing was called or the call ended; some tones may have been played.',
    });
  });

  test('an answer in place of an ambiguity takes its error back, and keeps an error of its own', () => {
    const success = { ...REPORT, completionReason: 'completedSuccessfully' };
    expect(insteadOfUnknown(reported(success, T0))).toStrictEqual({
      status: 'succeeded',
      finishedAt: T0,
      completionReason: 'completedSuccessfully',
      errorCode: '',
      errorMessage: '',
    });
    expect(insteadOfUnknown(failed({ code: 'call-terminated' }, T0))).toStrictEqual({
      status: 'failed',
      finishedAt: T0,
      errorCode: 'call-terminated',
      errorMessage: 'The call has been terminated.',
    });
  });
});

describe('a row that was never pressed has expired', () => {
  test('from its deadline on', () => {
    const row = { ...ROW, expiresAt: T0, watchUntil: T0 - 5000 };
    expect([T0 - 1, T0, T0 + 1].map((now) => isExpired(row, now))).toEqual([false, true, true]);
  });

  test('never, without a deadline', () => {
    expect(isExpired(ROW, T0)).toBe(false);
  });

  test.each(TONE_STATUSES.filter((status) => status !== 'accepted'))('never, when %s', (status) => {
    expect(isExpired({ ...ROW, status, expiresAt: T0 - 1 }, T0)).toBe(false);
  });
});

describe('a row is given up', () => {
  test.each(['sending', 'running'] as const)('when %s, from the end of its watch on', (status) => {
    const row = { ...ROW, status, watchUntil: T0, expiresAt: T0 - 5000 };
    expect(isUnwatched(row, T0 - 1)).toBe(false);
    expect(isUnwatched(row, T0)).toBe(true);
    expect(isUnwatched(row, T0 + 1)).toBe(true);
  });

  test.each([
    ['sending', true, 'worker-lost'],
    ['sending', false, 'worker-lost'],
    ['running', true, 'notification-missing'],
    ['running', false, 'notifications-never-seen'],
  ] as const)('when %s, and its call notified at all: %s: %s', (status, wasNotified, errorCode) => {
    const row = { ...ROW, status, watchUntil: T0, expiresAt: T0 - 5000 };
    expect(unwatched(row, T0 + 1, wasNotified)).toMatchObject({ status: 'unknown', finishedAt: T0 + 1, errorCode });
  });

  test.each(['sending', 'running'] as const)('never, when %s without a time', (status) => {
    expect(isUnwatched({ ...ROW, status }, T0)).toBe(false);
  });

  test.each(TONE_STATUSES.filter((status) => status !== 'sending' && status !== 'running'))(
    'never, when %s',
    (status) => {
      expect(isUnwatched({ ...ROW, status, expiresAt: T0 - 1, watchUntil: T0 - 1 }, T0)).toBe(false);
    },
  );
});

test.each([
  ['accepted', false],
  ['sending', true],
  ['running', true],
  ['unknown', true],
  ['succeeded', false],
  ['failed', false],
  ['canceled', false],
  ['expired', false],
] as const)('a row that is %s awaits a report: %p', (status, awaits) => {
  expect(awaitsReport({ ...ROW, status })).toBe(awaits);
});

describe('a predecessor', () => {
  test('that has no row is done', () => {
    expect(predecessorState(undefined, T0)).toStrictEqual({ kind: 'done' });
  });

  test.each(['accepted', 'sending'] as const)('that is %s is waited for, nobody knows how long', (status) => {
    expect(predecessorState({ ...ROW, status, claimedAt: T0 }, T0)).toStrictEqual({ kind: 'wait' });
  });

  test('that is running is waited for as long as its pauses last', () => {
    expect(predecessorState({ ...ROW, status: 'running', sentAt: T0 - 100, ...THREE }, T0)).toStrictEqual({
      kind: 'wait',
      until: T0 + 800,
    });
    expect(predecessorState({ ...ROW, status: 'running', sentAt: T0 - 100, toneCount: 3 }, T0)).toStrictEqual({
      kind: 'wait',
      until: T0 - 100,
    });
    expect(predecessorState({ ...ROW, status: 'running', delayBetweenTonesMs: 300 }, T0)).toStrictEqual({
      kind: 'wait',
      until: T0,
    });
  });

  test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)(
    'that is %s and was never claimed says nothing of those before it',
    (status) => {
      expect(predecessorState({ ...ROW, status, after: 'order-41' }, T0)).toStrictEqual({
        kind: 'skip',
        after: 'order-41',
      });
    },
  );

  test.each(['succeeded', 'failed', 'canceled', 'expired'] as const)(
    'that is %s and was claimed is done, settled or not',
    (status) => {
      expect(predecessorState({ ...ROW, status, claimedAt: T0 - 1, settledAt: T0 + 9 }, T0)).toStrictEqual({
        kind: 'done',
      });
    },
  );

  test('that is unknown is done only once its press has settled', () => {
    const row: OutcomeFacts = { ...ROW, status: 'unknown', claimedAt: T0 - 1, settledAt: T0 };
    expect(predecessorState(row, T0 - 1)).toStrictEqual({ kind: 'wait', until: T0 });
    expect(predecessorState(row, T0)).toStrictEqual({ kind: 'done' });
    expect(predecessorState({ ...ROW, status: 'unknown', claimedAt: T0 - 1 }, T0)).toStrictEqual({ kind: 'done' });
  });
});
