// The simulated Graph's notifications: tokens of both kinds and their keys, variations of the body, retries, calls' own notifications.
// Stands in test/integration; tokens are verified with jose against the metadata that the simulator serves.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify, type JWTVerifyResult } from 'jose';
import type { CallOptions } from '../../../local/graph-simulator/calls/calls';
import type { PayloadVariation } from '../../../local/graph-simulator/calls/scenarios';
import { startGraphSimulator, type GraphSimulator } from '../../../local/graph-simulator/server';

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';
const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const APP = 'c9a4f4f6-0b1c-4b8e-9a2e-3a1d5a1b7f10';
const anyText = expect.any(String) as string;
const anyNumber = expect.any(Number) as number;
const anything = expect.anything() as unknown;
let simulator: GraphSimulator;
let callback: Server;
let callbackUrl: string;
let received: { headers: IncomingHttpHeaders; body: unknown }[] = [];
let answers: number[] = [];

beforeAll(async () => {
  simulator = await startGraphSimulator({
    port: 0,
    appId: APP,
    tenantId: TENANT,
    notificationRetry: { attempts: 3, pauseMs: 1 },
  });
  callback = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) });
      const status = answers.shift() ?? 202;
      response.writeHead(status, status === 401 ? { 'WWW-Authenticate': 'Bearer error="invalid_token"' } : {}).end();
    });
  }).listen(0, '127.0.0.1');
  await once(callback, 'listening');
  callbackUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/api/callNotifications`;
});
afterAll(async () => {
  await simulator.close();
  callback.closeAllConnections();
  callback.close();
});
beforeEach(() => {
  simulator.reset();
  received = [];
  answers = [];
});

/** Presses once in a call with these options and waits until the notification was answered or given up. */
async function notified(options: CallOptions = {}): Promise<string> {
  simulator.putCall(CALL, { callbackUrl, ...options });
  const token = await simulator.mintToken({ kind: 'entra-v1', claims: { aud: 'https://graph.microsoft.com' } });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ tones: ['star'], clientContext: 'order-42' });
  const answer = await fetch(`${simulator.url}/v1.0/communications/calls/${CALL}/sendDtmfTones`, {
    method: 'POST',
    headers,
    body,
  });
  const deadlineMs = Date.now() + 3_000;
  while (!simulator.notifications().some(({ finished }) => finished)) {
    if (Date.now() > deadlineMs) throw new Error('no notification within 3 s');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return ((await answer.json()) as { id: string }).id;
}

async function control(method: string, path: string, body: unknown = {}): Promise<Record<string, unknown>> {
  const answer = await fetch(`${simulator.url}/simulator/${path}`, {
    method,
    ...(method !== 'GET' && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

async function verified(metadataUrl: string): Promise<JWTVerifyResult> {
  const metadata = (await (await fetch(metadataUrl)).json()) as { jwks_uri: string };
  const token = String(received.at(-1)?.headers.authorization).replace('Bearer ', '');
  return jwtVerify(token, createRemoteJWKSet(new URL(metadata.jwks_uri)), { algorithms: ['RS256'], audience: APP });
}

describe('tokens', () => {
  it('calling-service: signed by the keys of its own metadata', async () => {
    await notified();
    const { payload, protectedHeader } = await verified(simulator.callingServiceMetadataUrl);
    expect(payload).toEqual({
      iss: 'https://api.botframework.com',
      aud: APP,
      tid: TENANT,
      iat: anyNumber,
      nbf: anyNumber,
      exp: Number(payload.iat) + 3_600,
    });
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: 'RS256', kid: anyText, x5t: protectedHeader.kid });
    await expect(verified(simulator.entraMetadataUrl)).rejects.toThrow('no applicable key');
  });

  it('calling-service: another issuer, app and tenant per call', async () => {
    await notified({ issuer: 'https://graph.microsoft.com', tenantId: 'tenant-2', appId: APP });
    expect((await verified(simulator.callingServiceMetadataUrl)).payload).toMatchObject({
      iss: 'https://graph.microsoft.com',
      tid: 'tenant-2',
    });
  });

  it.each([
    [
      'entra-v2' as const,
      {
        iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
        azp: '26a18ebc-cdf7-4a6a-91cb-beb352805e81',
        ver: '2.0',
      },
      'appid',
    ],
    [
      'entra-v1' as const,
      { iss: `https://sts.windows.net/${TENANT}/`, appid: '26a18ebc-cdf7-4a6a-91cb-beb352805e81', ver: '1.0' },
      'azp',
    ],
  ])('%s: signed by the keys of the Entra metadata', async (tokenKind, claims, absent) => {
    await notified({ tokenKind });
    const { payload } = await verified(simulator.entraMetadataUrl);
    expect(payload).toMatchObject({ ...claims, tid: TENANT, aud: APP });
    expect(payload).not.toHaveProperty(absent);
    await expect(verified(simulator.callingServiceMetadataUrl)).rejects.toThrow('no applicable key');
  });

  it('name the metadata’s issuers as Microsoft does', async () => {
    expect(await (await fetch(simulator.entraMetadataUrl)).json()).toMatchObject({
      issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
      jwks_uri: `${simulator.url}/common/discovery/v2.0/keys`,
    });
    expect(await (await fetch(simulator.callingServiceMetadataUrl)).json()).toMatchObject({
      issuer: 'https://api.botframework.com',
      jwks_uri: `${simulator.url}/v1/.well-known/keys`,
    });
  });

  it('roll their keys: the new one signs, the old one stays published only where kept', async () => {
    const kids = async (): Promise<unknown[]> =>
      ((await (await fetch(`${simulator.url}/v1/.well-known/keys`)).json()) as { keys: { kid: string }[] }).keys.map(
        ({ kid }) => kid,
      );
    const [first] = await kids();
    const kept = await control('POST', 'keys/roll', { kind: 'calling-service' });
    const second = (kept['kids'] as Record<string, string>)['calling-service'];
    expect(await kids()).toEqual([first, second]);
    await notified();
    expect((await verified(simulator.callingServiceMetadataUrl)).protectedHeader.kid).toBe(second);
    const replaced = await control('POST', 'keys/roll', { keepOld: false });
    expect(Object.keys(replaced['kids'] as object)).toEqual(['calling-service', 'entra']);
    expect(await kids()).toEqual([(replaced['kids'] as Record<string, string>)['calling-service']]);
    await expect(verified(simulator.callingServiceMetadataUrl)).rejects.toThrow('no applicable key');
  });

  it('can be minted wrong in every way: claims, header, key, signature', async () => {
    const parts = async (request: Parameters<GraphSimulator['mintToken']>[0]): Promise<Record<string, unknown>[]> => {
      const { token } = await control('POST', 'tokens', request);
      return String(token)
        .split('.')
        .slice(0, 2)
        .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
    };
    expect(
      await parts({
        kind: 'calling-service',
        claims: { aud: ['x'], tid: null, cnf: {} },
        header: { kid: null, crit: ['b64'] },
      }),
    ).toEqual([
      { typ: 'JWT', alg: 'RS256', x5t: anyText, crit: ['b64'] },
      expect.not.objectContaining({ tid: TENANT }) as unknown,
    ]);
    expect((await parts({ kind: 'entra-v2', signature: 'none' }))[0]?.['alg']).toBe('none');
    expect((await parts({ kind: 'entra-v2', signature: 'hs256' }))[0]?.['alg']).toBe('HS256');
    const [crossed] = await parts({ kind: 'calling-service', key: 'entra' });
    const published = (await (await fetch(`${simulator.url}/common/discovery/v2.0/keys`)).json()) as {
      keys: { kid: string }[];
    };
    expect(published.keys.map(({ kid }) => kid)).toContain(crossed?.['kid']);
  });

  it('lose their metadata when told, kind by kind, and every fetch is counted', async () => {
    await control('PUT', 'metadata', { available: false, kind: 'entra' });
    expect((await fetch(simulator.entraMetadataUrl)).status).toBe(503);
    expect((await fetch(simulator.callingServiceMetadataUrl)).status).toBe(200);
    expect(await control('GET', 'metadata')).toEqual({
      'calling-service': { available: true, metadataFetches: 1, keysFetches: 0 },
      entra: { available: false, metadataFetches: 1, keysFetches: 0 },
    });
    await control('PUT', 'metadata', { available: true });
    expect((await fetch(simulator.entraMetadataUrl)).status).toBe(200);
  });
});

