// The simulated Graph by itself: the action's checks, the managed identity, the control API, the order of presses.
// Stands in test/integration; speaks HTTP to the simulator as the app and its tests do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ManagedIdentityCredential } from '@azure/identity';
import { BoundedLog } from '../../../local/graph-simulator/calls/bounded-log';
import { startGraphSimulator, type GraphSimulator } from '../../../local/graph-simulator/server';

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';
const anyText = expect.any(String) as string;
let simulator: GraphSimulator;
let token: string;

beforeAll(async () => {
  simulator = await startGraphSimulator({ port: 0, identityHeader: 'secret-header', identityClientIds: ['client-1'] });
  token = (await identityToken('https://graph.microsoft.com')).access_token;
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.reset();
  simulator.putCall(CALL);
});

async function identityToken(
  resource: string,
): Promise<{ access_token: string; expires_on: string; resource: string; token_type: string; client_id: string }> {
  const query = new URLSearchParams({ resource, 'api-version': '2019-08-01', client_id: 'client-1' });
  const answer = await fetch(`${simulator.identityEndpoint}?${query.toString()}`, {
    headers: { 'X-IDENTITY-HEADER': 'secret-header' },
  });
  return (await answer.json()) as Awaited<ReturnType<typeof identityToken>>;
}

interface GraphAnswer {
  status: number;
  headers: Headers;
  body: { error?: { code: string; message: string; innerError: Record<string, string> }; [name: string]: unknown };
}

