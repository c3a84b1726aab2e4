// enqueueTones: guards, faults named at once, and what is answered to what the rules decide.
import { makeEnqueueTones, type EnqueueTonesDependencies } from '../../../functions/enqueue-tones';
import { eventLogOf } from '../../../shared/http/event-log';
import type { Acceptance } from '../../../shared/tones/delivery/accept-tones';
import type { OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import { headerOf, invocationOf, post, postText, problemOf } from '../../support/invocation';

const PATH = '/api/enqueueTones';
const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const ROW: OutcomeFacts = {
  clientContext: 'order-42',
  callId: CALL,
  status: 'accepted',
  toneCount: 3,
  acceptedAt: T0,
  expiresAt: T0 + 60_000,
  statusToken: 'T0ken',
  fingerprint: 'f',
  after: '',
};

function setUp(
  acceptance: Acceptance | Error = { kind: 'accepted', row: ROW, repeated: false },
  changes: Partial<EnqueueTonesDependencies> = {},
) {
  const requests: ToneRequest[] = [];
  const invocation = invocationOf('enqueueTones');
  const handler = makeEnqueueTones({
    log: eventLogOf(invocation.context),
    clock: { now: () => T0 },
    random: { uuid: () => '00000000-0000-4000-8000-000000000001', token: () => 'unused' },
    limits: { maxTones: 50, defaultExpiresInSeconds: 60, callbackHosts: ['*.logic.azure.com'] },
    publicUrl: {},
    httpAuthLevel: 'function',
    readOutcome: () => Promise.reject(new Error('nobody preferred to wait')),
    subscribe: async () => ROW,
    accept: async (request) => {
      requests.push(request);
      if (acceptance instanceof Error) throw acceptance;
      return acceptance;
    },
    ...changes,
  });
  return {
    ask: async (request: Parameters<typeof handler>[0]) =>
      (await handler(request, invocation.context)) as Record<string, unknown> & { status: number },
    requests,
    invocation,
  };
}

test('an accepted request is 202 with the absolute status URL, whole seconds to wait, and the outcome', async () => {
  const { ask, requests } = setUp();
  const response = await ask(
    post(PATH, {
      callId: CALL,
      digits: '42#',
      delayBetweenTonesMs: 300,
      clientContext: 'order-42',
      expiresInSeconds: 30,
    }),
  );
  expect(response.status).toBe(202);
  expect(headerOf(response, 'Location')).toBe(
    'http://functions.test:7071/api/toneStatus?clientContext=order-42&token=T0ken',
  );
  expect(headerOf(response, 'Retry-After')).toBe('1');
  expect(headerOf(response, 'Cache-Control')).toBe('no-store');
  expect(response['jsonBody']).toEqual({
    clientContext: 'order-42',
    callId: CALL,
    status: 'accepted',
    toneCount: 3,
    acceptedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T00:01:00.000Z',
  });
  expect(requests).toEqual([
    {
      callId: CALL,
      tones: ['tone4', 'tone2', 'pound'],
      delayBetweenTonesMs: 300,
      clientContext: 'order-42',
      expiresInSeconds: 30,
    },
  ]);
});

test('a repetition of a request that has ended is 202 with the outcome as it stands', async () => {
  const { ask } = setUp({ kind: 'accepted', row: { ...ROW, status: 'succeeded', operationId: 'op' }, repeated: true });
  const response = await ask(post(PATH, { callId: CALL, digits: '42#', clientContext: 'order-42' }));
  expect(response.status).toBe(202);
  expect(response['jsonBody']).toMatchObject({ status: 'succeeded', operationId: 'op' });
});

test('without a clientContext the request gets a new UUID, without a deadline the default', async () => {
  const { ask, requests } = setUp();
  await ask(post(PATH, { callId: CALL, tones: ['flash'] }));
  expect(requests).toEqual([
    { callId: CALL, tones: ['flash'], clientContext: '00000000-0000-4000-8000-000000000001', expiresInSeconds: 60 },
  ]);
});

test('a clientContext of another request is 409', async () => {
  const { ask } = setUp({ kind: 'reused' });
  const response = await ask(post(PATH, { callId: CALL, digits: '1', clientContext: 'order-42' }));
  expect(problemOf(response)).toEqual({
    type: 'urn:problem:client-context-reused',
    title: 'The clientContext belongs to a different request.',
    status: 409,
    detail: 'Another request was made under this clientContext. Use a new one for every new request.',
  });
});

test('every fault of a body is named at once, and none of its values', async () => {
  const { ask, requests } = setUp();
  const response = await ask(
    post(PATH, {
      callId: '../users',
      tones: ['tone1', 'tone10'],
      digits: '4x7',
      delayBetweenTonesMs: 60_001,
      expiresInSeconds: 0,
      clientContext: '',
      'pin/code': '9876',
    }),
  );
  expect(response.status).toBe(400);
  const { errors, type, detail } = problemOf(response) as {
    errors: { pointer: string }[];
    type: string;
    detail: string;
  };
  expect(type).toBe('urn:problem:invalid-request');
  expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
    '',
    '/callId',
    '/clientContext',
    '/delayBetweenTonesMs',
    '/digits',
    '/expiresInSeconds',
    '/pin~1code',
    '/tones/1',
  ]);
  expect(detail).toContain('has 8 faults; errors');
  expect(JSON.stringify(response)).not.toMatch(/4x7|tone10\b|9876|users/);
  expect(requests).toEqual([]);
});

