// What each answer of Graph means for a press: running, ended, certainly not pressed, or uncertain.
// Unit tests of shared/graph/post-reply and shared/graph/send-dtmf-tones, which stands on it.
import type { Exchange } from '../../../shared/graph/exchange';
import { toPostReply } from '../../../shared/graph/post-reply';
import { toPressReply } from '../../../shared/graph/send-dtmf-tones';
import type { Press } from '../../../shared/tones/ports/graph-calls';

const PRESS: Press = {
  callId: '57dab8b1-894c-409a-b240-bd8beae78896',
  clientContext: 'order-42',
  tones: ['tone1', 'tone2', 'tone3', 'tone4'],
};
const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const OPERATION_ID = 'd36fe651-9f50-484d-bd4b-1e6415eae448';

function replyTo(status: number, body?: unknown, headers: { location?: string; retryAfter?: string } = {}) {
  return toPressReply(toPostReply({ kind: 'reply', status, body, ...headers }, NOW), PRESS);
}

describe('2xx', () => {
  test.each(['notStarted', 'running', 'Running', null, undefined, 'somethingNew'])('status %j is running', (status) => {
    expect(replyTo(200, { status, id: OPERATION_ID })).toEqual({ kind: 'running', operationId: OPERATION_ID });
  });

  test('the id of the body comes before the one of Location, whose call id tells nothing', () => {
    const location = 'https://graph.microsoft.com/beta/communications/calls/other/operations/from-location';
    expect(replyTo(200, { status: 'running', id: 'from-body' }, { location })).toEqual({
      kind: 'running',
      operationId: 'from-body',
    });
    expect(replyTo(200, { status: 'running' }, { location })).toEqual({
      kind: 'running',
      operationId: 'from-location',
    });
    expect(replyTo(200, { status: 'running' }, { location: '/app/calls/x/operations/abc/?x=1' })).toEqual({
      kind: 'running',
      operationId: 'abc',
    });
    expect(
      replyTo(200, { status: 'running' }, { location: 'https://graph.microsoft.com/v1.0/communications/calls/x' }),
    ).toEqual({ kind: 'running' });
  });

  test.each([
    ['/app/calls/x/operations/abc?x=1', 'abc'],
    ['/app/calls/x/operations/abc#x', 'abc'],
    ['/app/calls/x/operations/abc/', 'abc'],
    ['/app/calls/x/operations/abc/more', undefined],
    ['/app/calls/x/operations/a b', undefined],
  ])('the Location %s names the operation %p', (location, operationId) => {
    expect(replyTo(200, undefined, { location })).toStrictEqual({
      kind: 'running',
      ...(operationId !== undefined && { operationId }),
    });
  });

  test.each([200, 202, 204])('HTTP %i whose body cannot be read is running', (status) => {
    expect(replyTo(status)).toStrictEqual({ kind: 'running' });
    expect(replyTo(status, ['completed'])).toEqual({ kind: 'running' });
  });

  test('every 2xx is taken, and what it does not say is absent', () => {
    for (const status of [200, 299])
      expect(toPostReply({ kind: 'reply', status, body: 1 }, NOW)).toStrictEqual({ kind: 'taken', body: 1 });
  });

  test('completed is the end, with what the body tells', () => {
    const body = {
      id: OPERATION_ID,
      status: 'Completed',
      completionReason: 'CompletedSuccessfully',
      clientContext: 'another',
      resultInfo: { code: '200', subcode: '0' },
    };
    expect(replyTo(200, body)).toEqual({
      kind: 'ended',
      report: {
        clientContext: 'order-42',
        callId: PRESS.callId,
        operationId: OPERATION_ID,
        status: 'completed',
        completionReason: 'completedSuccessfully',
        resultInfo: { code: 200, subcode: 0 },
      },
    });
  });

  test('failed is the end too, its operation id from Location if need be', () => {
    expect(
      replyTo(200, { status: 'failed', resultInfo: { code: 500, subcode: 8500 } }, { location: '/operations/o-1' }),
    ).toEqual({
      kind: 'ended',
      report: {
        clientContext: 'order-42',
        callId: PRESS.callId,
        operationId: 'o-1',
        status: 'failed',
        resultInfo: { code: 500, subcode: 8500 },
      },
    });
  });
});

/** An error within that many others. */
function nested(depth: number, error: object): object {
  return depth === 0 ? error : { innerError: nested(depth - 1, error) };
}