describe('bodies', () => {
  it('have the documented shape and the headers that were seen', async () => {
    const id = await notified();
    const data = {
      '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
      status: 'completed',
      completionReason: 'completedSuccessfully',
      clientContext: 'order-42',
      id,
    };
    const item = {
      '@odata.type': '#microsoft.graph.commsNotification',
      changeType: 'deleted',
      resourceUrl: `/communications/calls/${CALL}/operations/${id}`,
      resourceData: data,
    };
    expect(received[0]?.body).toEqual({ '@odata.type': '#microsoft.graph.commsNotifications', value: [item] });
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'scenario-id': uuid,
      'x-microsoft-skype-chain-id': uuid,
      'x-microsoft-skype-message-id': uuid,
    });
  });

  it.each<[PayloadVariation, (id: string) => unknown]>([
    [
      'pascal-case-enums',
      () => ({
        value: [
          { changeType: 'Deleted', resourceData: { status: 'Completed', completionReason: 'CompletedSuccessfully' } },
        ],
      }),
    ],
    [
      'upper-case-ids',
      (id) => ({
        value: [
          {
            resourceUrl: `/communications/calls/57DAB8B1894C409AB240BD8BEAE78896/operations/${id.replaceAll('-', '').toUpperCase()}`,
            resourceData: { id },
          },
        ],
      }),
    ],
    ['resource-only', (id) => ({ value: [{ resource: `/app/calls/${CALL}/operations/${id}` }] })],
    ['resource-data-array', (id) => ({ value: [{ resourceData: [{ id }] }] })],
    [
      'no-resource-data-id',
      () => ({ value: [{ resourceData: expect.not.objectContaining({ id: anything }) as unknown }] }),
    ],
    [
      'string-codes',
      () => ({
        value: [
          { resourceData: { resultInfo: { '@odata.type': '#microsoft.graph.resultInfo', code: '200', subcode: '0' } } },
        ],
      }),
    ],
    [
      'batched',
      (id) => ({
        value: [
          { resourceUrl: `/communications/calls/${CALL}/participants` },
          { resourceData: { state: 'established' } },
          { resourceData: { clientContext: 'prompt-1' } },
          { resourceData: { id } },
        ],
      }),
    ],
    [
      'unwrapped',
      (id) => ({ '@odata.type': '#microsoft.graph.commsNotification', changeType: 'deleted', resourceData: { id } }),
    ],
    [
      'no-client-context',
      () => ({ value: [{ resourceData: expect.not.objectContaining({ clientContext: anything }) as unknown }] }),
    ],
    [
      'capital-odata-type',
      () => ({
        '@odata.type': '#Microsoft.Graph.commsNotifications',
        value: [{ resourceData: { '@odata.type': '#Microsoft.Graph.sendDtmfTonesOperation' } }],
      }),
    ],
  ])('vary as %s', async (variation, expected) => {
    const id = await notified({ payload: [variation] });
    expect(received[0]?.body).toMatchObject(expected(id) as object);
    expect(JSON.stringify(received[0]?.body).includes('"resourceUrl"')).toBe(variation !== 'resource-only');
  });

  it('tell a call’s own changes when asked, and carry any body that a test gives', async () => {
    await control('PUT', `calls/${CALL}?notify=true`, { callbackUrl, state: 'establishing', mediaState: 'inactive' });
    await control('PATCH', `calls/${CALL}?notify=true`, { state: 'established', mediaState: 'active' });
    await control('DELETE', `calls/${CALL}?notify=true`);
    const item = (changeType: string, state: string, audio: string): object => ({
      value: [
        {
          changeType,
          resourceUrl: `/communications/calls/${CALL}`,
          resourceData: { '@odata.type': '#microsoft.graph.call', state, mediaState: { audio }, id: CALL },
        },
      ],
    });
    expect(received.map(({ body }) => body)).toMatchObject([
      item('created', 'establishing', 'inactive'),
      item('updated', 'established', 'active'),
      item('deleted', 'terminated', 'active'),
    ]);
    const sent = await control('POST', 'notifications', {
      callId: CALL,
      body: { value: [] },
      authorization: 'Bearer forged',
    });
    expect(sent).toMatchObject({ about: 'custom', tokenKind: 'given', delivered: true, attempts: [{ status: 202 }] });
    expect(received[3]).toMatchObject({ body: { value: [] }, headers: { authorization: 'Bearer forged' } });
  });
});

