// The facts that the events of a request with several parts add, exactly.
import type { OperationReport } from '../../../../shared/tones/facts/operation-report';
import { awaitsReport, isExpired, type OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { givenBack, pausing, running } from '../../../../shared/tones/facts/open-transitions';
import {
  insteadOfUnknown,
  interrupted,
  overduePart,
  playedLast,
  reported,
  isUnwatched,
} from '../../../../shared/tones/facts/transitions';
import { predecessorState } from '../../../../shared/tones/facts/predecessor-state';
import { POLICY, T0 } from '../../../support/tones-ports';

const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'running',
  toneCount: 6,
  delayBetweenTonesMs: 300,
  partCount: 3,
  part: 1,
  partSizes: '0:1 1000:2 8000:3',
};
const REPORT: OperationReport = {
  clientContext: 'me',
  callId: 'call-1',
  operationId: 'op-1',
  completionReason: 'completedSuccessfully',
};
const INTERRUPTED = {
  status: 'failed',
  finishedAt: T0,
  errorCode: 'sequence-interrupted',
  errorMessage: 'A later part could not be pressed in time after its pause; playedToneCount says how far it came.',
};

describe('a part that was played', () => {
  test('brings the row to the next one: its pause counts from now, and nothing of the part before holds it up', () => {
    expect(pausing(ROW, REPORT, T0, POLICY)).toStrictEqual({
      status: 'pausing',
      part: 2,
      playedToneCount: 1,
      claimId: '',
      notBefore: T0 + 1000,
      latestStart: T0 + 5000,
      waitCode: '',
      waitDetail: '',
      operationId: 'op-1',
    });
  });

  test('adds its tones to those played before', () => {
    const row = { ...ROW, part: 2, playedToneCount: 1 };
    expect(pausing(row, {}, T0, POLICY)).toStrictEqual({
      status: 'pausing',
      part: 3,
      playedToneCount: 3,
      claimId: '',
      notBefore: T0 + 8000,
      latestStart: T0 + 12_000,
      waitCode: '',
      waitDetail: '',
    });
  });

  test('brings it nowhere where it was the last, or the only one', () => {
    expect(pausing({ ...ROW, part: 3, playedToneCount: 3 }, REPORT, T0, POLICY)).toBeUndefined();
    expect(
      pausing({ clientContext: 'me', callId: 'c', status: 'running', toneCount: 2 }, REPORT, T0, POLICY),
    ).toBeUndefined();
    expect(pausing({ clientContext: 'me', callId: 'c', status: 'running' }, REPORT, T0, POLICY)).toBeUndefined();
  });
});

test('a part whose size cannot be read brings the row nowhere, as nobody knows how far it came', () => {
  const { toneCount: _, ...row } = ROW;
  expect(pausing({ ...row, partSizes: '? 1000:2 8000:3' }, REPORT, T0, POLICY)).toBeUndefined();
});

test('a later part that runs has no sentAt of its own, and is watched by its own length', () => {
  expect(running({ toneCount: 2, delayBetweenTonesMs: 300 }, 'op-2', T0, POLICY, 2)).toStrictEqual({
    status: 'running',
    operationId: 'op-2',
    watchUntil: T0 + 60_600,
  });
  expect(running({ toneCount: 2 }, 'op-2', T0, POLICY, 1)).toMatchObject({ sentAt: T0 });
});

test('a later part is given back to pausing, the first to accepted', () => {
  expect(givenBack(T0 + 5, { code: 'media-busy', detail: 'HTTP 409' }, 2)).toStrictEqual({
    status: 'pausing',
    claimId: '',
    notBefore: T0 + 5,
    waitCode: 'media-busy',
    waitDetail: 'HTTP 409',
  });
  expect(givenBack(T0 + 5, undefined, 1).status).toBe('accepted');
});

