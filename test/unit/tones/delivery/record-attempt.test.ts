// What an attempt to press came to, as facts under the claim's version; and the claim given back where nothing was pressed.
import type { GraphFault } from '../../../../shared/tones/facts/error-catalogue';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { makeAttemptRecorder } from '../../../../shared/tones/delivery/press/record-attempt';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7', 'star', 'pound'],
  expiresAt: T0 + 60_000,
  etag: 'v0',
  waits: 0,
};
const SENT = T0 - 400;
const NAMES = { clientContext: 'me', callId: 'call-1' };

function claimed(): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', status: 'sending', claimId: 'mine', claimedAt: T0 - 500, expiresAt: T0 + 60_000 });
  return at;
}

async function record(
  at: TonesPorts,
  reply: PressReply,
  sentAt: number | undefined,
  message: Partial<ToneMessage> = {},
) {
  const { ending } = await makeAttemptRecorder(at.ports)(
    {
      message: { ...MESSAGE, ...message },
      part: 1,
      deadline: message.expiresAt ?? T0 + 60_000,
      claimId: 'mine',
      claimedAt: T0 - 500,
      row: { ...NAMES, status: 'sending', claimId: 'mine', claimedAt: T0 - 500, etag: 'v1' },
    },
    reply,
    sentAt,
  );
  return ending;
}

const refused = (
  again: 'never' | 'later',
  more: { fault?: GraphFault; retryAfterMs?: number; answered?: boolean } = {},
): PressReply => ({
  kind: 'refused',
  fault: { code: 'throttled' },
  answered: true,
  again,
  ...more,
});

const THROTTLED = {
  errorCode: 'throttled',
  errorMessage: 'Graph throttled the app for longer than the deadline allows: spread the requests, or give more time.',
};

describe('Graph took it', () => {
  test.each([
    [
      'with its operation',
      'op-1',
      SENT,
      {},
      { status: 'running', operationId: 'op-1', sentAt: SENT, watchUntil: SENT + 60_000 },
    ],
    ['without an operation', undefined, SENT, {}, { status: 'running', sentAt: SENT, watchUntil: SENT + 60_000 }],
    [
      'without a known time',
      'op-1',
      undefined,
      {},
      { status: 'running', operationId: 'op-1', sentAt: T0, watchUntil: T0 + 60_000 },
    ],
    [
      'with pauses between the tones',
      'op-1',
      SENT,
      { delayBetweenTonesMs: 300 },
      { status: 'running', operationId: 'op-1', sentAt: SENT, watchUntil: SENT + 60_900 },
    ],
  ])('%s', async (_what, operationId, sentAt, message, facts) => {
    const at = claimed();
    expect(await record(at, { kind: 'running', ...(operationId && { operationId }) }, sentAt, message)).toBe(
      'recorded',
    );
    expect(at.journal).toStrictEqual([['outcomes.merge', 'me', facts, 'v1']]);
    expect(at.logged).toStrictEqual([['info', 'tones-sent', { ...NAMES, status: 'running', operationId }]]);
  });
});

describe('Graph answered with the end', () => {
  const report = {
    clientContext: 'me',
    callId: 'call-1',
    operationId: 'op-2',
    completionReason: 'completedSuccessfully',
    resultInfo: { code: 200 },
  };

  test.each([
    [SENT, SENT, { durationMs: 400 }],
    [undefined, T0, {}],
  ])('sent at %p', async (sentAt, recorded, sinceSent) => {
    const at = claimed();
    expect(await record(at, { kind: 'ended', report }, sentAt)).toBe('recorded');
    expect(at.journal).toStrictEqual([
      [
        'outcomes.merge',
        'me',
        {
          status: 'succeeded',
          finishedAt: T0,
          operationId: 'op-2',
          completionReason: 'completedSuccessfully',
          resultCode: 200,
          sentAt: recorded,
        },
        'v1',
      ],
    ]);
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'succeeded', by: 'press', operationId: 'op-2', ...sinceSent }],
    ]);
  });
});

describe('nobody can tell', () => {
  test.each([
    [SENT, { sentAt: SENT }],
    [undefined, {}],
  ])('sent at %p', async (sentAt, known) => {
    const at = claimed();
    expect(await record(at, { kind: 'uncertain', fault: { code: 'graph-timeout', detail: '15 s' } }, sentAt)).toBe(
      'recorded',
    );
    expect(at.journal).toStrictEqual([
      [
        'outcomes.merge',
        'me',
        {
          status: 'unknown',
          finishedAt: T0,
          ...known,
          errorCode: 'graph-timeout',
          errorMessage: 'Graph did not answer in time: the tones may have been played. (15 s)',
        },
        'v1',
      ],
    ]);
    expect(at.logged).toStrictEqual([
      ['warn', 'request-ended', { ...NAMES, status: 'unknown', by: 'press', code: 'graph-timeout' }],
    ]);
  });
});