describe('delivery', () => {
  it('is tried again after 503, a bounded number of times', async () => {
    answers = [503, 202];
    await notified();
    expect(simulator.notifications()).toMatchObject([
      {
        callId: CALL,
        clientContext: 'order-42',
        about: 'operation',
        tokenKind: 'calling-service',
        delivered: true,
        attempts: [{ status: 503 }, { status: 202 }],
      },
    ]);
    simulator.reset();
    answers = [503, 503, 503];
    await notified();
    expect(simulator.notifications()).toMatchObject([
      { delivered: false, attempts: [{ status: 503 }, { status: 503 }, { status: 503 }] },
    ]);
  });

  it('is given up at once on 401, with what the callback said', async () => {
    answers = [401];
    await notified();
    expect((await control('GET', 'notifications?clientContext=order-42'))['notifications']).toMatchObject([
      { delivered: false, attempts: [{ status: 401, wwwAuthenticate: 'Bearer error="invalid_token"' }] },
    ]);
  });

  it('is tried again where nobody listens, and says why it failed', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await notified({ callbackUrl: `http://127.0.0.1:${port}` });
    expect(simulator.notifications()[0]?.attempts.map(({ error }) => error)).toEqual([
      'ECONNREFUSED',
      'ECONNREFUSED',
      'ECONNREFUSED',
    ]);
  });
});