test('guards come in order: no principal, then the media type, then the size, then the syntax', async () => {
  const anonymous = setUp(undefined, { httpAuthLevel: 'anonymous' });
  expect((await anonymous.ask(postText(PATH, 'x', { 'content-type': 'text/plain' }))).status).toBe(401);
  const { ask } = setUp();
  expect((await ask(postText(PATH, 'x', { 'content-type': 'text/plain' }))).status).toBe(415);
  expect((await ask(postText(PATH, 'x'.repeat(16_385), { 'content-type': 'application/json' }))).status).toBe(413);
  expect((await ask(postText(PATH, 'x'.repeat(16_384), { 'content-type': 'application/json' }))).status).toBe(400);
});

test('when storage fails the caller is told to ask again, and the log names no message of the error', async () => {
  const { ask, invocation } = setUp(new Error('tone4 tone2 pound'));
  const response = await ask(post(PATH, { callId: CALL, digits: '42#', clientContext: 'order-42' }));
  expect(response.status).toBe(503);
  expect(headerOf(response, 'Retry-After')).toBe('2');
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:storage-unavailable' });
  expect(invocation.events).toEqual(['error storage-failed']);
  expect(`${invocation.lines.join()}${JSON.stringify(response)}`).not.toMatch(/tone4|42#/);
});

describe('where the caller prefers to wait', () => {
  const body = { callId: CALL, digits: '42#', clientContext: 'order-42' };
  const ENDED: OutcomeFacts = { ...ROW, status: 'succeeded', finishedAt: T0 + 900 };
  const WAIT = { Prefer: 'wait=5' };
  const seenOf = (response: Parameters<typeof headerOf>[0]) => [
    response.status,
    headerOf(response, 'Preference-Applied'),
    headerOf(response, 'Location') !== null,
    headerOf(response, 'Retry-After'),
  ];

  test('the answer is 200 with the outcome once it has ended', async () => {
    const asked: string[] = [];
    const { ask } = setUp(undefined, { readOutcome: async (name) => (asked.push(name), ENDED) });
    const response = await ask(post(PATH, body, WAIT));
    expect(seenOf(response)).toEqual([200, 'wait=5', false, null]);
    expect(response['jsonBody']).toMatchObject({ status: 'succeeded', finishedAt: '2026-01-01T00:00:00.900Z' });
    expect(asked).toEqual(['order-42']);
  });

  test('a repetition of what has ended is 200, too, at once', async () => {
    const { ask } = setUp({ kind: 'accepted', row: ENDED, repeated: true });
    expect(seenOf(await ask(post(PATH, body, WAIT)))).toEqual([200, 'wait=5', false, null]);
  });

  test('when the time is over the answer is 202 as it would have been, with how it stands', async () => {
    let now = T0;
    const { ask } = setUp(undefined, {
      clock: { now: () => now },
      readOutcome: async () => ((now = T0 + 5000), { ...ROW, status: 'running' }),
    });
    const response = await ask(post(PATH, body, WAIT));
    expect(seenOf(response)).toEqual([202, 'wait=5', true, '1']);
    expect(response['jsonBody']).toMatchObject({ status: 'running' });
  });

  test.each(['wait=0', 'wait=soon', 'respond-async'])('%p is no wait: 202 at once', async (Prefer) => {
    const { ask } = setUp({ kind: 'accepted', row: ENDED, repeated: true });
    expect(seenOf(await ask(post(PATH, body, { Prefer })))).toEqual([202, null, true, '1']);
  });

  test('with a callback it is 200 with the Location, as ever, and the outcome that was waited for', async () => {
    const { ask } = setUp(undefined, { readOutcome: async () => ENDED });
    const callbackUrl = 'https://prod-1.westeurope.logic.azure.com/workflows/1?sig=s3cret';
    const response = await ask(post(PATH, { ...body, callbackUrl }, WAIT));
    expect(seenOf(response)).toEqual([200, 'wait=5', true, null]);
    expect(response['jsonBody']).toMatchObject({ status: 'succeeded' });
  });

  test('what is refused is not waited for', async () => {
    expect(seenOf(await setUp({ kind: 'reused' }).ask(post(PATH, body, WAIT)))).toEqual([409, null, false, null]);
    expect(seenOf(await setUp().ask(post(PATH, {}, WAIT)))).toEqual([400, null, false, null]);
  });
});

describe('with a callbackUrl', () => {
  const CALLBACK = 'https://prod-1.westeurope.logic.azure.com/workflows/1?sig=s3cret';
  const body = { callId: CALL, digits: '42#', clientContext: 'order-42', callbackUrl: CALLBACK };

  test('the answer is 200, so that a webhook action does not poll, with the outcome as it stands after the subscription', async () => {
    const subscribed: unknown[][] = [];
    const { ask, requests, invocation } = setUp(undefined, {
      subscribe: async (...given) => (subscribed.push(given), { ...ROW, status: 'running' }),
    });
    const response = await ask(post(PATH, body));
    expect([response.status, headerOf(response, 'Location'), headerOf(response, 'Retry-After')]).toEqual([
      200,
      'http://functions.test:7071/api/toneStatus?clientContext=order-42&token=T0ken',
      null,
    ]);
    expect(response['jsonBody']).toMatchObject({ clientContext: 'order-42', status: 'running' });
    expect(requests).toMatchObject([{ callbackUrl: CALLBACK }]);
    expect(subscribed).toEqual([['order-42', CALLBACK]]);
    expect(`${invocation.lines.join()}${JSON.stringify(response)}`).not.toContain('s3cret');
  });

  test('a repetition sets its callback, too, also where the request has ended: it is answered as that stands', async () => {
    const subscribed: unknown[][] = [];
    const ended: OutcomeFacts = { ...ROW, status: 'succeeded', finishedAt: T0 + 5000 };
    const { ask } = setUp(
      { kind: 'accepted', row: ended, repeated: true },
      { subscribe: async (...given) => (subscribed.push(given), ended) },
    );
    const response = await ask(post(PATH, { ...body, callbackUrl: `${CALLBACK}-again` }));
    expect(response.status).toBe(200);
    expect(response['jsonBody']).toMatchObject({ clientContext: 'order-42', status: 'succeeded' });
    expect(subscribed).toEqual([['order-42', `${CALLBACK}-again`]]);
  });

  test('a 409 subscribes nobody: the callback of the other request stays its own', async () => {
    const subscribed: unknown[] = [];
    const { ask } = setUp(
      { kind: 'reused' },
      {
        subscribe: async (...given) => (subscribed.push(given), ROW),
      },
    );
    expect((await ask(post(PATH, body))).status).toBe(409);
    expect(subscribed).toEqual([]);
  });

  test('a subscription that cannot be stored is 503, so that the caller asks again', async () => {
    const { ask } = setUp(undefined, { subscribe: () => Promise.reject(new Error('s3cret')) });
    const response = await ask(post(PATH, body));
    expect(response.status).toBe(503);
    expect(JSON.stringify(response)).not.toContain('s3cret');
  });

  test('a URL that may not be called is named beside the other faults, without its text', async () => {
    const { ask } = setUp();
    const response = await ask(post(PATH, { ...body, digits: '', callbackUrl: 'https://evil.test/' }));
    expect((problemOf(response) as { errors: unknown }).errors).toEqual([
      { pointer: '/digits', detail: 'too few digits: 1 to 50 are allowed' },
      { pointer: '/callbackUrl', detail: 'must name a host that CALLBACK_HOSTS allows' },
    ]);
    expect(
      (await ask(post(PATH, { ...body, callbackUrl: `https://prod-1.logic.azure.com/${'x'.repeat(4096)}` }))).status,
    ).toBe(400);
    expect((await ask(post(PATH, { ...body, callbackUrl: 42 }))).status).toBe(400);
  });
});

test('requests of one call are accepted one after the other, in either spelling of its id; other calls do not wait', async () => {
  const under = new Map<string, () => void>();
  const { ask } = setUp(undefined, {
    accept: ({ clientContext }) =>
      new Promise((resolve) =>
        under.set(clientContext, () => resolve({ kind: 'accepted', row: ROW, repeated: false })),
      ),
  });
  const askAs = (clientContext: string, callId: string) => ask(post(PATH, { callId, digits: '1', clientContext }));
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const answers = [
    askAs('first', CALL),
    askAs('second', CALL.replaceAll('-', '').toUpperCase()),
    askAs('other', '00000000-0000-4000-8000-000000000009'),
  ];
  await settled();
  expect([...under.keys()]).toEqual(['first', 'other']);
  under.get('first')?.();
  await settled();
  expect([...under.keys()]).toEqual(['first', 'other', 'second']);
  for (const accept of under.values()) accept();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([202, 202, 202]);
});
