// The simulated Graph's calls as a resource: created, ringing, answered or not, hung up; with Graph's documented bodies and answers.
// Stands in test/integration; speaks HTTP to the simulator as a calling app does, and hears its notifications.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FarEnd } from '../../../local/graph-simulator/calls/far-ends';
import { startGraphSimulator, type GraphSimulator } from '../../../local/graph-simulator/server';
import { waitFor } from '../../../local/wait-for';

const APP = 'c9a4f4f6-0b1c-4b8e-9a2e-3a1d5a1b7f10';
const TENANT = 'aa67bd4c-8475-432d-bd41-39f255720e0a';
const PHONE = '+12345678901';
const anyText = expect.any(String) as string;
let simulator: GraphSimulator;
let callback: Server;
let callbackUri: string;
interface Heard {
  readonly audience: string;
  readonly changeType: string;
  readonly resourceUrl: string;
  readonly data: {
    readonly state: string;
    readonly mediaState?: { readonly audio: string };
    readonly resultInfo?: object;
  };
}
let heard: Heard[] = [];

beforeAll(async () => {
  simulator = await startGraphSimulator({ port: 0 });
  callback = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const claims = request.headers.authorization?.split('.')[1] ?? '';
      const { aud } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { aud: string };
      const { value } = JSON.parse(text) as {
        value: { changeType: string; resourceUrl: string; resourceData: Heard['data'] }[];
      };
      heard.push(...value.map(({ resourceData: data, ...item }) => ({ ...item, audience: aud, data })));
      response.writeHead(202).end();
    });
  }).listen(0, '127.0.0.1');
  await once(callback, 'listening');
  callbackUri = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/api/callNotifications`;
});
afterAll(async () => {
  await simulator.close();
  callback.closeAllConnections();
  callback.close();
});
beforeEach(async () => {
  await waitFor('what is on its way', () => simulator.notifications().every(({ finished }) => finished));
  simulator.reset();
  heard = [];
});

interface GraphAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly body: { readonly error?: { readonly code: string }; readonly [name: string]: unknown };
}

async function graph(
  method: string,
  path: string,
  { body, roles = ['Calls.Initiate.All'] }: { body?: unknown; roles?: string[] } = {},
): Promise<GraphAnswer> {
  const claims = { aud: 'https://graph.microsoft.com', appid: APP, roles };
  const token = await simulator.mintToken({ kind: 'entra-v1', claims });
  const answer = await fetch(`${simulator.url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    location: answer.headers.get('location'),
    body: text === '' ? {} : (JSON.parse(text) as GraphAnswer['body']),
  };
}

