// A POST to a call, whatever its verb: where it goes, what it carries, and the permit and the refusals that every verb shares.
// Unit tests of shared/graph/post; against real sockets: test/integration/send-dtmf-tones.test.ts.
import type * as GraphClient from '@microsoft/microsoft-graph-client';
import { callPathTemplate, makePostToCall } from '../../../shared/graph/post';
import type { GraphSettings } from '../../../shared/settings/graph-settings';
import type { PressPermit } from '../../../shared/tones/ports/graph-calls';

const SETTINGS: GraphSettings = {
  clientId: '11111111-2222-4333-8444-555555555555',
  tenantIds: [],
  credential: { kind: 'managed-identity' },
  cloud: 'global',
  baseUrl: 'https://graph.microsoft.com',
  authorityHost: 'https://login.microsoftonline.com',
  authorityOverridden: false,
  scope: 'https://graph.microsoft.com/.default',
  apiVersion: 'v1.0',
  callsPath: 'communications',
};
const GO = (): PressPermit => ({ kind: 'go', timeoutMs: 5000 });
const SUBSCRIBE = { callId: '57dab8b1', verb: 'subscribeToTone', body: { clientContext: 'order-42' } };

function postAnswered(response: Response) {
  const sent: { readonly url: string; readonly init: RequestInit | undefined }[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    sent.push({ url: input instanceof Request ? input.url : String(input), init });
    return response;
  };
  const tokenSource = { getToken: async () => ({ kind: 'token' as const, token: 'token-1' }) };
  return { post: makePostToCall({ settings: SETTINGS, tokenSource, fetch, now: () => 0 }), sent };
}

test('another verb has its own path and body, and the body of the answer as it came', async () => {
  const headers = { Location: '/operations/o-1' };
  const { post, sent } = postAnswered(new Response('{"status":"running"}', { status: 200, headers }));
  expect(await post(SUBSCRIBE, GO)).toEqual({
    kind: 'taken',
    body: { status: 'running' },
    location: '/operations/o-1',
  });
  expect(sent.map(({ url }) => url)).toEqual([
    'https://graph.microsoft.com/v1.0/communications/calls/57dab8b1/subscribeToTone',
  ]);
  expect(sent[0]?.init?.headers).toMatchObject({ Authorization: 'Bearer token-1' });
  expect(await new Response(sent[0]?.init?.body).text()).toBe('{"clientContext":"order-42"}');
});

test('a refusal is the same for every verb', async () => {
  const { post } = postAnswered(new Response('{"error":{"code":"8522"}}', { status: 404 }));
  expect(await post(SUBSCRIBE, GO)).toEqual({
    kind: 'refused',
    fault: { code: 'call-not-found', detail: 'HTTP 404, Graph code 8522' },
    again: 'never',
    answered: true,
  });
});

test('without a permit nothing is sent', async () => {
  const { post, sent } = postAnswered(new Response('{}'));
  expect(await post(SUBSCRIBE, () => ({ kind: 'no' }))).toEqual({ kind: 'not-permitted' });
  expect(sent).toEqual([]);
});

test('a callId that is no path segment is refused, and nothing is sent', async () => {
  const { post, sent } = postAnswered(new Response('{}'));
  expect(await post({ ...SUBSCRIBE, callId: '../users' }, GO)).toMatchObject({
    kind: 'refused',
    fault: { code: 'invalid-argument', detail: 'callId' },
  });
  expect(sent).toEqual([]);
});

test.each([
  ['Error', new Error('s3cret')],
  ['string', 's3cret'],
  ['object', { code: 42 }],
])('a library that cannot be loaded is a fault of ours, known by its kind (%s) alone', async (detail, thrown) => {
  jest.resetModules();
  jest.doMock('@microsoft/microsoft-graph-client', () => {
    throw thrown as Error;
  });
  const { makePostToCall: makeWithoutLibrary } = jest.requireActual<{ makePostToCall: typeof makePostToCall }>(
    '../../../shared/graph/post',
  );
  const tokenSource = { getToken: async () => ({ kind: 'token' as const, token: 'token-1' }) };
  const post = makeWithoutLibrary({ settings: SETTINGS, tokenSource, now: () => 0 });
  expect(await post(SUBSCRIBE, GO)).toEqual({
    kind: 'refused',
    fault: { code: 'delivery-failed', detail },
    again: 'never',
    answered: false,
  });
  jest.dontMock('@microsoft/microsoft-graph-client');
});

describe("whatever Graph's client makes of it", () => {
  afterEach(() => jest.dontMock('@microsoft/microsoft-graph-client'));

  type Execute = (context: { request: unknown }) => Promise<void>;

  /** As above, with a client that calls our chain in this way. */
  function postThrough(call: (execute: Execute, context: { request: unknown }) => Promise<void>) {
    jest.resetModules();
    jest.doMock('@microsoft/microsoft-graph-client', () => {
      const actual = jest.requireActual<typeof GraphClient>('@microsoft/microsoft-graph-client');
      const initWithMiddleware: typeof actual.Client.initWithMiddleware = ({ middleware, ...options }) => {
        const own = middleware as unknown as { execute: Execute };
        const execute: Execute = (context) => call((given) => own.execute(given), context);
        return actual.Client.initWithMiddleware({ ...options, middleware: { execute } });
      };
      return { ...actual, Client: { initWithMiddleware } };
    });
    const { makePostToCall: makeThrough } = jest.requireActual<{ makePostToCall: typeof makePostToCall }>(
      '../../../shared/graph/post',
    );
    let sent = 0;
    const fetch = async () => {
      sent += 1;
      return new Response('{"status":"running"}');
    };
    const tokenSource = { getToken: async () => ({ kind: 'token' as const, token: 'token-1' }) };
    const post = makeThrough({ settings: SETTINGS, tokenSource, fetch, now: () => 0 });
    return async () => ({ reply: await post(SUBSCRIBE, GO), sent });
  }

  test('the answer stands, also where it breaks after it', async () => {
    const post = postThrough(async (execute, context) => {
      await execute(context);
      throw new Error('it broke');
    });
    expect(await post()).toEqual({ reply: { kind: 'taken', body: { status: 'running' } }, sent: 1 });
  });

  test.each([
    'https://graph.microsoft.com/v1.0/communications/calls/57dab8b1/other',
    'https://evil.example/',
    undefined,
  ])('a request to another URL (%p) is not sent', async (request) => {
    const post = postThrough((execute, context) => execute(Object.assign(context, { request })));
    expect(await post()).toEqual({
      reply: { kind: 'refused', fault: { code: 'invalid-argument', detail: 'URL' }, again: 'never', answered: false },
      sent: 0,
    });
  });
});

test('the path for a trace names the verb, and nothing of the call', () => {
  const url = new URL('https://graph.microsoft.com/v1.0/communications/calls/57dab8b1/sendDtmfTones');
  expect(callPathTemplate(url)).toBe('/calls/{id}/sendDtmfTones');
});
