// Every named scenario of the simulated Graph: what the caller is answered, whether it pressed, what is notified and when.
// Stands in test/integration; the callback is a small server that keeps what it is sent.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallOptions } from '../../../local/graph-simulator/calls/calls';
import { SCENARIOS, type Scenario } from '../../../local/graph-simulator/calls/scenarios';
import { startGraphSimulator, type GraphSimulator } from '../../../local/graph-simulator/server';

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';
interface Received {
  atMs: number;
  data: { status: string; completionReason?: string; clientContext: string; id: string; resultInfo?: unknown };
}
let simulator: GraphSimulator;
let callback: Server;
let callbackUrl: string;
let received: Received[] = [];
const covered = new Set<Scenario>();

beforeAll(async () => {
  simulator = await startGraphSimulator({ port: 0 });
  callback = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { value } = JSON.parse(text) as { value: [{ resourceData: Received['data'] }] };
      received.push({ atMs: Date.now(), data: value[0].resourceData });
      response.writeHead(202).end();
    });
  }).listen(0, '127.0.0.1');
  await once(callback, 'listening');
  callbackUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await simulator.close();
  callback.closeAllConnections();
  callback.close();
});
beforeEach(() => {
  simulator.reset();
  received = [];
});

function putCall(options: CallOptions & { scenario: Scenario }): void {
  covered.add(options.scenario);
  simulator.putCall(CALL, { callbackUrl, ...options });
}

