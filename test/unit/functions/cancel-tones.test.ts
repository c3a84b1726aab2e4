// cancelTones: guards, faults named, and 200 or 202 as the request stands; the rules behind it are tested apart.
import { makeCancelTones, type CancelTonesDependencies } from '../../../functions/cancel-tones';
import { eventLogOf } from '../../../shared/http/event-log';
import type { OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import { headerOf, invocationOf, post, postText, problemOf } from '../../support/invocation';

const PATH = '/api/cancelTones';
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const CANCELED: OutcomeFacts = {
  clientContext: 'order-42',
  callId: 'c1',
  status: 'canceled',
  errorCode: 'canceled-by-caller',
  errorMessage: 'Cancelled.',
  statusToken: 'T0ken',
  fingerprint: 'secret',
  finishedAt: T0,
};
const RUNNING: OutcomeFacts = {
  clientContext: 'order-42',
  callId: 'c1',
  status: 'running',
  toneCount: 3,
  statusToken: 'T0ken',
  fingerprint: 'secret',
  cancelRequestedAt: T0,
};

function setUp(row: OutcomeFacts | Error = CANCELED, changes: Partial<CancelTonesDependencies> = {}) {
  const canceled: string[] = [];
  const invocation = invocationOf('cancelTones');
  const handler = makeCancelTones({
    log: eventLogOf(invocation.context),
    clock: { now: () => T0 },
    httpAuthLevel: 'function',
    publicUrl: {},
    readOutcome: () => Promise.reject(new Error('nobody preferred to wait')),
    cancel: async (clientContext) => {
      canceled.push(clientContext);
      if (row instanceof Error) throw row;
      return row;
    },
    ...changes,
  });
  return {
    ask: async (request: Parameters<typeof handler>[0]) =>
      (await handler(request, invocation.context)) as Record<string, unknown> & { status: number },
    canceled,
    invocation,
  };
}

test('what is canceled is 200 with the outcome, and without a Location', async () => {
  const { ask, canceled } = setUp();
  const response = await ask(post(PATH, { clientContext: ' order-42 ' }));
  expect(canceled).toEqual([' order-42 ']);
  expect(response).toEqual({
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    jsonBody: {
      clientContext: 'order-42',
      callId: 'c1',
      status: 'canceled',
      error: { code: 'canceled-by-caller', message: 'Cancelled.' },
      finishedAt: '2026-01-01T00:00:00.000Z',
    },
  });
});

test.each(['succeeded', 'failed', 'expired', 'unknown'] as const)(
  'what had ended is 200 as it stands: %s',
  async (status) => {
    const response = await setUp({ ...CANCELED, status }).ask(post(PATH, { clientContext: 'order-42' }));
    expect([response.status, response['jsonBody']]).toEqual([200, expect.objectContaining({ status })]);
  },
);

test.each(['sending', 'running'] as const)(
  'a part that goes on is 202, with where to ask again, and the mark is not in it: %s',
  async (status) => {
    const response = await setUp({ ...RUNNING, status }).ask(post(PATH, { clientContext: 'order-42' }));
    expect([
      response.status,
      headerOf(response, 'Location'),
      headerOf(response, 'Retry-After'),
      headerOf(response, 'Cache-Control'),
      headerOf(response, 'Preference-Applied'),
    ]).toEqual([
      202,
      'http://functions.test:7071/api/toneStatus?clientContext=order-42&token=T0ken',
      '1',
      'no-store',
      null,
    ]);
    expect(response['jsonBody']).toEqual({ clientContext: 'order-42', callId: 'c1', status, toneCount: 3 });
  },
);

test('a caller who prefers to wait is answered 200 when the part has ended', async () => {
  const read: string[] = [];
  const { ask } = setUp(RUNNING, {
    readOutcome: async (clientContext) => (read.push(clientContext), { ...CANCELED, playedToneCount: 2 }),
  });
  const response = await ask(post(PATH, { clientContext: 'order-42' }, { Prefer: 'wait=5' }));
  expect([response.status, headerOf(response, 'Preference-Applied'), headerOf(response, 'Location')]).toEqual([
    200,
    'wait=5',
    null,
  ]);
  expect(response['jsonBody']).toMatchObject({ status: 'canceled', playedToneCount: 2 });
  expect(read).toEqual(['order-42']);
});

test('a name of no request is 404, without waiting', async () => {
  const { ask } = setUp(CANCELED, { cancel: async () => undefined });
  const response = await ask(post(PATH, { clientContext: 'nobody' }, { Prefer: 'wait=5' }));
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:not-found', status: 404 });
  expect(JSON.stringify(response)).not.toContain('nobody');
});

test('every fault is named at once, and nothing is canceled', async () => {
  const { ask, canceled } = setUp();
  const response = await ask(post(PATH, { clientContext: 'é', callId: 'c' }));
  expect(response.status).toBe(400);
  expect(problemOf(response)).toMatchObject({
    errors: [
      { pointer: '/clientContext', detail: 'must be 1 to 256 printable ASCII characters' },
      { pointer: '/callId', detail: 'is not a field of this request' },
    ],
  });
  expect(canceled).toEqual([]);
});

test.each([
  [postText(PATH, '{', { 'content-type': 'application/json' }), 400],
  [post(PATH, []), 400],
  [post(PATH, null), 400],
  [post(PATH, { clientContext: null }), 400],
  [post(PATH, { clientContext: ['order-42'] }), 400],
  [postText(PATH, '{"clientContext":"order-42"}', {}), 415],
  [postText(PATH, '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }), 415],
  [postText(PATH, 'x'.repeat(16_385), { 'content-type': 'application/json' }), 413],
])('what is no cancellation is refused, and nothing is canceled (%#)', async (request, status) => {
  const { ask, canceled } = setUp();
  expect((await ask(request)).status).toBe(status);
  expect(canceled).toEqual([]);
});

test('a fault of storage is 503, to be asked again', async () => {
  const { ask, invocation } = setUp(new Error('s3cret'));
  const response = await ask(post(PATH, { clientContext: 'order-42' }));
  expect([response.status, headerOf(response, 'Retry-After')]).toEqual([503, '2']);
  expect(invocation.events).toEqual(['error storage-failed']);
  expect(invocation.lines.join()).not.toContain('s3cret');
});

test('where the platform authenticates, a caller without a principal cancels nothing', async () => {
  const { ask, canceled } = setUp(CANCELED, { httpAuthLevel: 'anonymous' });
  expect((await ask(post(PATH, { clientContext: 'order-42' }))).status).toBe(401);
  expect((await ask(post(PATH, { clientContext: 'order-42' }, { 'x-ms-client-principal-id': 'bob' }))).status).toBe(
    200,
  );
  expect(canceled).toEqual(['order-42']);
});
