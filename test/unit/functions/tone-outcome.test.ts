// toneOutcome: one outcome for callers with the key.
import { makeToneOutcome } from '../../../functions/tone-outcome';
import { eventLogOf } from '../../../shared/http/event-log';
import type { OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import type { Waiting } from '../../../shared/tones/facts/waiting-for';
import { get, headerOf, invocationOf, problemOf } from '../../support/invocation';

const ROW: OutcomeFacts = {
  clientContext: 'a+b c',
  callId: 'c1',
  status: 'failed',
  errorCode: 'call-not-found',
  errorMessage: 'No call.',
  statusToken: 'secret',
  fingerprint: 'secret',
  claimId: 'secret',
};

const T0 = Date.parse('2026-01-01T00:00:00.000Z');

function setUp(
  row: OutcomeFacts | undefined | Error,
  httpAuthLevel: 'function' | 'anonymous' = 'function',
  waiting?: Waiting | Error,
) {
  const asked: string[] = [];
  const invocation = invocationOf('toneOutcome');
  const handler = makeToneOutcome({
    log: eventLogOf(invocation.context),
    clock: { now: () => T0 },
    httpAuthLevel,
    findWaiting: async () => {
      if (waiting instanceof Error) throw waiting;
      return waiting;
    },
    readOutcome: async (clientContext) => {
      asked.push(clientContext);
      if (row instanceof Error) throw row;
      return row;
    },
  });
  return {
    asked,
    invocation,
    ask: async (query: string, headers: Record<string, string> = {}) =>
      handler(get(`/api/toneOutcome${query}`, headers), invocation.context),
  };
}

test('an outcome is 200 and shows the contract’s fields only', async () => {
  const { ask, asked } = setUp(ROW);
  const response = await ask('?clientContext=a%2Bb+c');
  expect(asked).toEqual(['a+b c']);
  expect(response).toMatchObject({ status: 200, headers: { 'Cache-Control': 'no-store' } });
  expect((response as { jsonBody: unknown }).jsonBody).toEqual({
    clientContext: 'a+b c',
    callId: 'c1',
    status: 'failed',
    error: { code: 'call-not-found', message: 'No call.' },
  });
});

test('what an open request waits for is in its outcome', async () => {
  const { errorCode: _code, errorMessage: _message, ...open } = ROW;
  const { ask } = setUp({ ...open, status: 'accepted' }, 'function', {
    waitingFor: 'request-before',
    waitingBehind: 'order-41',
  });
  expect(await ask('?clientContext=x')).toMatchObject({
    jsonBody: { status: 'accepted', waitingFor: 'request-before', waitingBehind: 'order-41' },
  });
});

test('a caller who prefers to wait gets the end, and what the answer waited', async () => {
  const { ask, asked } = setUp(ROW);
  const response = (await ask('?clientContext=x', { Prefer: 'wait=3' })) ?? {};
  expect([response.status, headerOf(response, 'Preference-Applied')]).toEqual([200, 'wait=3']);
  expect(headerOf((await ask('?clientContext=x')) ?? {}, 'Preference-Applied')).toBeNull();
  // It had ended already: one look each.
  expect(asked).toEqual(['x', 'x']);
});

test('what it waits for cannot be read: 503, as for the outcome itself', async () => {
  const { ask, invocation } = setUp(ROW, 'function', new Error('s3cret'));
  expect(await ask('?clientContext=x')).toMatchObject({ status: 503 });
  expect(invocation.events).toEqual(['error storage-failed']);
});

test('spaces at the ends of a clientContext count', async () => {
  const { ask, asked } = setUp(ROW);
  await ask('?clientContext=%20x+');
  expect(asked).toEqual([' x ']);
});

test('an unknown clientContext is 404', async () => {
  const response = await setUp(undefined).ask('?clientContext=nobody');
  expect(problemOf(response ?? {})).toMatchObject({ type: 'urn:problem:not-found', status: 404 });
});

test.each([
  ['', 'none'],
  ['?clientContext=', 'an empty one'],
  ['?clientContext=%C3%A9', 'one beyond ASCII'],
  [`?clientContext=${'x'.repeat(257)}`, 'one too long'],
  ['?clientContext=a%0Ab', 'one with a line break'],
])('the query %p (%s) is 400 and storage is not asked', async (query) => {
  const { ask, asked } = setUp(ROW);
  const response = await ask(query);
  expect(problemOf(response ?? {})).toMatchObject({
    type: 'urn:problem:invalid-request',
    status: 400,
    errors: [{ parameter: 'clientContext', detail: 'must be 1 to 256 printable ASCII characters' }],
  });
  expect(asked).toEqual([]);
});

test.each(['?clientContext=a&clientContext=b', '?clientContext=a&clientContext=a', '?clientContext=&clientContext=a'])(
  'the query %p, which names it twice, is 400 and storage is not asked',
  async (query) => {
    const { ask, asked } = setUp(ROW);
    const response = await ask(query);
    expect(problemOf(response ?? {})).toMatchObject({
      type: 'urn:problem:invalid-request',
      status: 400,
      errors: [{ parameter: 'clientContext', detail: 'must be given once' }],
    });
    expect(asked).toEqual([]);
  },
);

test('where the platform authenticates, it must have named the caller', async () => {
  const { ask } = setUp(ROW, 'anonymous');
  expect(await ask('?clientContext=x')).toMatchObject({ status: 401 });
  expect(await ask('?clientContext=x', { 'x-ms-client-principal-id': 'b0b' })).toMatchObject({ status: 200 });
});

test('when storage fails it is 503 with Retry-After, and logged', async () => {
  const { ask, invocation } = setUp(new Error('down'));
  const response = await ask('?clientContext=x');
  expect(response).toMatchObject({ status: 503 });
  expect(headerOf(response ?? {}, 'Retry-After')).toBe('2');
  expect(invocation.events).toEqual(['error storage-failed']);
});
