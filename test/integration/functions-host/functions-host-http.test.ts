// How the local Functions host answers HTTP, with a real app in a real process.
// Stands over `local/functions-host`; what is expected was seen on the real host or read in its source.

import { request as httpRequest, type IncomingMessage } from 'node:http';

import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { bareEnvironment, buildApp, until, type BuiltApp } from '../../fixtures/functions-host/build-app';
import { HOST_HEADERS } from '../../support/host-headers';

let app: BuiltApp;
let host: SpawnedFunctionsHost;

beforeAll(async () => {
  app = await buildApp();
  const env = bareEnvironment({ LOCAL_FUNCTION_KEY: 'open sesame', FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' });
  host = await spawnFunctionsHost({ appDirectory: app.directory, env, verbose: true });
}, 30_000);

afterAll(async () => {
  await host.close();
  await app.remove();
});

interface Echo {
  method: string;
  url: string;
  query: [string, string][];
  params: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}

async function echo(path: string, init?: RequestInit): Promise<Echo> {
  const response = await fetch(host.url + path, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Echo;
}

interface Raw {
  method?: string;
  headers?: Record<string, string | string[]>;
  chunks?: (string | Buffer)[];
}

/** For what `fetch` would tidy up or refuse. */
async function raw(
  path: string,
  { method = 'GET', headers = {}, chunks = [] }: Raw,
): Promise<{ status: number; body: string; headers: IncomingMessage['headers'] }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(host.url, { method, path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    request.on('error', reject);
    for (const chunk of chunks) request.write(chunk);
    request.end();
  });
}

test('a function gets method, route parameters, query, headers and the bytes of the body', async () => {
  const seen = await echo('/api/echo/tea?size=big&size=small&Sugar=a+b%2Bc&empty=&flag', {
    method: 'POST',
    headers: { 'X-Mixed': 'Case' },
    body: new Uint8Array([0x1f, 0x8b, 0x00, 0xff]),
  });

  expect(seen.method).toBe('POST');
  expect(seen.url).toBe(`${host.url}/api/echo/tea?size=big&size=small&Sugar=a+b%2Bc&empty=&flag`);
  expect(seen.params).toEqual({ name: 'tea' });
  expect(seen.query).toEqual([
    ['size', 'big,small'],
    ['Sugar', 'a b+c'],
    ['empty', ''],
    ['flag', ''],
  ]);
  expect(seen.headers['x-mixed']).toBe('Case');
  expect(seen.body).toBe('1f8b00ff');
});

test('the url has the Host header and http, whatever forwarded headers say', async () => {
  const { body } = await raw('/api/echo/tea', {
    headers: { host: 'pots.example:8080', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' },
  });
  expect((JSON.parse(body) as Echo).url).toBe('http://pots.example:8080/api/echo/tea');
});

test.each(HOST_HEADERS)(
  'the Host header %j is answered %i: it is a name or an address with or without a port',
  async (name, status) => {
    const answer = await raw('/api/echo/tea?a=b', { headers: { host: name } });
    expect(answer.status).toBe(status);
    const url = status === 400 ? '' : (JSON.parse(answer.body) as Echo).url;
    expect(url).toBe(status === 400 ? '' : `http://${name}/api/echo/tea?a=b`);
  },
);

test('repeated headers are joined by a comma', async () => {
  const { body } = await raw('/api/echo/tea', { headers: { 'x-cup': ['one', 'two'] } });
  expect((JSON.parse(body) as Echo).headers['x-cup']).toBe('one,two');
});

test('a gzip body arrives undecoded', async () => {
  const seen = await echo('/api/echo/tea', {
    method: 'POST',
    headers: { 'content-encoding': 'gzip' },
    body: 'not even gzip',
  });
  expect(Buffer.from(seen.body, 'hex').toString()).toBe('not even gzip');
});

test('a chunked body is dropped, as on the real host', async () => {
  const { body } = await raw('/api/echo/tea', { method: 'POST', chunks: ['lost'] });
  expect((JSON.parse(body) as Echo).body).toBe('');
});

test('routes ignore case and a slash at the end, and parameters keep theirs', async () => {
  expect((await echo('/API/Echo/Earl%20Grey%2Fhot/Now/')).params).toEqual({ name: 'Earl Grey%2Fhot', rest: 'Now' });
});

test.each([
  ['an unknown route', 'GET', '/api/nowhere'],
  ['a route without the prefix', 'GET', '/keyed'],
  ['a method that the function does not have', 'DELETE', '/api/keyed'],
  ['HEAD where only GET is registered', 'HEAD', '/api/keyed'],
  ['a missing parameter', 'GET', '/api/echo'],
  ['the root', 'GET', '/'],
])('%s is an empty 404', async (_, method, path) => {
  expect(await raw(path, { method, headers: { 'x-functions-key': 'open sesame' } })).toMatchObject({
    status: 404,
    body: '',
  });
});

test.each([
  ['no key', '/api/keyed', {}, 401],
  ['a wrong key', '/api/keyed', { 'x-functions-key': 'open barley' }, 401],
  ['an empty key', '/api/keyed?code=', {}, 401],
  ['the key in the header', '/api/keyed', { 'x-functions-key': 'open sesame' }, 200],
  ['the key in the query', '/api/keyed?code=open+sesame', {}, 200],
  ['the key in the query in other case', '/api/keyed?Code=open%20sesame', {}, 200],
  [
    'a wrong key in the header and the right one in the query',
    '/api/keyed?code=open+sesame',
    { 'x-functions-key': 'no' },
    401,
  ],
])('a function of level "function" asked with %s', async (_, path, headers, status) => {
  expect(await raw(path, { headers })).toMatchObject({ status, body: status === 200 ? 'open' : '' });
});

test('status, headers, cookies and bytes of an answer are sent as they are', async () => {
  const response = await fetch(`${host.url}/api/teapot`);
  expect(response.status).toBe(418);
  expect(response.headers.get('location')).toBe('https://example.com/pot');
  expect(response.headers.get('retry-after')).toBe('7');
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(response.headers.getSetCookie()).toEqual(['blend=earl%20grey; max-age=60; path=/; samesite=none; httponly']);
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 128, 10]);
});

test('a streamed answer arrives whole', async () => {
  expect(await (await fetch(`${host.url}/api/streamed`)).text()).toBe('one,two');
});

test('HEAD has the headers of the answer and no body', async () => {
  const { status, body, headers } = await raw('/api/echo/tea', { method: 'HEAD' });
  expect({ status, body, echo: headers['x-echo'] }).toEqual({ status: 200, body: '', echo: 'yes' });
});

test('a function that answers nothing is a 204', async () => {
  expect(await raw('/api/silent', {})).toMatchObject({ status: 204, body: '' });
});

test('a function that throws is an empty 500; kind, code and place of the error are logged', async () => {
  expect(await raw('/api/failing', {})).toMatchObject({ status: 500, body: '' });
  const line = await until(() => host.lines.find((printed) => printed.includes('(Failed')));
  expect(line).toMatch(/Executed 'Functions\.failing' .*: RangeError BROKEN_KETTLE at \S+ \(\S+main\.js:\d+:\d+\)$/);
});

test('a body above the limit is an empty 413', async () => {
  expect(
    await raw('/api/echo/tea', { method: 'POST', headers: { 'content-length': '1001' }, chunks: ['x'.repeat(1001)] }),
  ).toMatchObject({
    status: 413,
    body: '',
  });
  expect((await echo('/api/echo/tea', { method: 'POST', body: 'x'.repeat(1000) })).body).toHaveLength(2000);
});

test('a url above 8,192 characters is an empty 414, also without a key', async () => {
  expect(await raw(`/api/keyed?long=${'x'.repeat(9000)}`, {})).toMatchObject({ status: 414, body: '' });
  expect(await raw(`/api/echo/tea?long=${'x'.repeat(8000)}`, {})).toMatchObject({ status: 200 });
});

test('hooks can change inputs before and the result after a function', async () => {
  const response = await fetch(`${host.url}/api/hooked`);
  expect(response.status).toBe(203);
  expect(await response.json()).toEqual(['added by preInvocation']);
});

test('logs are printed with time, level and function, after the log hook had its say', async () => {
  await fetch(`${host.url}/api/chatty`);
  const line = (text: string) => until(() => host.lines.find((printed) => printed.endsWith(text)));
  expect(await line('plain 1')).toMatch(/^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] \[Information\] \[chatty\] plain 1$/);
  expect(await line('a ******')).toContain('[Warning] [chatty]');
  expect(await line('loud')).toContain('[Error] [chatty]');
});

