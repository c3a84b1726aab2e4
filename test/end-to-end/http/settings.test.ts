// The settings as an operator meets them: every fault in one message and no start, and an app that does what other settings say.
// Each rule by itself is tested in test/unit/settings/settings.test.ts.
import { request as httpRequest } from 'node:http';
import { spawnFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { APP_DIRECTORY, inherited, sampleSettings } from '../../../local/local-stack';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

/** What the host printed, once it ended by itself with 1. */
async function startFault(settings: Readonly<Record<string, string>>): Promise<string> {
  const env = { ...inherited(), ...sampleSettings(), ...settings };
  const message = await spawnFunctionsHost({ appDirectory: APP_DIRECTORY, env }).then(
    async (host) => `started all the same, and ended with ${await host.close()}`,
    (error: Error) => error.message,
  );
  expect(message).toContain('ended with code 1');
  expect(message).not.toContain('listening on');
  return message;
}

it('does not start with wrong settings, and names each of them in one message, without its value', async () => {
  const message = await startFault({
    AzureWebJobsStorage: '',
    GRAPH_CLIENT_ID: 'not-a-guid-s3cret',
    GRAPH_CLOUD: 'mars',
    GRAPH_CLIENT_SECRET: '@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/s3cret)',
    GRAPH_BASE_URL: 'http://graph.example/s3cret',
    TONE_OUTCOMES_TABLE: '1table',
    MAX_TONES: 'xyzzy',
    SEND_GRACE_SECONDS: '3',
    HTTP_AUTH_LEVEL: 'anonymous',
    NOTIFICATION_TENANTS: 's3cret',
  });
  const names = [
    'AzureWebJobsStorage',
    'GRAPH_CLIENT_ID',
    'GRAPH_CLOUD',
    'GRAPH_CLIENT_SECRET',
    'GRAPH_BASE_URL',
    'TONE_OUTCOMES_TABLE',
    'MAX_TONES',
    'SEND_GRACE_SECONDS',
    'HTTP_AUTH_LEVEL',
    'NOTIFICATION_TENANTS',
  ];
  // One line: on Azure each line is an entry of its own, and only the first would count as an error.
  const told = message.split('\n').filter((line) => line.includes('Settings are missing or wrong'));
  expect(told).toEqual([expect.stringMatching(/error|fail|unable to load/i)]);
  for (const name of names) expect(told[0]).toMatch(new RegExp(`[:;] ${name}: \\S`));
  expect(message).not.toMatch(/s3cret|mars|xyzzy/);
});

it.each(['GRAPH_CLIENT_ID', 'AzureWebJobsStorage'])('does not start without %s', async (name) => {
  expect(await startFault({ [name]: '' })).toMatch(new RegExp(`[:;] ${name}: \\S`));
});

describe('an app with other settings', () => {
  let app: AppUnderTest;
  const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
  const OTHER_AUDIENCE = 'c9a4f4f6-0b1c-4b8e-9a2e-3a1d5a1b7f10';
  beforeAll(async () => {
    app = await startApp({
      settings: {
        GRAPH_API_VERSION: 'beta',
        GRAPH_CALLS_PATH: 'app',
        TONE_REQUESTS_QUEUE: 'other-requests',
        TONE_OUTCOMES_TABLE: 'OtherOutcomes',
        PUBLIC_BASE_URL: 'https://gateway.example/tones/',
        MAX_TONES: '3',
        DEFAULT_EXPIRES_IN_SECONDS: '7',
        HTTP_AUTH_LEVEL: 'anonymous',
        WEBSITE_AUTH_ENABLED: 'True',
        NOTIFICATION_AUDIENCE: OTHER_AUDIENCE,
        NOTIFICATION_TENANTS: TENANT,
        NOTIFICATION_METADATA_URL: 'none',
        CONSOLE_PAGE: 'off',
      },
    });
  });
  afterAll(() => app.close());

  const principal = { 'X-MS-CLIENT-PRINCIPAL-ID': 'somebody' };
  const body = (clientContext: string) => ({
    callId: app.call({ tokenKind: 'entra-v2', tenantId: TENANT, appId: OTHER_AUDIENCE }),
    digits: '123',
    clientContext,
  });

  it('presses on the deprecated path of beta, and keeps its rows and messages under other names', async () => {
    const answer = await app.enqueue(body('elsewhere'), principal);
    expect(answer.status).toBe(202);
    const location = answer.headers.get('location') ?? '';
    expect(location).toMatch(/^https:\/\/gateway\.example\/tones\/api\/toneStatus\?clientContext=elsewhere&token=/);
    const { outcome, row, presses } = await app.untilFinal({
      clientContext: 'elsewhere',
      location: location.replace('https://gateway.example/tones', app.url),
    });
    expect(outcome.status).toBe('succeeded');
    expect(row['status']).toBe('succeeded');
    expect(presses).toMatchObject([{ apiVersion: 'beta', path: `/beta/app/calls/${outcome.callId}/sendDtmfTones` }]);
    expect(Date.parse(String(outcome.expiresAt)) - Date.parse(String(outcome.acceptedAt))).toBe(7000);
    expect(await app.rows.requestQueue.exists()).toBe(true);
    expect((await app.enqueue({ ...body('too many'), digits: '1234' }, principal)).status).toBe(400);
  });

  it('has no console page', async () => {
    const answer = await app.get(`${app.url}/api/console`);
    expect([answer.status, answer.text]).toEqual([404, '']);
  });

  it('asks for the platform’s principal in place of the key', async () => {
    const refused = [await app.enqueue(body('stranger')), await app.toneOutcome('elsewhere')];
    for (const answer of refused) {
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(answer.json).toMatchObject({ type: 'urn:problem:unauthenticated', status: 401 });
    }
    const allowed = await app.get(`${app.url}/api/toneOutcome?clientContext=elsewhere`, principal);
    expect([allowed.status, (allowed.json as { status: string }).status]).toEqual([200, 'succeeded']);
    expect((await app.get(`${app.url}/api/health`)).status).toBe(200);
  });

  it('does not take a query parameter or a field of the body for the platform’s principal', async () => {
    const named = JSON.stringify({ ...principal, 'content-type': 'application/json' });
    const inQuery = `Headers=${encodeURIComponent(named)}`;
    const statuses = [
      await app.get(`${app.url}/api/toneOutcome?clientContext=elsewhere&${inQuery}`),
      await app.post(`${app.url}/api/enqueueTones?${inQuery}`, body('stranger')),
      await app.post(`${app.url}/api/forgetCallback`, `{"clientContext":"elsewhere","Headers":${named}}`),
    ].map(({ status }) => status);
    expect([
      ...statuses,
      await statusOfGet(`/api/toneOutcome?clientContext=elsewhere`, `{"Headers":${named}}`),
    ]).toEqual([401, 401, 401, 401]);
  });

  /** A GET with a body, which `fetch` does not send. */
  function statusOfGet(path: string, text: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-length': Buffer.byteLength(text), 'content-type': 'application/json' };
      const request = httpRequest(app.url + path, { method: 'GET', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject).end(text);
    });
  }

  it('believes only the tokens that the settings name', async () => {
    const claims = { aud: OTHER_AUDIENCE, tid: TENANT, iss: `https://sts.windows.net/${TENANT}/` };
    const statusOf = async (kind: 'calling-service' | 'entra-v1', changes: object) => {
      const token = await app.simulator.mintToken({
        kind,
        claims: { ...claims, ...(kind === 'calling-service' && { iss: 'https://api.botframework.com' }), ...changes },
      });
      return (await app.notify(operationEnded('c', tonesEnded('believed')), `Bearer ${token}`)).status;
    };
    expect(await statusOf('calling-service', {})).toBe(401);
    expect(await statusOf('entra-v1', { aud: app.simulator.appId })).toBe(401);
    const other = app.simulator.tenantId;
    expect(await statusOf('entra-v1', { tid: other, iss: `https://sts.windows.net/${other}/` })).toBe(401);
    expect(await statusOf('entra-v1', {})).toBe(202);
  });

  it('warns at the start of what is allowed and probably not meant', () => {
    expect(app.lines.filter((line) => /GRAPH_API_VERSION|GRAPH_CALLS_PATH/.test(line))).toHaveLength(2);
  });
});

