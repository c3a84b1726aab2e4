// What a caller that polls sees: toneStatus by the URL alone, toneOutcome with the function key, and Location however the app is reached.
import { request } from 'node:http';
import { startApp, type AppUnderTest } from '../../support/app-under-test';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const statusUrl = (query: string) => `${app.url}/api/toneStatus${query}`;

it('answers 202 with the same Location and Retry-After while it is pending, then 200 with the outcome', async () => {
  const callId = app.call({ scenario: 'notification-never' });
  const { clientContext, location } = await app.accept({ callId });
  await app.untilStatus({ clientContext }, 'running');
  const pending = await app.get(location);
  expect(pending.status).toBe(202);
  expect(pending.headers.get('location')).toBe(location);
  expect(pending.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(pending.headers.get('content-type')).toMatch(/^application\/json/);
  // What it waits for is read for people who ask by name, not for each poll.
  const { waitingFor, ...outcome } = await app.outcomeOf(clientContext);
  expect(waitingFor).toBe('graph-report');
  expect(pending.json).toEqual(outcome);
  expect(pending.json).toMatchObject({ clientContext, callId, status: 'running', toneCount: 2 });

  const {
    presses: [press],
  } = await app.seenOf(clientContext);
  const resourceData = {
    '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
    status: 'completed',
    completionReason: 'completedSuccessfully',
    clientContext,
    id: press?.operationId,
  };
  await app.notify({
    changeType: 'deleted',
    resourceUrl: `/communications/calls/${callId}/operations/${press?.operationId}`,
    resourceData,
  });
  const final = await app.get(location);
  expect(final.status).toBe(200);
  expect([final.headers.get('location'), final.headers.get('retry-after')]).toEqual([null, null]);
  expect(final.json).toMatchObject({ clientContext, status: 'succeeded' });
});

it('answers 200 also for tones that failed: a 5xx would make the caller ask again', async () => {
  const { location, clientContext } = await app.accept({ callId: app.call({ scenario: 'call-gone' }) });
  await app.untilStatus({ clientContext }, 'failed');
  expect((await app.get(location)).status).toBe(200);
});

it('answers a wrong token, an empty one and an unknown clientContext with the same bytes', async () => {
  const { location, clientContext } = await app.accept({});
  const token = new URL(location).searchParams.get('token') ?? '';
  const other = await app.accept({});
  const otherToken = new URL(other.location).searchParams.get('token') ?? '';
  const context = encodeURIComponent(clientContext);
  const queries = [
    `?clientContext=${context}&token=wrong`,
    `?clientContext=${context}&token=${otherToken}`,
    `?clientContext=${context}&token=${token.slice(0, -1)}`,
    `?clientContext=${context}&token=${token}0`,
    `?clientContext=${context}&token=${token.toLowerCase()}`,
    `?clientContext=${context}&token=`,
    `?clientContext=${context}`,
    `?clientContext=unknown&token=${token}`,
    '?clientContext=unknown&token=',
    `?clientContext=&token=${token}`,
    `?token=${token}`,
    `?clientContext=%C3%84&token=${token}`,
    '',
  ];
  const answers = await Promise.all(
    queries.map((query) => app.get(statusUrl(query), { 'x-functions-key': app.functionKey })),
  );
  expect(answers.map(({ status }) => status)).toEqual(queries.map(() => 404));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(
    new Set(
      answers.map(({ headers }) =>
        JSON.stringify([headers.get('content-type'), headers.get('cache-control'), [...headers.keys()]]),
      ),
    ),
  ).toEqual(
    new Set([JSON.stringify(['application/problem+json', 'no-store', [...(answers[0]?.headers.keys() ?? [])]])]),
  );
  expect(answers[0]?.json).toMatchObject({ type: 'urn:problem:not-found', status: 404 });
  await app.untilFinal({ clientContext, location });
});

it('toneOutcome answers by clientContext: 200, 404 where there is none, 400 where there can be none', async () => {
  const { outcome } = await app.ending({ clientContext: 'asked for' });
  const found = await app.toneOutcome('asked for');
  expect([found.status, found.json]).toEqual([200, outcome]);
  const missing = await app.toneOutcome('never made');
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  expect(missing.json).toMatchObject({ type: 'urn:problem:not-found', status: 404 });
  const key = { 'x-functions-key': app.functionKey };
  for (const query of [
    '',
    '?clientContext=',
    '?clientContext=%C3%84',
    `?clientContext=${'x'.repeat(257)}`,
    '?clientContext=a%0Ab',
  ]) {
    const invalid = await app.get(`${app.url}/api/toneOutcome${query}`, key);
    expect([query, invalid.status]).toEqual([query, 400]);
    expect(invalid.json).toMatchObject({
      type: 'urn:problem:invalid-request',
      errors: [{ detail: expect.any(String) as string }],
    });
  }
});

/** Sends the request with any Host header, which fetch would not. */
function locationVia(headers: Record<string, string>): Promise<string | undefined> {
  const body = JSON.stringify({ callId: app.call(), digits: '1' });
  return new Promise((resolve, reject) => {
    const own = {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      'x-functions-key': app.functionKey,
    };
    const sent = request(
      `${app.url}/api/enqueueTones`,
      { method: 'POST', headers: { ...own, ...headers } },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.headers.location));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

it('starts Location with the request’s own scheme and host, and trusts no forwarded header', async () => {
  const { location } = await app.accept({ clientContext: 'a/b c+d&e' });
  expect(location).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/api\/toneStatus\?clientContext=a%2Fb%20c%2Bd%26e&token=[\w-]+$/,
  );
  expect(location.startsWith(app.url)).toBe(true);
  await app.untilStatus({ clientContext: 'a/b c+d&e' }, 'succeeded');

  expect(await locationVia({ Host: 'tones.example:8080' })).toMatch(/^http:\/\/tones\.example:8080\/api\/toneStatus\?/);
  const forwarded = {
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Proto': 'https',
    Forwarded: 'host=evil.example;proto=https',
    'X-Original-URL': '/evil',
    'X-Forwarded-Prefix': '/evil',
  };
  expect((await locationVia(forwarded))?.startsWith(`${app.url}/api/toneStatus?`)).toBe(true);
});
