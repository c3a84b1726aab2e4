// How often a storage that is busy is asked, and as whom the app comes where no connection string is set.
// Storage and the endpoint of the managed identity are servers of this test.
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { StorageSettings } from '../../../shared/settings/storage-settings';
import {
  makeQueueContainer,
  makeTableContainer,
  ONE_SHORT_TRY,
  ONE_TRY,
} from '../../../shared/storage/storage-clients';
import { makeSelfSignedCertificate } from '../../support/services/self-signed-certificate';

const KEY = Buffer.from('no secret').toString('base64');
const certificate = makeSelfSignedCertificate();
const trusted = getCACertificates('default');

let busy: Server;
let secure: Server;
let identity: Server;
let asked: string[];
/** The `Authorization` of each request to storage. */
let shown: (string | undefined)[];
/** The `client_id` of each request for a token. */
let clientIds: (string | null)[];

const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  setDefaultCACertificates([...trusted, certificate.certificatePem]);
  const refuse: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url?.split('?', 1)[0]}`);
    shown.push(request.headers.authorization);
    response.writeHead(503, { 'x-ms-error-code': 'ServerBusy' }).end();
  };
  busy = createHttpServer(refuse);
  secure = createHttpsServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem }, refuse);
  identity = createHttpServer((request, response) => {
    clientIds.push(new URL(request.url ?? '', 'http://identity').searchParams.get('client_id'));
    const expiresOn = Math.floor(Date.now() / 1000) + 3600;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ access_token: 'the-token', expires_on: String(expiresOn), token_type: 'Bearer' }));
  });
  for (const server of [busy, secure, identity]) await once(server.listen(0, '127.0.0.1'), 'listening');
  process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${portOf(identity)}/msi/token`;
  process.env['IDENTITY_HEADER'] = 'the-header-secret';
});
afterAll(() => {
  setDefaultCACertificates(trusted);
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'AZURE_CLIENT_ID']) delete process.env[name];
  for (const server of [busy, secure, identity]) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  [asked, shown, clientIds] = [[], [], []];
  delete process.env['AZURE_CLIENT_ID'];
});

function withKey(): StorageSettings {
  const endpoints = ['Queue', 'Table'].map((service) => `${service}Endpoint=http://127.0.0.1:${portOf(busy)}/account`);
  const parts = ['DefaultEndpointsProtocol=http', 'AccountName=account', `AccountKey=${KEY}`, ...endpoints];
  return { kind: 'connection-string', connectionString: parts.join(';') };
}

function withIdentity(more: { usesManagedIdentity?: boolean; managedIdentityClientId?: string } = {}) {
  const uri = `https://localhost:${portOf(secure)}`;
  const settings = {
    kind: 'identity',
    queueServiceUri: uri,
    tableServiceUri: uri,
    usesManagedIdentity: false,
  } as const;
  return { ...settings, ...more } satisfies StorageSettings;
}

describe('a storage that is busy', () => {
  test('is asked three times, or once where nothing may be repeated', async () => {
    const queue = makeQueueContainer(withKey(), 'q');
    await expect(queue.use((client, options) => client.getProperties(options))).rejects.toThrow();
    expect(asked).toEqual(Array(3).fill('GET /account/q'));
    for (const options of [ONE_TRY, ONE_SHORT_TRY]) {
      const queueOnce = makeQueueContainer(withKey(), 'once', options);
      await expect(queueOnce.use((client, limit) => client.getProperties(limit))).rejects.toMatchObject({
        statusCode: 503,
      });
    }
    expect(asked.slice(3)).toEqual(['GET /account/once', 'GET /account/once']);
  });

  test('is asked for a row three times', async () => {
    const table = makeTableContainer(withKey(), 'Rows');
    await expect(table.use((client) => client.getEntity('p', 'r'))).rejects.toMatchObject({ statusCode: 503 });
    expect(asked).toHaveLength(3);
  });

  test('is no missing container: nothing is created, and nothing is run again', async () => {
    let runs = 0;
    const queue = makeQueueContainer(withKey(), 'q', ONE_TRY);
    const fail = () => Promise.reject(Object.assign(new Error('busy'), { statusCode: 503, runs: (runs += 1) }));
    await expect(queue.use(fail)).rejects.toThrow('busy');
    expect([runs, asked]).toEqual([1, []]);
  });
});

describe('without a connection string', () => {
  test('queue and table stand at their own URIs, with or without a slash at the end', async () => {
    const settings: StorageSettings = {
      kind: 'identity',
      queueServiceUri: 'https://account.queue.core.windows.net//',
      tableServiceUri: 'https://account.table.core.windows.net',
      usesManagedIdentity: true,
    };
    const queue = makeQueueContainer(settings, 'tone-requests');
    expect(await queue.use(async ({ url }) => url)).toBe('https://account.queue.core.windows.net/tone-requests');
    const table = makeTableContainer(settings, 'Rows');
    expect(await table.use(async ({ url, tableName }) => [url, tableName])).toEqual([
      'https://account.table.core.windows.net',
      'Rows',
    ]);
  });

  const CHOSEN = '11111111-2222-4333-8444-555555555555';
  const OF_ENVIRONMENT = '22222222-2222-4222-8222-222222222222';
  test.each([
    ['the identity of the system', { usesManagedIdentity: true }, null],
    ['the identity that is named', { usesManagedIdentity: true, managedIdentityClientId: CHOSEN }, CHOSEN],
    ['whoever the environment names', {}, OF_ENVIRONMENT],
  ])('the app comes as %s', async (_who, more, clientId) => {
    process.env['AZURE_CLIENT_ID'] = OF_ENVIRONMENT;
    const queue = makeQueueContainer(withIdentity(more), 'q', ONE_TRY);
    await expect(queue.use((client, options) => client.getProperties(options))).rejects.toThrow();
    const table = makeTableContainer(withIdentity(more), 'Rows');
    await expect(table.use((client) => client.getEntity('p', 'r'))).rejects.toMatchObject({ statusCode: 503 });
    expect(new Set(clientIds)).toEqual(new Set([clientId]));
    expect(new Set(shown)).toEqual(new Set(['Bearer the-token']));
  });
});