async function press(
  body: unknown,
  {
    path = `/v1.0/communications/calls/${CALL}/sendDtmfTones`,
    method = 'POST',
    headers = {},
  }: { path?: string; method?: string; headers?: Record<string, string> } = {},
): Promise<GraphAnswer> {
  const all = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(simulator.url + path, {
    method,
    headers: all,
    ...(method === 'GET' ? {} : { body: text }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as GraphAnswer['body'] };
}

async function control(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${simulator.url}/simulator/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('sendDtmfTones', () => {
  it.each([
    ['v1.0', 'communications', 'sendDtmfTones'],
    ['beta', 'communications', 'microsoft.graph.sendDtmfTones'],
    ['v1.0', 'app', 'microsoft.graph.sendDtmfTones'],
    ['beta', 'app', 'sendDtmfTones'],
  ])('answers a running operation on %s/%s/…/%s and records the press', async (version, root, action) => {
    const path = `/${version}/${root}/calls/${CALL}/${action}`;
    const answer = await press(
      { tones: ['tone1', 'pound'], delayBetweenTonesMs: 3, clientContext: 'order-42' },
      { path },
    );
    const { id } = answer.body;
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
      status: 'running',
      clientContext: 'order-42',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(answer.headers.get('location')).toBe(
      `${simulator.url}/${version}/communications/calls/${CALL}/operations/${String(id)}`,
    );
    expect(simulator.presses()).toEqual([
      expect.objectContaining({
        callId: CALL,
        clientContext: 'order-42',
        tones: ['tone1', 'pound'],
        delayBetweenTonesMs: 3,
        apiVersion: version,
        path,
        operationId: id,
        executed: true,
        overlapsWith: [],
      }),
    ]);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{"tones":', 'BadRequest'],
    ['an array', [], 'BadRequest'],
    ['no tones', {}, 'BadRequest'],
    ['an empty list of tones', { tones: [] }, '8523'],
    ['a tone that is no member', { tones: ['tone1', 'tone10'] }, 'BadRequest'],
    ['a tone in PascalCase', { tones: ['Tone1'] }, 'BadRequest'],
    ['a member of Object.prototype', { tones: ['toString'] }, 'BadRequest'],
    ['a delay as text', { tones: ['a'], delayBetweenTonesMs: '10' }, 'BadRequest'],
    ['a delay beyond Int32', { tones: ['a'], delayBetweenTonesMs: 2_147_483_648 }, 'BadRequest'],
    ['a negative delay', { tones: ['a'], delayBetweenTonesMs: -1 }, '8523'],
    ['a clientContext of 257 characters', { tones: ['a'], clientContext: 'x'.repeat(257) }, '8523'],
    ['a clientContext beyond ASCII', { tones: ['a'], clientContext: 'заказ' }, '8523'],
    ['a clientContext that is a number', { tones: ['a'], clientContext: 7 }, 'BadRequest'],
    ['an unknown property', { tones: ['a'], digits: '1' }, 'BadRequest'],
  ])('refuses %s with 400 in the shape of Graph and presses nothing', async (_name, body, code) => {
    const answer = await press(body, { headers: { 'client-request-id': 'mine' } });
    expect(answer.status).toBe(400);
    expect(answer.body.error?.code).toBe(code);
    expect(Object.keys(answer.body.error ?? {})).toEqual(['code', 'message', 'innerError']);
    expect(answer.body.error?.innerError).toEqual({
      date: anyText,
      'request-id': anyText,
      'client-request-id': 'mine',
    });
    expect(simulator.presses()).toEqual([]);
    expect(simulator.requests()).toEqual([expect.objectContaining({ callId: CALL, status: 400, errorCode: code })]);
  });

  it('takes every tone of the enum, null for what is optional, and 256 characters', async () => {
    const tones = [
      'tone0',
      'tone1',
      'tone2',
      'tone3',
      'tone4',
      'tone5',
      'tone6',
      'tone7',
      'tone8',
      'tone9',
      'star',
      'pound',
      'a',
      'b',
      'c',
      'd',
      'flash',
    ];
    expect((await press({ tones, delayBetweenTonesMs: null, clientContext: null })).status).toBe(200);
    expect((await press({ tones, clientContext: 'x'.repeat(256) })).status).toBe(200);
  });

  it('answers in the shape of Graph to a wrong method, path, content type and call', async () => {
    const refused = async (...args: Parameters<typeof press>): Promise<unknown[]> => {
      const { status, body } = await press(...args);
      return [status, body.error?.code];
    };
    expect(await refused({}, { method: 'GET' })).toEqual([405, 'Method Not Allowed']);
    expect(await refused({}, { path: '/v1.0/communications/calls//sendDtmfTones' })).toEqual([404, 'ResourceNotFound']);
    expect(await refused({ tones: ['a'] }, { headers: { 'Content-Type': 'text/plain' } })).toEqual([
      415,
      'UnsupportedMediaType',
    ]);
    expect(await refused({ tones: ['a'] }, { path: '/v1.0/communications/calls/other/sendDtmfTones' })).toEqual([
      404,
      '8522',
    ]);
    expect(simulator.presses()).toEqual([]);
  });

  it('follows the state of the call: establishing, without media, established, terminated', async () => {
    const code = async (): Promise<unknown> => (await press({ tones: ['a'] })).body.error?.code;
    simulator.putCall(CALL, { state: 'establishing', mediaState: 'inactive' });
    expect(await code()).toBe('8501');
    await control('PATCH', `calls/${CALL}`, { state: 'established' });
    expect(await code()).toBe('8503');
    await control('PATCH', `calls/${CALL}`, { mediaState: 'active' });
    expect(await code()).toBeUndefined();
    await control('DELETE', `calls/${CALL}`);
    expect(await code()).toBe('8522');
    expect(simulator.presses()).toHaveLength(1);
  });

  it('tells presses that overlapped on one call from those that did not', async () => {
    simulator.putCall(CALL, { toneLengthMs: 10_000, maxToneTimeMs: 10_000 });
    simulator.putCall('other');
    await press({ tones: ['a'], clientContext: 'first' });
    await press({ tones: ['a'], clientContext: 'second' });
    await press(
      { tones: ['a'], clientContext: 'elsewhere' },
      { path: '/v1.0/communications/calls/other/sendDtmfTones' },
    );
    const [first, second, elsewhere] = simulator.presses();
    expect(first?.overlapsWith).toEqual([second?.operationId]);
    expect(second?.overlapsWith).toEqual([first?.operationId]);
    expect(elsewhere?.overlapsWith).toEqual([]);
    expect(Date.parse(first?.endedAt ?? '') - Date.parse(first?.startedAt ?? '')).toBe(10_000);
    expect((await control('GET', 'presses')).body).toMatchObject({ count: 3, executed: 3, overlaps: 2 });
    expect((await control('GET', 'presses?clientContext=second')).body).toMatchObject({
      count: 1,
      presses: [{ clientContext: 'second' }],
    });
    expect((await control('GET', 'presses?callId=other&after=2')).body).toMatchObject({ count: 1 });
  });
});

describe('the managed identity', () => {
  it('issues a token as App Service documents it', async () => {
    const answer = await identityToken('https://graph.microsoft.com');
    expect(answer).toEqual({
      access_token: anyText,
      expires_on: expect.stringMatching(/^\d+$/) as string,
      resource: 'https://graph.microsoft.com',
      token_type: 'Bearer',
      client_id: 'client-1',
    });
    const lifetimeMs = Number(answer.expires_on) * 1000 - Date.now();
    expect(lifetimeMs).toBeGreaterThan(86_390_000);
    expect(lifetimeMs).toBeLessThanOrEqual(86_400_000);
  });

  it('refuses a wrong secret, version, resource or identity, and everything while it is unavailable', async () => {
    const status = async (
      query: string,
      headers: Record<string, string> = { 'X-IDENTITY-HEADER': 'secret-header' },
    ): Promise<number> => (await fetch(`${simulator.identityEndpoint}?${query.toString()}`, { headers })).status;
    const good = 'resource=https://graph.microsoft.com&api-version=2019-08-01';
    expect(await status(good, {})).toBe(401);
    expect(await status(good, { 'X-IDENTITY-HEADER': 'wrong' })).toBe(403);
    expect(await status('resource=https://graph.microsoft.com&api-version=2018-02-01')).toBe(400);
    expect(await status('api-version=2019-08-01')).toBe(400);
    expect(await status(`${good}&client_id=nobody`)).toBe(400);
    expect(await status(good)).toBe(200);
    await control('PUT', 'managed-identity', { available: false });
    expect(await status(good)).toBe(503);
  });

  it('serves the real ManagedIdentityCredential, whose token Graph takes', async () => {
    Object.assign(process.env, { IDENTITY_ENDPOINT: simulator.identityEndpoint, IDENTITY_HEADER: 'secret-header' });
    try {
      const credential = new ManagedIdentityCredential({ clientId: 'client-1' });
      const got = await credential.getToken('https://graph.microsoft.com/.default');
      expect(got.expiresOnTimestamp).toBeGreaterThan(Date.now());
      expect((await press({ tones: ['a'] }, { headers: { Authorization: `Bearer ${got.token}` } })).status).toBe(200);
    } finally {
      delete process.env['IDENTITY_ENDPOINT'];
      delete process.env['IDENTITY_HEADER'];
    }
  });

  it('has its tokens for other resources, broken or expired ones refused by Graph', async () => {
    const foreign = (await identityToken('api://AzureADTokenExchange')).access_token;
    const own = (await identityToken(simulator.url)).access_token;
    const graph = { aud: 'https://graph.microsoft.com' };
    const expired = await simulator.mintToken({ kind: 'entra-v1', claims: { ...graph, exp: 1_700_000_000 } });
    const tampered = await simulator.mintToken({ kind: 'entra-v1', claims: graph, signature: 'tampered' });
    const unsigned = await simulator.mintToken({ kind: 'entra-v1', claims: graph, signature: 'none' });
    const strange = await simulator.mintToken({ kind: 'entra-v1', claims: graph, key: 'unpublished' });
    for (const Authorization of [
      '',
      'Basic x',
      'Bearer x',
      ...[foreign, expired, tampered, unsigned, strange].map((bad) => `Bearer ${bad}`),
    ]) {
      const answer = await press({ tones: ['a'] }, { headers: { Authorization } });
      expect([answer.status, answer.body.error?.code]).toEqual([401, 'InvalidAuthenticationToken']);
    }
    expect(simulator.presses()).toEqual([]);
    expect((await press({ tones: ['a'] }, { headers: { Authorization: `Bearer ${own}` } })).status).toBe(200);
  });
});

describe('the control API', () => {
  it('names wrong options, unknown calls and routes, and refuses web pages', async () => {
    const wrong = await control('PUT', `calls/${CALL}`, {
      scenario: 'sucess',
      delayMs: -1,
      callbackUrl: 'ftp://x',
      payload: ['batched'],
    });
    expect(wrong).toEqual({ status: 400, body: { error: 'unknown or wrong: scenario, delayMs, callbackUrl' } });
    expect((await control('PATCH', 'calls/nobody', {})).status).toBe(404);
    expect((await control('GET', 'nothing')).status).toBe(404);
    expect((await control('POST', 'tokens', { kind: 'jwt' })).status).toBe(400);
    expect(
      (await fetch(`${simulator.url}/simulator/reset`, { method: 'POST', headers: { Origin: 'https://example.org' } }))
        .status,
    ).toBe(403);
  });

  it('keeps the newest entries of a list only, and numbers go on', () => {
    const log = new BoundedLog<{ sequence: number; callId: string }>(10);
    for (let count = 0; count < 35; count += 1) log.add((sequence) => ({ sequence, callId: 'x' }));
    expect(log.list().map(({ sequence }) => sequence)).toEqual([26, 27, 28, 29, 30, 31, 32, 33, 34, 35]);
  });

  it('runs alone from the command line and ends cleanly on SIGTERM', async () => {
    const child = spawn(
      process.execPath,
      ['node_modules/tsx/dist/cli.mjs', 'local/graph-simulator/main.ts', '--port', '0'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line.toString())?.[1];
    expect((await fetch(`${String(url)}/simulator/presses`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
