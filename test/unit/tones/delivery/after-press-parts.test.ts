// What follows from one attempt to press a part of a dial string: a pure function of the reply and the time.
import { afterPress, type Attempt } from '../../../../shared/tones/delivery/press/after-press';
import type { ErrorCode } from '../../../../shared/tones/facts/error-catalogue';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import type { Stored } from '../../../../shared/tones/ports/rows';
import { POLICY, T0 } from '../../../support/tones-ports';

const FIRST: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone1'],
  pauseMs: 2500,
  rest: [{ pauseMs: 1000, tones: ['tone8', 'tone6'] }],
  expiresAt: T0 + 60_000,
  etag: 'v0',
  waits: 0,
};
const SECOND: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone8', 'tone6'],
  part: 2,
  expiresAt: T0 + 60_000,
  etag: '',
  waits: 0,
};
const ROW: Stored<OutcomeFacts> = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'sending',
  toneCount: 3,
  partCount: 2,
  partSizes: '2500:1 1000:2',
  etag: 'v1',
};
const SENT = T0 - 400;
const REPORT = {
  clientContext: 'me',
  callId: 'call-1',
  operationId: 'op-1',
  completionReason: 'completedSuccessfully',
};
const ENDED: PressReply = { kind: 'ended', report: REPORT };
const BUSY = 'media-busy';

const first: Attempt['claim'] = { message: FIRST, part: 1, deadline: T0 + 60_000, row: { ...ROW, part: 1 } };
const second: Attempt['claim'] = {
  message: SECOND,
  part: 2,
  deadline: T0 + 4000,
  row: { ...ROW, part: 2, playedToneCount: 1, sentAt: T0 - 9000 },
};

const after = (claim: Attempt['claim'], reply: PressReply, sentAt: number | undefined = SENT) =>
  afterPress({ claim, reply, sentAt }, T0, POLICY);
const refused = (code: ErrorCode, more: { again?: 'never' | 'later'; retryAfterMs?: number } = {}): PressReply => ({
  kind: 'refused',
  fault: { code },
  again: 'later',
  answered: true,
  ...more,
});

describe('the reply itself says that the part was played', () => {
  test('the row comes to the next part, with the time of the first press', () => {
    expect(after(first, ENDED)).toStrictEqual({
      kind: 'continue',
      facts: {
        status: 'pausing',
        part: 2,
        playedToneCount: 1,
        claimId: '',
        notBefore: T0 + 1000,
        latestStart: T0 + 5000,
        waitCode: '',
        waitDetail: '',
        operationId: 'op-1',
        sentAt: SENT,
      },
      pressedAt: SENT,
    });
  });

  test('of a later part: the time of the first press stays as it is', () => {
    const claim = { ...second, row: { ...second.row, partCount: 3, partSizes: '2500:1 1000:2 500:1' } };
    const result = after(claim, ENDED);
    expect(result).toMatchObject({ kind: 'continue', facts: { status: 'pausing', part: 3, playedToneCount: 3 } });
    expect(result.kind === 'continue' && result.facts).not.toHaveProperty('sentAt');
  });

  test('of the last part: the request succeeded, all of it', () => {
    const result = after(second, ENDED);
    expect(result).toMatchObject({
      kind: 'end',
      isGraphsAnswer: true,
      pressedAt: SENT,
      end: { status: 'succeeded', playedToneCount: 3, operationId: 'op-1' },
    });
    expect(result.kind === 'end' && result.end).not.toHaveProperty('sentAt');
  });

  test('or that it was not: the request ends, and says how far it came', () => {
    const failed: PressReply = { kind: 'ended', report: { ...REPORT, completionReason: 'unknown' } };
    expect(after(first, failed)).toMatchObject({
      kind: 'end',
      end: { status: 'failed', playedToneCount: 0, sentAt: SENT },
    });
    expect(after(second, failed)).toMatchObject({ kind: 'end', end: { status: 'failed', playedToneCount: 1 } });
  });
});