describe('a sequence that is interrupted', () => {
  test('says so', () => {
    expect(interrupted({}, T0)).toStrictEqual(INTERRUPTED);
    expect(interrupted({ waitCode: '', waitDetail: '' }, T0)).toStrictEqual(INTERRUPTED);
  });

  test('says what held it up, where anything did', () => {
    expect(interrupted({ waitCode: 'media-busy', waitDetail: 'HTTP 409' }, T0)).toMatchObject({
      status: 'failed',
      errorCode: 'media-busy',
      errorMessage: expect.stringMatching(/\(HTTP 409\)$/) as string,
    });
  });

  test('after its last moment, and only between two parts', () => {
    const row: OutcomeFacts = { ...ROW, status: 'pausing', part: 2, latestStart: T0 };
    expect(overduePart(row, T0)).toBeUndefined();
    expect(overduePart(row, T0 + 1)).toStrictEqual({ ...INTERRUPTED, finishedAt: T0 + 1 });
    expect(overduePart({ ...row, waitCode: 'throttled' }, T0 + 1)).toMatchObject({ errorCode: 'throttled' });
    for (const status of ['accepted', 'sending', 'running', 'succeeded', 'unknown'] as const)
      expect(overduePart({ ...row, status }, T0 + 1)).toBeUndefined();
    const { latestStart: _, ...unbound } = row;
    expect(overduePart(unbound, T0 + 1)).toBeUndefined();
  });
});

test('a part that is reported as played too late counts, and interrupts the sequence', () => {
  const row: OutcomeFacts = { ...ROW, status: 'unknown', part: 2, playedToneCount: 1, waitCode: 'media-busy' };
  expect(playedLast(row, 'op-2', T0)).toStrictEqual({ ...INTERRUPTED, operationId: 'op-2', playedToneCount: 3 });
  expect(insteadOfUnknown(playedLast(row, undefined, T0))).toStrictEqual({ ...INTERRUPTED, playedToneCount: 3 });
});

test('a sequence of unknown size that is interrupted does not say how far it came', () => {
  const row: OutcomeFacts = { clientContext: 'me', callId: 'call-1', status: 'unknown' };
  expect(playedLast(row, 'op-2', T0)).toStrictEqual({ ...INTERRUPTED, operationId: 'op-2' });
});

describe('a report that ends the request says how far it came', () => {
  const last: OutcomeFacts = { ...ROW, part: 3, playedToneCount: 3 };

  test.each([
    ['the last part played', {}, 6, 'succeeded'],
    ['a part canceled', { completionReason: 'mediaOperationCanceled' }, 3, 'canceled'],
    ['a part failed', { completionReason: 'unknown' }, 3, 'failed'],
  ])('%s', (_what, report, playedToneCount, status) => {
    expect(reported({ ...REPORT, ...report }, T0, undefined, last)).toMatchObject({ status, playedToneCount });
  });

  test('the first part failed: nothing', () => {
    expect(reported({ ...REPORT, completionReason: 'unknown' }, T0, undefined, ROW).playedToneCount).toBe(0);
  });

  test('a request of one part', () => {
    const one: OutcomeFacts = { clientContext: 'me', callId: 'c', status: 'running', toneCount: 2 };
    expect(reported(REPORT, T0, undefined, one).playedToneCount).toBe(2);
    expect(reported(REPORT, T0)).not.toHaveProperty('playedToneCount');
  });
});

describe('a row between two parts', () => {
  const row: OutcomeFacts = {
    ...ROW,
    status: 'pausing',
    part: 2,
    claimedAt: T0 - 9,
    watchUntil: T0 - 5,
    settledAt: T0 - 5,
    expiresAt: T0 - 5,
    notBefore: T0 + 700,
  };

  test('waits for no report, has no watch, and no deadline for its first press', () => {
    expect(awaitsReport(row)).toBe(false);
    expect(isUnwatched(row, T0)).toBe(false);
    expect(isExpired(row, T0)).toBe(false);
  });

  test('keeps the request behind it waiting, until the next part has sounded at least', () => {
    expect(predecessorState(row, T0)).toStrictEqual({ kind: 'wait', until: T0 + 1300 });
    const { notBefore: _, ...unbound } = row;
    expect(predecessorState(unbound, T0)).toStrictEqual({ kind: 'wait', until: T0 + 600 });
  });
});

test('the part that runs is the one waited for by the request behind it', () => {
  const times = { sentAt: T0 - 5000, claimedAt: T0 - 100 };
  expect(predecessorState({ ...ROW, ...times }, T0)).toStrictEqual({ kind: 'wait', until: T0 - 4700 });
  expect(predecessorState({ ...ROW, part: 3, ...times }, T0)).toStrictEqual({ kind: 'wait', until: T0 + 800 });
});