/** Microsoft's example of a call to a phone number. */
function phoneCall(): Record<string, unknown> {
  return {
    '@odata.type': '#microsoft.graph.call',
    callbackUri,
    source: {
      '@odata.type': '#microsoft.graph.participantInfo',
      identity: {
        '@odata.type': '#microsoft.graph.identitySet',
        applicationInstance: {
          '@odata.type': '#microsoft.graph.identity',
          displayName: 'Calling Bot',
          id: '3d913abb-aec0-4964-8fa6-3c6850c4f278',
        },
      },
      countryCode: null,
      endpointType: null,
      region: null,
      languageId: null,
    },
    targets: [
      {
        '@odata.type': '#microsoft.graph.invitationParticipantInfo',
        identity: {
          '@odata.type': '#microsoft.graph.identitySet',
          phone: { '@odata.type': '#microsoft.graph.identity', id: PHONE },
        },
      },
    ],
    requestedModalities: ['audio'],
    mediaConfig: { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' },
    tenantId: TENANT,
  };
}

const userTarget = (id: string) => ({ identity: { user: { id } } });

async function createCall(farEnd: FarEnd = {}, body: unknown = phoneCall()): Promise<string> {
  simulator.putFarEnd(PHONE, farEnd);
  const answer = await graph('POST', '/v1.0/communications/calls', { body });
  expect(answer.status).toBe(201);
  return answer.body['id'] as string;
}

/** The notification of the call's end. */
const lastWord = () => heard.find(({ changeType }) => changeType === 'deleted');
const untilHeard = (count: number) => waitFor(`${count} notifications`, () => heard.length >= count);

describe('create call', () => {
  it('answers as in Microsoft’s example of a call to a phone, and shows the call', async () => {
    const answer = await graph('POST', '/v1.0/communications/calls', { body: phoneCall() });
    expect(answer.status).toBe(201);
    const id = answer.body['id'] as string;
    expect(answer.location).toBe(`${simulator.url}/v1.0/communications/calls/${id}`);
    expect(answer.body).toEqual({
      ...phoneCall(),
      state: 'establishing',
      direction: 'outgoing',
      callChainId: anyText,
      myParticipantId: anyText,
      id,
      mediaState: null,
      resultInfo: null,
    });
    await untilHeard(3);
    const shown = await graph('GET', `/v1.0/communications/calls/${id}`);
    expect([shown.status, shown.body['state'], shown.body['mediaState']]).toEqual([
      200,
      'established',
      { '@odata.type': '#microsoft.graph.callMediaState', audio: 'active' },
    ]);
  });

  it('has the deprecated path of the app, too', async () => {
    const { status, location, body } = await graph('POST', '/beta/app/calls', { body: phoneCall() });
    expect([status, location]).toEqual([201, `${simulator.url}/beta/communications/calls/${String(body['id'])}`]);
    expect((await graph('DELETE', `/beta/app/calls/${String(body['id'])}`)).status).toBe(204);
  });

  it('tells the call’s own URL that it is establishing, established, and that its audio is active', async () => {
    await createCall();
    await untilHeard(3);
    const told = heard.map(({ changeType, data }) => [changeType, data.state, data.mediaState?.audio ?? ''].join(' '));
    // In any order, as Graph’s page warns.
    expect(told.sort()).toEqual(['updated established ', 'updated established active', 'updated establishing ']);
    expect(new Set(heard.map(({ audience }) => audience))).toEqual(new Set([APP]));
  });

  it.each([
    ['busy', { code: 486, subcode: 560486 }],
    ['no-answer', { code: 480, subcode: 560480 }],
    ['declines', { code: 603, subcode: 560603 }],
  ] as const)('ends a call whose far end is %s, and says why', async (answer, resultInfo) => {
    const id = await createCall({ answer });
    await untilHeard(2);
    expect(lastWord()).toMatchObject({
      resourceUrl: `/communications/calls/${id}`,
      data: { state: 'terminated', resultInfo },
    });
    expect((await graph('GET', `/v1.0/communications/calls/${id}`)).body.error?.code).toBe('8522');
    expect(simulator.createdCalls()).toMatchObject([{ callId: id, target: PHONE, endedBy: answer, hangUps: [] }]);
  });

  it('ends a call whose far end hangs up', async () => {
    await createCall({ hangsUpAfterMs: 20 });
    await untilHeard(4);
    expect(lastWord()).toMatchObject({
      data: { state: 'terminated', resultInfo: { code: 200, subcode: 560000 } },
    });
  });

  it.each<[string, (body: Record<string, unknown>) => void, string]>([
    ['no callbackUri', (body) => delete body['callbackUri'], '8523'],
    ['a callbackUri that is not https', (body) => (body['callbackUri'] = 'http://bot.contoso.com/'), '8523'],
    ['no mediaConfig', (body) => delete body['mediaConfig'], '8523'],
    ['no target', (body) => (body['targets'] = []), '8523'],
    ['a target without identity', (body) => (body['targets'] = [{}]), '8523'],
    [
      'a phone number that is not E.164',
      (body) => (body['targets'] = [{ identity: { phone: { id: '911' } } }]),
      '8523',
    ],
    ['a phone, but no application instance', (body) => delete body['source'], '8523'],
    ['a meeting without its tenant', (body) => void Object.assign(body, { meetingInfo: {}, tenantId: null }), '8523'],
    ['an unknown modality', (body) => (body['requestedModalities'] = ['smell']), 'BadRequest'],
    ['a property that a call has not', (body) => (body['callbackUrl'] = callbackUri), 'BadRequest'],
    ['a read-only property', (body) => (body['state'] = 'established'), 'BadRequest'],
  ])('refuses a call with %s', async (_what, spoil, code) => {
    const body = phoneCall();
    spoil(body);
    const answer = await graph('POST', '/v1.0/communications/calls', { body });
    expect([answer.status, answer.body.error?.code]).toEqual([400, code]);
    expect(simulator.createdCalls()).toEqual([]);
  });

  it.each<[string, (body: Record<string, unknown>) => void, string[]]>([
    ['a phone', () => undefined, ['Calls.Initiate.All']],
    [
      'several users',
      (body) => (body['targets'] = [userTarget('a'), userTarget('b')]),
      ['Calls.InitiateGroupCall.All'],
    ],
    ['a meeting', (body) => (body['meetingInfo'] = { joinMeetingId: '1234567' }), ['Calls.JoinGroupCall.All']],
    [
      'a user with media of one’s own',
      (body) =>
        Object.assign(body, {
          targets: [userTarget('a')],
          mediaConfig: { '@odata.type': '#microsoft.graph.appHostedMediaConfig', blob: '' },
        }),
      ['Calls.Initiate.All', 'Calls.AccessMedia.All'],
    ],
  ])('needs its permission for a call to %s', async (_what, change, roles) => {
    const body = phoneCall();
    change(body);
    const without = await graph('POST', '/v1.0/communications/calls', { body, roles: roles.slice(1) });
    expect([without.status, without.body.error?.code]).toEqual([403, '7504']);
    expect((await graph('POST', '/v1.0/communications/calls', { body, roles })).status).toBe(201);
  });

  it('refuses a request without a token, another method, another type', async () => {
    const send = async (init: RequestInit) => (await fetch(`${simulator.url}/v1.0/communications/calls`, init)).status;
    expect(await send({ method: 'POST', body: JSON.stringify(phoneCall()) })).toBe(401);
    expect((await graph('GET', '/v1.0/communications/calls')).status).toBe(405);
    const claims = { aud: 'https://graph.microsoft.com' };
    const headers = { Authorization: `Bearer ${await simulator.mintToken({ kind: 'entra-v1', claims })}` };
    expect(await send({ method: 'POST', headers, body: JSON.stringify(phoneCall()) })).toBe(415);
  });
});

describe('delete call', () => {
  it('hangs up once: 204, a last notification, then 404 for everything', async () => {
    const id = await createCall();
    await untilHeard(3);
    expect((await graph('DELETE', `/v1.0/communications/calls/${id}`)).status).toBe(204);
    await untilHeard(4);
    expect(lastWord()).toMatchObject({
      data: { state: 'terminated', resultInfo: { code: 200, subcode: 7000 } },
    });
    const path = `/v1.0/communications/calls/${id}`;
    const later = [
      await graph('DELETE', path),
      await graph('GET', path),
      await graph('POST', `${path}/sendDtmfTones`, { body: { tones: ['tone1'] } }),
    ];
    expect(later.map(({ status, body }) => [status, body.error?.code])).toEqual(Array(3).fill([404, '8522']));
    expect(simulator.createdCalls()).toMatchObject([{ endedBy: 'hung-up', hangUps: [204, 404] }]);
  });

  it('takes back a call that rings: it is never established', async () => {
    const id = await createCall({ ringMs: 200 });
    expect((await graph('DELETE', `/v1.0/communications/calls/${id}`)).status).toBe(204);
    await untilHeard(2);
    expect(heard.map(({ data }) => data.state).sort()).toEqual(['establishing', 'terminated']);
    await waitFor('the ringing to be over', () => simulator.createdCalls()[0]?.endedBy === 'hung-up');
  });

  it('ends a call that the control API created', async () => {
    simulator.putCall('call-1', { callbackUrl: callbackUri });
    expect((await graph('GET', '/v1.0/communications/calls/call-1')).body['state']).toBe('established');
    expect((await graph('DELETE', '/v1.0/communications/calls/call-1')).status).toBe(204);
    await untilHeard(1);
    expect(lastWord()).toMatchObject({ data: { state: 'terminated' } });
    expect((await graph('DELETE', '/v1.0/communications/calls/call-2')).status).toBe(404);
  });
});

describe('the control API', () => {
  const control = (method: string, path: string, body?: object) =>
    fetch(`${simulator.url}/simulator/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });

  it('describes who is at the other end, and lists the calls', async () => {
    const put = await control('PUT', `far-ends/${encodeURIComponent(PHONE)}`, { answer: 'busy', ringMs: 5 });
    expect(put.status).toBe(200);
    const { body } = await graph('POST', '/v1.0/communications/calls', { body: phoneCall() });
    await untilHeard(2);
    const listed = await (await control('GET', 'created-calls')).json();
    expect(listed).toMatchObject({ calls: [{ callId: body['id'], target: PHONE, endedBy: 'busy', hangUps: [] }] });
  });

  it.each([{ answer: 'sings' }, { ringMs: -1 }, { call: { scenario: 'no-such' } }, { unknown: 1 }])(
    'refuses a far end with a wrong option: %j',
    async (farEnd) => {
      expect((await control('PUT', 'far-ends/somebody', farEnd)).status).toBe(400);
    },
  );
});