test('a later part that runs, or that nobody can tell of, is not when the request was sent', () => {
  expect(after(second, { kind: 'running', operationId: 'op-2' })).toStrictEqual({
    kind: 'continue',
    facts: { status: 'running', operationId: 'op-2', watchUntil: SENT + 60_000 },
    pressedAt: SENT,
  });
  const unknown = after(second, { kind: 'uncertain', fault: { code: 'graph-timeout' } });
  expect(unknown).toMatchObject({ kind: 'end', end: { status: 'unknown' }, isGraphsAnswer: false });
  expect(unknown.kind === 'end' && unknown.end).not.toHaveProperty('sentAt');
});

describe('a refusal for the moment', () => {
  test('of a later part is waited for within its latest start, else it failed with its code', () => {
    expect(after(second, refused(BUSY, { retryAfterMs: 3750 }))).toStrictEqual({
      kind: 'wait',
      delayMs: 3750,
      fault: { code: BUSY },
      pausesAgain: false,
    });
    const tooLate = after(second, refused(BUSY, { retryAfterMs: 3751 }));
    expect(tooLate).toMatchObject({ kind: 'end', end: { status: 'failed', errorCode: BUSY } });
    expect(tooLate.kind === 'end' && tooLate.end).not.toHaveProperty('sentAt');
  });

  test.each(['call-not-established', 'audio-inactive', 'no-media-stream', 'wrong-call-state'] as const)(
    'because the call is not ready (%s) lets the pause before the first tone count again',
    (code) => {
      expect(after(first, refused(code))).toMatchObject({ kind: 'wait', delayMs: 2500, pausesAgain: true });
      expect(after(first, refused(code, { retryAfterMs: 7000 }))).toMatchObject({ delayMs: 7000, pausesAgain: true });
      const message = { ...FIRST, waits: 2 };
      expect(after({ ...first, message }, refused(code))).toMatchObject({ delayMs: 4000, pausesAgain: true });
    },
  );

  test('because the call is not ready is final where that pause has no room before the deadline', () => {
    const claim = { ...first, deadline: T0 + 2749 };
    expect(after(claim, refused('audio-inactive'))).toMatchObject({
      kind: 'end',
      end: { status: 'failed', errorCode: 'audio-inactive' },
    });
    expect(after({ ...first, deadline: T0 + 2750 }, refused('audio-inactive'))).toMatchObject({ kind: 'wait' });
  });

  test.each(['throttled', 'media-busy', 'operation-conflict', 'graph-unreachable', 'token-unavailable'] as const)(
    'for another reason (%s) does not',
    (code) => {
      expect(after(first, refused(code))).toMatchObject({ kind: 'wait', delayMs: 1000, pausesAgain: false });
    },
  );

  test('of a later part never counts a pause again', () => {
    const claim = { ...second, message: { ...SECOND, pauseMs: 2500 } };
    expect(after(claim, refused('audio-inactive'))).toMatchObject({ kind: 'wait', delayMs: 1000, pausesAgain: false });
  });
});

describe('the permit said no', () => {
  test('to a later part that is too late: the sequence is interrupted', () => {
    const claim = { ...second, deadline: T0 + 249 };
    expect(after(claim, { kind: 'not-permitted' }, undefined)).toMatchObject({
      kind: 'end',
      end: { status: 'failed', errorCode: 'sequence-interrupted' },
    });
  });

  test('to a later part that has time: it waits', () => {
    const claim = { ...second, deadline: T0 + 250 };
    expect(after(claim, { kind: 'not-permitted' }, undefined)).toStrictEqual({
      kind: 'wait',
      delayMs: 1000,
      fault: undefined,
      pausesAgain: false,
    });
  });

  test('to the first: the request expires', () => {
    const claim = { ...first, deadline: T0 + 249 };
    expect(after(claim, { kind: 'not-permitted' }, undefined)).toMatchObject({ end: { status: 'expired' } });
  });
});