describe('4xx', () => {
  test('a Retry-After beside a refusal for good means nothing', () => {
    expect(replyTo(404, undefined, { retryAfter: '7' })).toEqual({
      kind: 'refused',
      fault: { code: 'call-not-found', detail: 'HTTP 404' },
      again: 'never',
      answered: true,
    });
  });

  test.each([
    [{ error: { code: '8522', message: 'x' } }, 'call-not-found', 'HTTP 404, Graph code 8522'],
    [{ error: { code: 8522 } }, 'call-not-found', 'HTTP 404, Graph code 8522'],
    [{ error: { code: 'X8522', innerError: { code: '8528' } } }, 'call-terminated', 'HTTP 404, Graph code 8528'],
    [{ error: { code: '8522x', innerError: { code: '8528' } } }, 'call-terminated', 'HTTP 404, Graph code 8528'],
    [{ error: nested(4, { code: '8528' }) }, 'call-terminated', 'HTTP 404, Graph code 8528'],
    [{ error: nested(5, { code: '8528' }) }, 'call-not-found', 'HTTP 404'],
    [{ error: { code: null } }, 'call-not-found', 'HTTP 404'],
    [
      { error: { code: 'UnknownError', message: ['{"errorCode":"8523"}'] } },
      'call-not-found',
      'HTTP 404, Graph code UnknownError',
    ],
    [{ error: { code: 'NotFound', innerError: { code: '8528' } } }, 'call-terminated', 'HTTP 404, Graph code 8528'],
    [
      { error: { code: 'NotFound', innererror: { innererror: { code: 8543 } } } },
      'call-does-not-exist',
      'HTTP 404, Graph code 8543',
    ],
    [
      { error: { code: 'UnknownError', message: '{"errorCode":"8523","message":"…"}' } },
      'invalid-argument',
      'HTTP 404, Graph code 8523',
    ],
    [{ error: { code: 'UnknownError', message: '{no json' } }, 'call-not-found', 'HTTP 404, Graph code UnknownError'],
    [{ error: { code: '9876' } }, 'call-not-found', 'HTTP 404, Graph code 9876'],
    [{ error: { code: 'with tones 1 2 3 4' } }, 'call-not-found', 'HTTP 404'],
    [{ error: 'NotFound' }, 'call-not-found', 'HTTP 404'],
    [undefined, 'call-not-found', 'HTTP 404'],
    [{ code: '8522' }, 'call-not-found', 'HTTP 404'],
  ])('the code in %j is found', (body, code, detail) => {
    expect(replyTo(404, body)).toEqual({ kind: 'refused', fault: { code, detail }, again: 'never', answered: true });
  });

  test('a permanent refusal is never asked again, one for the moment is', () => {
    expect(replyTo(403, { error: { code: '7504' } })).toMatchObject({
      kind: 'refused',
      fault: { code: 'permission-missing' },
      again: 'never',
    });
    expect(replyTo(400, { error: { code: '8501' } })).toMatchObject({
      kind: 'refused',
      fault: { code: 'call-not-established' },
      again: 'later',
    });
    expect(replyTo(409)).toMatchObject({ kind: 'refused', fault: { code: 'operation-conflict' }, again: 'later' });
  });

  test("Graph's text is nowhere in the reply: it could repeat the tones", () => {
    const text = 'tones 1234 refused';
    const reply = replyTo(400, { error: { code: '8523', message: text, innerError: { message: text } } });
    expect(JSON.stringify(reply)).not.toContain('1234');
  });

  test('8508 is a canceled operation', () => {
    expect(replyTo(400, { error: { code: '8508' } })).toEqual({
      kind: 'ended',
      report: {
        clientContext: 'order-42',
        callId: PRESS.callId,
        status: 'failed',
        resultInfo: { code: 400, subcode: 8508 },
      },
    });
  });

  test.each([
    ['7', 7000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['999999999999', 86_400_000],
    ['soon', undefined],
  ])('Retry-After %j means %j ms', (retryAfter, retryAfterMs) => {
    expect(replyTo(429, undefined, { retryAfter })).toEqual({
      kind: 'refused',
      fault: { code: 'throttled', detail: 'HTTP 429' },
      again: 'later',
      answered: true,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  });

  test.each([402, 405, 406, 410, 411, 413, 414, 415, 417, 418, 421, 422, 423, 424, 425, 426, 428, 431, 451, 498])(
    'HTTP %i is refused for good',
    (status) => {
      expect(replyTo(status)).toEqual({
        kind: 'refused',
        fault: { code: 'graph-refused', detail: `HTTP ${status}` },
        again: 'never',
        answered: true,
      });
    },
  );

  test('408 and 499 are uncertain', () => {
    expect(replyTo(408, { error: { code: '8522' } })).toEqual({
      kind: 'uncertain',
      fault: { code: 'graph-timeout', detail: 'HTTP 408, Graph code 8522' },
    });
    expect(replyTo(499)).toEqual({ kind: 'uncertain', fault: { code: 'graph-connection-lost', detail: 'HTTP 499' } });
  });
});

test.each([500, 501, 502, 503, 504, 507, 599])('HTTP %i is uncertain, whatever its code says', (status) => {
  for (const code of ['9001', '9998', 'UnknownError', '8522', '8501', '8508']) {
    expect(replyTo(status, { error: { code } }, { retryAfter: '1' })).toEqual({
      kind: 'uncertain',
      fault: { code: 'graph-fault', detail: `HTTP ${status}, Graph code ${code}` },
    });
  }
});

test('a redirect that asks to go elsewhere is a refusal; one that may mean "done" is uncertain', () => {
  for (const status of [301, 307, 308])
    expect(replyTo(status)).toMatchObject({ kind: 'refused', fault: { code: 'graph-refused' }, again: 'never' });
  for (const status of [300, 302, 303, 304])
    expect(replyTo(status)).toMatchObject({ kind: 'uncertain', fault: { code: 'graph-fault' } });
  // An opaque redirect, as the standard has it.
  expect(replyTo(0)).toMatchObject({ kind: 'uncertain' });
});

test.each([
  [
    { kind: 'not-connected', code: 'ECONNREFUSED' },
    { kind: 'refused', fault: { code: 'graph-unreachable', detail: 'ECONNREFUSED' }, again: 'later', answered: false },
  ],
  [
    { kind: 'not-connected' },
    { kind: 'refused', fault: { code: 'graph-unreachable' }, again: 'later', answered: false },
  ],
  [{ kind: 'timeout' }, { kind: 'uncertain', fault: { code: 'graph-timeout' } }],
  [
    { kind: 'lost', code: 'ECONNRESET' },
    { kind: 'uncertain', fault: { code: 'graph-connection-lost', detail: 'ECONNRESET' } },
  ],
] as [Exchange, unknown][])('%j means %j', (exchange, reply) => {
  expect(toPressReply(toPostReply(exchange, NOW), PRESS)).toStrictEqual(reply);
});