describe('an app that the platform names', () => {
  let app: AppUnderTest;
  beforeAll(async () => {
    app = await startApp({
      settings: {
        WEBSITE_HOSTNAME: 'tones-app.azurewebsites.net',
        GRAPH_CALLS_PATH: 'app',
        NOTIFICATION_ENTRA_METADATA_URL: 'none',
      },
    });
  });
  afterAll(() => app.close());

  it('starts Location with that name, and presses on the deprecated path of v1.0', async () => {
    const { clientContext, location } = await app.accept({});
    expect(location.startsWith('https://tones-app.azurewebsites.net/api/toneStatus?clientContext=')).toBe(true);
    const { outcome, presses } = await app.untilFinal({
      clientContext,
      location: location.replace('https://tones-app.azurewebsites.net', app.url),
    });
    expect(outcome.status).toBe('succeeded');
    expect(presses[0]?.path).toBe(`/v1.0/app/calls/${outcome.callId}/sendDtmfTones`);
  });

  it('refuses Entra tokens where their metadata is none', async () => {
    for (const kind of ['entra-v1', 'entra-v2'] as const) {
      expect((await app.notify({ value: [] }, `Bearer ${await app.simulator.mintToken({ kind })}`)).status).toBe(401);
    }
    expect((await app.notify({ value: [] })).status).toBe(202);
  });
});
