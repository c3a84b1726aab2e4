// Keys, routes, methods, caching and health: what every HTTP function has in common. Graph cannot be reached in this stack.
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startApp, type AppUnderTest } from '../../support/app-under-test';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { GRAPH_BASE_URL: `http://127.0.0.1:${await portOfNobody()}` } });
});
afterAll(() => app.close());

async function portOfNobody(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const GOOD = {
  callId: '57dab8b1-894c-409a-b240-bd8beae78896',
  digits: '1',
  clientContext: 'by key',
  expiresInSeconds: 1,
};

it('fails unpressed, as graph-unreachable, where no connection to Graph comes about', async () => {
  const { outcome, row } = await app.ending({ clientContext: 'nobody there', expiresInSeconds: 6 });
  expect(outcome).toMatchObject({
    status: expect.stringMatching(/^(failed|expired)$/) as string,
    error: { code: 'graph-unreachable' },
  });
  expect(row).toMatchObject({
    status: expect.stringMatching(/^(failed|expired)$/) as string,
    errorCode: 'graph-unreachable',
  });
  expect(row['sentAt']).toBeUndefined();
});

it.each(['enqueueTones', 'toneOutcome'])(
  '%s answers an empty 401 without the function key, or with another one',
  async (name) => {
    const method = name === 'enqueueTones' ? 'POST' : 'GET';
    const url = `${app.url}/api/${name}`;
    const send = (query: string, headers: Record<string, string>) =>
      app.send(method, `${url}${query}`, method === 'POST' ? JSON.stringify(GOOD) : undefined, {
        'Content-Type': 'application/json',
        ...headers,
      });
    const key = app.functionKey;
    const tries: readonly (readonly [string, Record<string, string>])[] = [
      ['', {}],
      ['', { 'x-functions-key': '' }],
      ['', { 'x-functions-key': `${key}x` }],
      ['', { 'x-functions-key': 'wrong' }],
      ['?code=wrong', {}],
      [`?code=${encodeURIComponent(key)}`, { 'x-functions-key': 'wrong' }],
      ['', { Authorization: `Bearer ${key}` }],
    ];
    for (const [query, headers] of tries) {
      const answer = await send(query, headers);
      expect([query, headers, answer.status, answer.text]).toEqual([query, headers, 401, '']);
    }
    // The right key leads to the function, which has its own opinion.
    expect((await send('', { 'x-functions-key': key })).status).toBe(method === 'POST' ? 202 : 400);
    expect((await send(`?code=${encodeURIComponent(key)}`, {})).status).toBe(method === 'POST' ? 202 : 400);
  },
);

it.each([
  ['GET', 'enqueueTones'],
  ['PUT', 'enqueueTones'],
  ['POST', 'toneOutcome'],
  ['POST', 'toneStatus'],
  ['HEAD', 'toneStatus'],
  ['GET', 'callNotifications'],
  ['POST', 'health'],
  ['GET', 'sendTones'],
  ['POST', 'buryTones'],
  ['GET', 'closeOverdueOutcomes'],
  ['GET', 'nothing'],
])('answers an empty 404 to %s /api/%s', async (method, name) => {
  const { status, text } = await app.send(method, `${app.url}/api/${name}`, undefined, {
    'x-functions-key': app.functionKey,
  });
  expect([status, text]).toEqual([404, '']);
});

it('lets nobody on the way keep an answer, whatever it is', async () => {
  const { location } = await app.accept({ ...GOOD, clientContext: 'not kept' });
  const key = { 'x-functions-key': app.functionKey };
  const answers = [
    await app.enqueue({ ...GOOD, clientContext: 'not kept' }),
    await app.enqueue({ ...GOOD, clientContext: 'not kept', digits: '2' }),
    await app.enqueue('no JSON'),
    await app.enqueue({}),
    await app.enqueue('x', { 'Content-Type': 'text/plain' }),
    await app.enqueue('x'.repeat(20_000)),
    await app.get(location),
    await app.get(`${location}x`),
    await app.toneOutcome('not kept'),
    await app.toneOutcome('unknown'),
    await app.get(`${app.url}/api/toneOutcome`, key),
    await app.get(`${app.url}/api/health`),
    await app.notify({ value: [] }),
    await app.notify('no JSON'),
    await app.notify({ value: [] }, ''),
    await app.notify('x'.repeat(300_000)),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    202,
    409,
    400,
    400,
    415,
    413,
    expect.any(Number),
    404,
    200,
    404,
    400,
    200,
    202,
    400,
    401,
    413,
  ]);
  expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(answers.map(() => 'no-store'));
});

it('health tells anybody that all is well, in GET and HEAD', async () => {
  const get = await app.get(`${app.url}/api/health`);
  expect([get.status, get.json]).toEqual([200, { status: 'ok' }]);
  expect(get.headers.get('content-type')).toMatch(/^application\/json/);
  const head = await app.send('HEAD', `${app.url}/api/health`);
  expect([head.status, head.text]).toEqual([200, '']);
});

it('serves the console to anybody, whole, with the headers that a browser needs, and to GET only', async () => {
  const answer = await app.get(`${app.url}/api/console`);
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    200,
    'text/html; charset=utf-8',
    'no-store',
  ]);
  expect(answer.text).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/);
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}'; /,
  );
  expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
  // Nothing in it leads elsewhere, and nothing in it is of this app.
  expect(answer.text).not.toMatch(/(?:src|href)="(?!data:)|@import|url\(|sourceMappingURL/);
  expect(answer.text).not.toContain(app.functionKey);
  expect(answer.text.length).toBeLessThan(60_000);
  expect((await app.post(`${app.url}/api/console`, {})).status).toBe(404);
});