test('the trace of the caller goes on in the function, and a malformed one starts anew', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceOf = async (traceparent: string) => {
    const response = await fetch(`${host.url}/api/chatty`, { headers: { traceparent, tracestate: 'a=1' } });
    return (await response.json()) as { traceParent: string; traceState: string };
  };
  expect(await traceOf(`00-${traceId}-00f067aa0ba902b7-01`)).toEqual({
    traceParent: expect.stringMatching(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`)) as string,
    traceState: 'a=1',
    attributes: {},
  });
  expect((await traceOf(`00-${traceId}-0000000000000000-01`)).traceParent).not.toContain(traceId);
});

test('neither query strings nor header values nor bodies are printed', async () => {
  await raw('/api/echo/tea?pin=1111', {
    method: 'POST',
    headers: { 'x-pin': '2222', 'content-length': '4' },
    chunks: ['3333'],
  });
  // Its error repeats the URL.
  await raw('/api/failing?pin=1111&code=open%20sesame', { headers: { 'x-pin': '2222' } });
  const printed = host.lines.join('\n');
  expect(printed).toContain("Executed 'Functions.echo' (Succeeded");
  expect(printed).not.toMatch(/1111|2222|3333|sesame/);
});

test('the admin route needs the key, JSON, and a function that is not HTTP', async () => {
  const admin = async (name: string, headers: Record<string, string>, body: string) =>
    (await fetch(`${host.url}/admin/functions/${name}`, { method: 'POST', headers, body })).status;
  const key = { 'x-functions-key': 'open sesame' };
  const json = { 'content-type': 'application/json' };
  expect(await admin('echo', json, '{}')).toBe(401);
  expect(await admin('echo', key, '{}')).toBe(415);
  expect(await admin('echo', { ...key, ...json }, '[')).toBe(400);
  expect(await admin('echo', { ...key, ...json }, '{}')).toBe(400);
  expect(await admin('nobody', { ...key, ...json }, '{}')).toBe(404);
});
