// How the local Functions host serves an app with enableHttpStream: the app gets its requests itself, as on the real host.
// Stands over `local/functions-host`; what is expected was read in the source of the real host, of YARP and of the library.

import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { bareEnvironment, buildApp, until, type BuiltApp } from '../../fixtures/functions-host/build-app';
import { HOST_HEADERS } from '../../support/host-headers';

jest.setTimeout(30_000);

let app: BuiltApp;
let host: SpawnedFunctionsHost;

beforeAll(async () => {
  app = await buildApp();
  const env = bareEnvironment({
    HTTP_STREAM: 'on',
    LOCAL_FUNCTION_KEY: 'open sesame',
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '4000000',
  });
  host = await spawnFunctionsHost({ appDirectory: app.directory, env, verbose: true });
}, 30_000);

afterAll(async () => {
  await host.close();
  await app.remove();
});

interface Raw {
  method?: string;
  headers?: Record<string, string | string[]>;
}

interface Sent {
  readonly request: ClientRequest;
  readonly answer: Promise<{ status: number; body: string; headers: IncomingMessage['headers'] }>;
}

/** A request whose body the test writes and ends by itself; chunked unless it has a Content-Length. */
function open(path: string, { method = 'POST', headers = {} }: Raw = {}): Sent {
  const request = httpRequest(host.url, { method, path, headers, agent: false });
  const answer = new Promise<Awaited<Sent['answer']>>((resolve, reject) => {
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    request.on('error', reject);
  });
  return { request, answer };
}

async function send(path: string, raw: Raw = {}, ...chunks: (string | Buffer)[]): Promise<Awaited<Sent['answer']>> {
  const { request, answer } = open(path, raw);
  for (const chunk of chunks) request.write(chunk);
  request.end();
  return answer;
}

interface Echo {
  method: string;
  url: string;
  query: [string, string][];
  params: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}

async function echo(path: string, raw: Raw = {}, ...chunks: (string | Buffer)[]): Promise<Echo> {
  const { status, body } = await send(path, raw, ...chunks);
  expect(status).toBe(200);
  return JSON.parse(body) as Echo;
}

const hex = (text: string) => Buffer.from(text).toString('hex');
const printed = (text: string) => until(() => host.lines.some((line) => line.includes(text)));

test('a chunked body reaches the function whole', async () => {
  const seen = await echo('/api/echo/tea', {}, 'one,', 'two,', Buffer.from([0, 255]));
  expect(seen.body).toBe(`${hex('one,two,')}00ff`);
});

test('a body with a Content-Length reaches it, too, and so does none', async () => {
  expect((await echo('/api/echo/tea', { headers: { 'content-length': '3' } }, 'one')).body).toBe(hex('one'));
  expect((await echo('/api/echo/tea', { headers: { 'content-length': '0' } })).body).toBe('');
  expect((await echo('/api/echo/tea', { method: 'GET' })).body).toBe('');
});

test('the function sees method, route parameters, the query as it was sent, and the headers of the caller', async () => {
  const seen = await echo('/api/echo/tea?size=big&size=small&Sugar=a+b%2Bc', {
    headers: { 'X-Mixed': 'Case', 'x-cup': ['one', 'two'] },
  });
  expect(seen.method).toBe('POST');
  expect(seen.params).toMatchObject({ name: 'tea' });
  expect(seen.query).toEqual([
    ['size', 'big'],
    ['size', 'small'],
    ['Sugar', 'a b+c'],
  ]);
  expect(seen.headers).toMatchObject({ 'x-mixed': 'Case', 'x-cup': 'one,two' });
});

