// forgetCallback: guards, faults named, and 204 whatever there is to forget.
import { makeForgetCallback, type ForgetCallbackDependencies } from '../../../functions/forget-callback';
import { eventLogOf } from '../../../shared/http/event-log';
import { headerOf, invocationOf, post, postText, problemOf } from '../../support/invocation';

const PATH = '/api/forgetCallback';

function setUp(changes: Partial<ForgetCallbackDependencies> = {}) {
  const forgotten: string[] = [];
  const invocation = invocationOf('forgetCallback');
  const handler = makeForgetCallback({
    log: eventLogOf(invocation.context),
    httpAuthLevel: 'function',
    forgetCallback: async (clientContext) => void forgotten.push(clientContext),
    ...changes,
  });
  return {
    ask: async (request: Parameters<typeof handler>[0]) =>
      (await handler(request, invocation.context)) as Record<string, unknown> & { status: number },
    forgotten,
    invocation,
  };
}

test('the callback of the clientContext is forgotten: 204 without a body', async () => {
  const { ask, forgotten } = setUp();
  const response = await ask(post(PATH, { clientContext: ' order-42 ' }));
  expect(response).toEqual({ status: 204, headers: { 'Cache-Control': 'no-store' } });
  expect(forgotten).toEqual([' order-42 ']);
});

test('every fault is named at once, and nothing is forgotten', async () => {
  const { ask, forgotten } = setUp();
  const response = await ask(post(PATH, { clientContext: 'é', callId: 'c' }));
  expect(response.status).toBe(400);
  expect(problemOf(response)).toMatchObject({
    errors: [
      { pointer: '/clientContext', detail: 'must be 1 to 256 printable ASCII characters' },
      { pointer: '/callId', detail: 'is not a field of this request' },
    ],
  });
  expect(forgotten).toEqual([]);
});

test.each([
  [postText(PATH, '{', { 'content-type': 'application/json' }), 400],
  [postText(PATH, '{}', {}), 415],
  [postText(PATH, 'x'.repeat(17_000), { 'content-type': 'application/json' }), 413],
])('what is no JSON request is refused', async (request, status) => {
  expect((await setUp().ask(request)).status).toBe(status);
});

test('a fault of storage is 503, to be asked again', async () => {
  const { ask, invocation } = setUp({
    forgetCallback: async () => {
      throw new Error('s3cret');
    },
  });
  const response = await ask(post(PATH, { clientContext: 'order-42' }));
  expect([response.status, headerOf(response, 'Retry-After')]).toEqual([503, '2']);
  expect(invocation.events).toEqual(['error storage-failed']);
  expect(invocation.lines.join()).not.toContain('s3cret');
});

test('where the platform authenticates, a caller without a principal is refused', async () => {
  const { ask, forgotten } = setUp({ httpAuthLevel: 'anonymous' });
  expect((await ask(post(PATH, { clientContext: 'order-42' }))).status).toBe(401);
  expect(
    (await ask(post(PATH, { clientContext: 'order-42' }, { 'x-ms-client-principal-id': 'somebody' }))).status,
  ).toBe(204);
  expect(forgotten).toEqual(['order-42']);
});