describe('the permit said no', () => {
  test('with exactly 250 ms left: another attempt is made after the shortest wait', async () => {
    const at = claimed();
    expect(await record(at, { kind: 'not-permitted' }, undefined, { expiresAt: T0 + 250 })).toBe('waiting');
    expect(at.journal).toStrictEqual([
      ['outcomes.merge', 'me', { status: 'accepted', claimId: '', copyId: '', notBefore: T0 + 1000 }, 'v1'],
      // No later than its deadline.
      ['queue.enqueueOnce', { ...MESSAGE, expiresAt: T0 + 250, etag: 'v2', waits: 1 }, 250],
    ]);
    expect(at.logged).toStrictEqual([['info', 'tones-waiting', { ...NAMES, waits: 0, delayMs: 1000 }]]);
  });

  test('with 249 ms left: the request expires', async () => {
    const at = claimed();
    expect(await record(at, { kind: 'not-permitted' }, undefined, { expiresAt: T0 + 249 })).toBe('expired');
    expect(at.journal).toStrictEqual([
      [
        'outcomes.merge',
        'me',
        {
          status: 'expired',
          finishedAt: T0,
          errorCode: 'expired',
          errorMessage:
            'The deadline passed before the tones could be pressed; they were never pressed. Give more time with expiresInSeconds if that is too strict.',
        },
        'v1',
      ],
    ]);
    expect(at.logged).toStrictEqual([
      ['warn', 'request-ended', { ...NAMES, status: 'expired', by: 'press', code: 'expired' }],
    ]);
  });
});

describe('Graph refused for the moment', () => {
  test.each([
    ['the first time', 0, undefined, 1000],
    ['the third time', 2, undefined, 4000],
    ['ever again', 9, undefined, 5000],
    ['with a Retry-After longer than the wait', 1, 2001, 2001],
    ['with a Retry-After shorter than the wait', 1, 1999, 2000],
    ['with a Retry-After longer than the longest wait', 0, 59_750, 59_750],
  ])('%s: the not-before time is written, then the copy is queued', async (_what, waits, retryAfterMs, delayMs) => {
    const at = claimed();
    expect(await record(at, refused('later', { ...(retryAfterMs && { retryAfterMs }) }), SENT, { waits })).toBe(
      'waiting',
    );
    expect(at.journal).toStrictEqual([
      [
        'outcomes.merge',
        'me',
        { status: 'accepted', claimId: '', copyId: '', notBefore: T0 + delayMs, waitCode: 'throttled' },
        'v1',
      ],
      ['queue.enqueueOnce', { ...MESSAGE, etag: 'v2', waits: waits + 1 }, delayMs],
    ]);
    expect(at.logged).toStrictEqual([
      ['info', 'tones-waiting', { ...NAMES, waitingFor: 'graph-refusal', code: 'throttled', waits, delayMs }],
    ]);
  });

  test('and said why: that is kept for the one who reads the outcome', async () => {
    const at = claimed();
    await record(at, refused('later', { fault: { code: 'media-busy', detail: 'HTTP 400, Graph code 8501' } }), SENT);
    expect(at.row('me')).toMatchObject({ waitCode: 'media-busy', waitDetail: 'HTTP 400, Graph code 8501' });
  });

  test('with exactly 250 ms left after the wait: there is another attempt', async () => {
    const at = claimed();
    expect(await record(at, refused('later', { retryAfterMs: 4000 }), SENT, { expiresAt: T0 + 4250 })).toBe('waiting');
  });

  test('with 249 ms left after the wait: it failed', async () => {
    const at = claimed();
    expect(await record(at, refused('later', { retryAfterMs: 4000 }), SENT, { expiresAt: T0 + 4249 })).toBe('recorded');
    expect(at.journal).toStrictEqual([
      ['outcomes.merge', 'me', { status: 'failed', finishedAt: T0, sentAt: SENT, ...THROTTLED }, 'v1'],
    ]);
    expect(at.queued).toEqual([]);
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, status: 'failed', by: 'press', code: 'throttled' }],
    ]);
  });
});

describe('Graph refused for good', () => {
  test.each([
    ['in an answer', true, SENT, { sentAt: SENT }],
    ['without having been reached', false, SENT, {}],
    ['before anything was sent', true, undefined, {}],
  ])('%s: it failed', async (_what, answered, sentAt, known) => {
    const at = claimed();
    expect(await record(at, refused('never', { answered }), sentAt)).toBe('recorded');
    expect(at.journal).toStrictEqual([
      ['outcomes.merge', 'me', { status: 'failed', finishedAt: T0, ...known, ...THROTTLED }, 'v1'],
    ]);
  });
});

test('no attempt leaves a tone in the row or in the log', async () => {
  for (const reply of [
    { kind: 'running' },
    { kind: 'not-permitted' },
    { kind: 'uncertain', fault: { code: 'graph-timeout' } },
    refused('never'),
    refused('later'),
  ] satisfies PressReply[]) {
    const at = claimed();
    await record(at, reply, SENT);
    expect(at.keptText()).not.toMatch(/tone7|star|pound/);
  }
});