test('the url has the Host header and http, whatever forwarded headers say', async () => {
  const seen = await echo('/api/echo/tea', {
    headers: { host: 'pots.example:8080', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' },
  });
  expect(seen.url).toBe('http://pots.example:8080/api/echo/tea');
});

test.each(HOST_HEADERS)(
  'the Host header %j is answered %i: it is a name or an address with or without a port',
  async (name, status) => {
    const answer = await send('/api/echo/tea?a=b', { method: 'GET', headers: { host: name } });
    expect(answer.status).toBe(status);
    const url = status === 400 ? '' : (JSON.parse(answer.body) as Echo).url;
    expect(url).toBe(status === 400 ? '' : `http://${name}/api/echo/tea?a=b`);
  },
);

test('a caller that names an invocation does not choose it', async () => {
  const seen = await echo('/api/echo/tea', { headers: { 'x-ms-invocation-id': 'mine' } }, 'body');
  expect(seen.body).toBe(hex('body'));
});

test('a query parameter called Headers takes the place of the headers, as on the real host', async () => {
  const forged = encodeURIComponent('{"x-ms-client-principal-id":"somebody"}');
  expect((await echo(`/api/echo/tea?Headers=${forged}`)).headers).toEqual({ 'x-ms-client-principal-id': 'somebody' });
  expect((await echo('/api/echo/tea?headers=none')).headers).toEqual({});
});

test('so does a field Headers of a JSON body that has a Content-Length, but not of a chunked one', async () => {
  const body = '{"Headers":{"x-ms-client-principal-id":"somebody"}}';
  const known = await echo('/api/echo/tea', { headers: { 'content-length': String(body.length) } }, body);
  expect(known.headers).toEqual({ 'x-ms-client-principal-id': 'somebody' });
  expect((await echo('/api/echo/tea', {}, body)).headers).not.toHaveProperty('x-ms-client-principal-id');
});

test('routes, methods and keys are the host’s affair', async () => {
  expect(await send('/api/nowhere', {}, 'x')).toMatchObject({ status: 404, body: '' });
  expect(await send('/api/keyed', { method: 'GET' })).toMatchObject({ status: 401, body: '' });
  expect(await send('/api/keyed', { method: 'GET', headers: { 'x-functions-key': 'open sesame' } })).toMatchObject({
    status: 200,
    body: 'open',
  });
});

test('status, headers, cookies and bytes of an answer are passed on; HEAD has no body', async () => {
  const response = await fetch(`${host.url}/api/teapot`);
  expect(response.status).toBe(418);
  expect(response.headers.get('location')).toBe('https://example.com/pot');
  expect(response.headers.get('retry-after')).toBe('7');
  expect(response.headers.getSetCookie()).toEqual(['blend=earl%20grey; Max-Age=60; HttpOnly; SameSite=None']);
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 128, 10]);
  expect(await send('/api/echo/tea', { method: 'HEAD' })).toMatchObject({
    status: 200,
    body: '',
    headers: { 'x-echo': 'yes' },
  });
});

test('a function reads what has come before the rest is sent', async () => {
  const { request, answer } = open('/api/bodies?limit=1000');
  request.write('first');
  await printed('bodies has read 5');
  request.end('second');
  expect(JSON.parse((await answer).body)).toEqual({ length: 11, broken: false });
});

test('an answer is passed on once the body has gone by: a function that lets it go is answered, whatever the length', async () => {
  const megabyte = Buffer.alloc(1_000_000);
  expect((await send('/api/bodies?limit=10&drain', {}, megabyte, megabyte, megabyte)).status).toBe(200);
  expect((await send('/api/chatty', {}, megabyte, megabyte, megabyte)).status).toBe(200);
});

test('a body that grows above the limit of the host is an empty 500', async () => {
  const megabyte = Buffer.alloc(1_000_000);
  expect(
    await send('/api/bodies?limit=1000000000', {}, megabyte, megabyte, megabyte, megabyte, megabyte),
  ).toMatchObject({ status: 500, body: '' });
});

test('a function that throws is an empty 500 at once, where the real host leaves the caller without an answer', async () => {
  expect(await send('/api/failing')).toMatchObject({ status: 500, body: '' });
  await printed('RangeError BROKEN_KETTLE');
});

test('a caller that hangs up in the middle of its body breaks it off for the function, and nothing is left behind', async () => {
  const { request, answer } = open('/api/bodies?limit=1000');
  request.write('first words');
  await printed('bodies has read 11');
  request.destroy();
  await expect(answer).rejects.toThrow();
  await printed('bodies has ended: broken');
  expect((await echo('/api/echo/tea', {}, 'next')).body).toBe(hex('next'));
});

test('malformed chunking is refused with 400 and breaks the body off', async () => {
  const before = host.lines.filter((line) => line.includes('bodies has ended: broken')).length;
  const answered = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    socket.write('POST /api/bodies?limit=7777 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n');
  });
  expect(answered).toMatch(/^HTTP\/1\.1 400 /);
  await until(() => host.lines.filter((line) => line.includes('bodies has ended: broken')).length > before);
});

/** Head and body in one segment, so that the body is read before anything was passed on; until the connection ends. */
async function sendAtOnce(url: string, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
  });
}

const runsOf = ({ lines }: SpawnedFunctionsHost) =>
  lines.filter((line) => line.includes(`Executed 'Functions.bodies'`)).length;

test.each([
  ['malformed chunking', 'ZZZ\r\n'],
  ['a chunk, then malformed chunking', '3\r\nabc\r\nZZZ\r\n'],
])('%s together with the head leaves no invocation behind, although nothing is connected yet', async (_, body) => {
  const before = runsOf(host);
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => sendAtOnce(host.url, '/api/bodies?limit=7777', body)),
  );
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  await until(() => runsOf(host) >= before + 40);
});

test('neither does a body that is too long with its first bytes', async () => {
  const env = bareEnvironment({ HTTP_STREAM: 'on', FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '2' });
  const strict = await spawnFunctionsHost({ appDirectory: app.directory, env, verbose: true });
  expect(await sendAtOnce(strict.url, '/api/bodies?limit=7777', '3\r\nabc\r\n0\r\n\r\n')).toMatch(/^HTTP\/1\.1 500 /);
  expect(runsOf(strict)).toBe(1);
  expect(await strict.close()).toBe(0);
}, 20_000);