async function accessToken(): Promise<string> {
  const url = `${simulator.identityEndpoint}?resource=https://graph.microsoft.com&api-version=2019-08-01`;
  const answer = await fetch(url, { headers: { 'X-IDENTITY-HEADER': simulator.identityHeader } });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function press(clientContext = 'order-42', token?: string) {
  const headers = { Authorization: `Bearer ${token ?? (await accessToken())}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ tones: ['tone1', 'tone2'], clientContext });
  const answer = await fetch(`${simulator.url}/v1.0/communications/calls/${CALL}/sendDtmfTones`, {
    method: 'POST',
    headers,
    body,
  });
  const json = (await answer.json()) as Record<string, unknown> & { error?: { code: string } };
  const { status } = answer;
  return {
    status,
    code: json.error?.code,
    retryAfter: answer.headers.get('retry-after'),
    location: answer.headers.get('location'),
    body: json,
    atMs: Date.now(),
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 3_000;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`not within 3 s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const finished = (count: number) => (): boolean =>
  simulator.notifications().filter((sent) => sent.finished && sent.delivered).length === count;

describe('what the notification says', () => {
  it.each<[Scenario, Record<string, unknown>]>([
    ['success', { status: 'completed', completionReason: 'completedSuccessfully' }],
    ['canceled', { status: 'completed', completionReason: 'mediaOperationCanceled' }],
    ['unknown', { status: 'completed', completionReason: 'unknown' }],
    ['failed', { status: 'failed', resultInfo: { code: 500, subcode: 9999, message: expect.any(String) as string } }],
  ])('%s: running at first, then one notification after the tones', async (scenario, said) => {
    putCall({ scenario });
    const reply = await press();
    expect([reply.status, reply.body['status']]).toEqual([200, 'running']);
    await until(finished(1));
    const [made] = simulator.presses();
    expect(received.map(({ data }) => data)).toEqual([
      {
        '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
        clientContext: 'order-42',
        id: reply.body['id'],
        ...said,
      },
    ]);
    expect(received[0]?.atMs).toBeGreaterThanOrEqual(Date.parse(made?.endedAt ?? ''));
    expect(made).toMatchObject({ scenario, executed: true, clientContext: 'order-42' });
  });

  it('a resultInfo of its own takes the place of the scenario’s', async () => {
    putCall({ scenario: 'canceled', resultInfo: { code: 400, subcode: 8508, message: 'Operation canceled.' } });
    await press();
    await until(finished(1));
    expect(received[0]?.data.resultInfo).toEqual({ code: 400, subcode: 8508, message: 'Operation canceled.' });
  });
});

describe('when the notification comes', () => {
  it('notification-before-reply: the callback has it before the caller has the reply', async () => {
    putCall({ scenario: 'notification-before-reply' });
    const reply = await press();
    expect(received).toHaveLength(1);
    expect(received[0]?.data.id).toBe(reply.body['id']);
    expect(reply.body['status']).toBe('running');
  });

  it('notification-twice: the same end is told two times', async () => {
    putCall({ scenario: 'notification-twice' });
    await press();
    await until(finished(2));
    expect(received[1]?.data).toEqual(received[0]?.data);
  });

  it('notification-late: it comes lateMs after the tones', async () => {
    putCall({ scenario: 'notification-late', lateMs: 60 });
    await press();
    await until(finished(1));
    expect(Number(received[0]?.atMs) - Date.parse(simulator.presses()[0]?.endedAt ?? '')).toBeGreaterThanOrEqual(59);
  });

  it('notification-never: pressed and running, and nothing is heard', async () => {
    putCall({ scenario: 'notification-never', byClientContext: { after: { scenario: 'success' } } });
    expect((await press()).body['status']).toBe('running');
    await press('after');
    await until(finished(1));
    expect(simulator.presses().map(({ clientContext }) => clientContext)).toEqual(['order-42', 'after']);
    expect(received.map(({ data }) => data.clientContext)).toEqual(['after']);
  });

  it.each<[Scenario, string, boolean, Record<string, unknown>]>([
    ['terminal-reply', 'completed', true, { completionReason: 'completedSuccessfully' }],
    ['terminal-reply-failed', 'failed', false, { resultInfo: expect.objectContaining({ code: 500 }) as unknown }],
  ])('%s: the reply is final, and no notification follows', async (scenario, status, executed, rest) => {
    putCall({ scenario, times: 1 });
    expect((await press()).body).toMatchObject({ status, ...rest });
    await press('after');
    await until(finished(1));
    expect(simulator.presses()[0]).toMatchObject({ clientContext: 'order-42', executed });
    expect(received.map(({ data }) => data.clientContext)).toEqual(['after']);
  });
});

describe('refusals', () => {
  it.each<[Scenario, number, string]>([
    ['not-established', 400, '8501'],
    ['throttled', 429, 'TooManyRequests'],
    ['busy', 409, '8500'],
    ['service-unavailable', 503, 'serviceNotAvailable'],
    ['unauthorized-once', 401, 'InvalidAuthenticationToken'],
  ])('%s: %i %s as often as told, then the press succeeds', async (scenario, status, code) => {
    putCall({ scenario, times: 2 });
    expect([await press(), await press()].map((reply) => [reply.status, reply.code])).toEqual([
      [status, code],
      [status, code],
    ]);
    expect(simulator.presses()).toEqual([]);
    expect((await press()).status).toBe(200);
    expect(simulator.presses()).toHaveLength(1);
    expect(
      simulator.requests().map((request) => [request.scenario, request.status, request.operationId !== undefined]),
    ).toEqual([
      [scenario, status, false],
      [scenario, status, false],
      ['success', 200, true],
    ]);
  });

  it.each<[Scenario, number, string]>([
    ['call-gone', 404, '8522'],
    ['forbidden', 403, '7504'],
  ])('%s: %i %s for good', async (scenario, status, code) => {
    putCall({ scenario });
    expect([await press(), await press()].map((reply) => [reply.status, reply.code])).toEqual([
      [status, code],
      [status, code],
    ]);
    expect(simulator.presses()).toEqual([]);
  });

  it('say Retry-After, and another status or code, as told', async () => {
    putCall({
      scenario: 'throttled',
      retryAfterSeconds: 7,
      byClientContext: { other: { scenario: 'busy', errorCode: '8519', httpStatus: 400 } },
    });
    expect((await press()).retryAfter).toBe('7');
    expect(await press('other')).toMatchObject({ status: 400, code: '8519', retryAfter: null });
  });

  it('unauthorized-once with revokesToken: only another token helps', async () => {
    putCall({ scenario: 'unauthorized-once', revokesToken: true });
    const token = await accessToken();
    expect([(await press('a', token)).status, (await press('a', token)).status]).toEqual([401, 401]);
    expect((await press('a')).status).toBe(200);
  });
});

describe('presses whose reply misleads', () => {
  it('server-error: 500 UnknownError although it was pressed, and by default nothing is heard', async () => {
    putCall({ scenario: 'server-error', times: 1 });
    expect(await press()).toMatchObject({ status: 500, code: 'UnknownError' });
    await press('after');
    await until(finished(1));
    expect(simulator.presses().map(({ clientContext }) => clientContext)).toEqual(['order-42', 'after']);
    expect(received.map(({ data }) => data.clientContext)).toEqual(['after']);
  });

  it('server-error with notifies and another status: a gateway timeout, and later the truth', async () => {
    putCall({ scenario: 'server-error', httpStatus: 504, errorCode: 'GatewayTimeout', notifies: true });
    expect(await press()).toMatchObject({ status: 504, code: 'GatewayTimeout' });
    await until(finished(1));
    expect(received[0]?.data.completionReason).toBe('completedSuccessfully');
  });

  it('slow: the press is at once, the reply delayMs later', async () => {
    putCall({ scenario: 'slow', delayMs: 80 });
    const reply = await press();
    expect(reply.atMs - Date.parse(simulator.presses()[0]?.startedAt ?? '')).toBeGreaterThanOrEqual(79);
    await until(finished(1));
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('reset-after-press: no reply; with notifies %s there are %i notifications', async (notifies, count) => {
    putCall({ scenario: 'reset-after-press', times: 1, notifies });
    await expect(press()).rejects.toThrow('fetch failed');
    await press('after');
    await until(finished(count + 1));
    expect(simulator.presses().map(({ clientContext }) => clientContext)).toEqual(['order-42', 'after']);
    expect(simulator.requests()[0]).not.toHaveProperty('status');
    expect(received).toHaveLength(count + 1);
  });

  it('a reset ends a slow reply and forgets the notification', async () => {
    putCall({ scenario: 'slow', delayMs: 60_000 });
    const reply = press().then(
      () => 'answered',
      () => 'cut',
    );
    await until(() => simulator.presses().length === 1);
    simulator.reset();
    expect(await reply).toBe('cut');
    expect(simulator.presses()).toEqual([]);
  });
});

describe('the reply', () => {
  it('varies as told: PascalCase, no id, another call in Location, a status of null', async () => {
    putCall({ scenario: 'success', reply: ['pascal-case-enums', 'no-id', 'location-of-another-call'] });
    const varied = await press();
    expect(varied.body).toEqual({
      '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
      status: 'Running',
      clientContext: 'order-42',
    });
    expect(varied.location).not.toContain(CALL);
    expect(varied.location).toMatch(new RegExp(`/operations/${String(simulator.presses()[0]?.operationId)}$`));
    putCall({ scenario: 'success', reply: ['status-null'] });
    expect((await press()).body['status']).toBeNull();
    putCall({ scenario: 'success', reply: ['not-started'] });
    expect((await press()).body['status']).toBe('notStarted');
  });
});

it('every scenario was covered above', () => {
  expect(SCENARIOS.filter((scenario) => !covered.has(scenario))).toEqual([]);
});
