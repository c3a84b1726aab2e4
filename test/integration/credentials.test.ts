// Every credential against a local Entra (HTTPS, own certificate) and a local managed-identity endpoint, which check what they are sent.
// Integration tests of shared/graph/credentials with the real @azure/identity.
import { once } from 'node:events';
import { createHash, randomUUID, verify, type X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeGraphTokenSource } from '../../shared/graph/token-source';
import type { GraphCredential, GraphSettings } from '../../shared/settings/graph-settings';
import { makeSelfSignedCertificate } from '../support/services/self-signed-certificate';

const TENANT = '99999999-8888-4777-8666-aaaaaaaaaaaa';
const CLIENT_ID = '11111111-2222-4333-8444-555555555555';
const SECRET = 'the~client.secret';
const SCOPE = 'https://graph.microsoft.com/.default';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type Form = Readonly<Record<string, string>>;
/** Judges a token request: a reason to refuse it, or undefined. */
type Check = (form: Form) => string | undefined;

const authorityCertificate = makeSelfSignedCertificate();
const clientCertificate = makeSelfSignedCertificate();
const trustedBefore = getCACertificates('default');

let authority: Server;
let identityEndpoint: Server;
let authorityHost: string;
let folder: string;
let check: Check;
let answer: ((response: ServerResponse) => void) | undefined;
let lifetimeSeconds: number;
let tokenRequests: Form[];
let authorityPaths: string[];
let identityRequests: URL[];

beforeAll(async () => {
  setDefaultCACertificates([...trustedBefore, authorityCertificate.certificatePem]);
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  authority = createHttpsServer(
    { cert: authorityCertificate.certificatePem, key: authorityCertificate.privateKeyPem },
    (request, response) => void serveAuthority(request, response),
  );
  identityEndpoint = createHttpServer(serveIdentityEndpoint);
  for (const server of [authority, identityEndpoint]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  authorityHost = `https://localhost:${portOf(authority)}`;
  process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${portOf(identityEndpoint)}/msi/token`;
  process.env['IDENTITY_HEADER'] = 'the-header-secret';
});

afterAll(async () => {
  setDefaultCACertificates(trustedBefore);
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  for (const server of [authority, identityEndpoint]) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  check = () => undefined;
  answer = undefined;
  lifetimeSeconds = 3600;
  tokenRequests = [];
  authorityPaths = [];
  identityRequests = [];
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function serveAuthority(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '', authorityHost);
  authorityPaths.push(`${request.method} ${pathname}`);
  if (pathname === `/${TENANT}/v2.0/.well-known/openid-configuration`) {
    const base = `${authorityHost}/${TENANT}`;
    return sendJson(response, 200, {
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    });
  }
  if (pathname !== `/${TENANT}/oauth2/v2.0/token`) return sendJson(response, 404, {});
  const form = Object.fromEntries(new URLSearchParams(await text(request)));
  tokenRequests.push(form);
  if (answer !== undefined) return answer(response);
  const fault =
    form['client_id'] !== CLIENT_ID || form['scope'] !== SCOPE || form['grant_type'] !== 'client_credentials'
      ? 'wrong request'
      : check(form);
  if (fault !== undefined) {
    return sendJson(response, 401, {
      error: 'invalid_client',
      error_description: `AADSTS7000215: ${fault}`,
      error_codes: [7000215],
    });
  }
  return sendJson(response, 200, {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    access_token: `app-token-${randomUUID()}`,
  });
}

/** https://learn.microsoft.com/azure/app-service/overview-managed-identity, REST endpoint reference */
function serveIdentityEndpoint(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://identity');
  identityRequests.push(url);
  if (request.headers['x-identity-header'] !== 'the-header-secret') return sendJson(response, 401, {});
  const expiresOn = String(Math.floor(Date.now() / 1000) + 86_400);
  return sendJson(response, 200, {
    access_token: `identity-token-${url.searchParams.get('client_id')}-${randomUUID()}`,
    client_id: url.searchParams.get('client_id'),
    expires_on: expiresOn,
    resource: url.searchParams.get('resource'),
    token_type: 'Bearer',
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function settingsOf(credential: GraphCredential, change: Partial<GraphSettings> = {}): GraphSettings {
  return {
    clientId: CLIENT_ID,
    tenantId: TENANT,
    tenantIds: [],
    credential,
    cloud: 'global',
    baseUrl: 'https://graph.microsoft.com',
    authorityHost,
    authorityOverridden: true,
    scope: SCOPE,
    apiVersion: 'v1.0',
    callsPath: 'communications',
    ...change,
  };
}

const WITH_SECRET: GraphCredential = { kind: 'secret', tenantId: TENANT, clientSecret: SECRET };
const APP_TOKEN = { kind: 'token', token: expect.stringMatching(/^app-token-/) as string };

describe('client secret', () => {
  beforeEach(() => {
    check = (form) => (form['client_secret'] === SECRET ? undefined : 'wrong secret');
  });

  test('gives a token from the configured authority alone, without instance discovery', async () => {
    expect(await makeGraphTokenSource(settingsOf(WITH_SECRET)).getToken({ fresh: false })).toEqual(APP_TOKEN);
    expect(authorityPaths).toEqual([
      `GET /${TENANT}/v2.0/.well-known/openid-configuration`,
      `POST /${TENANT}/oauth2/v2.0/token`,
    ]);
  });

  test('a token is kept, and asked for once by many at the same time', async () => {
    const source = makeGraphTokenSource(settingsOf(WITH_SECRET));
    const together = await Promise.all(Array.from({ length: 10 }, () => source.getToken({ fresh: false })));
    const later = await source.getToken({ fresh: false });
    expect(new Set([...together, later].map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(tokenRequests).toHaveLength(1);
  });

  test('a fresh token is another one, asked for once, and is then the one that is kept', async () => {
    const source = makeGraphTokenSource(settingsOf(WITH_SECRET));
    const first = await source.getToken({ fresh: false });
    const [fresh, sameFresh] = await Promise.all([source.getToken({ fresh: true }), source.getToken({ fresh: true })]);
    expect(fresh).toEqual(APP_TOKEN);
    expect(fresh).not.toEqual(first);
    expect(sameFresh).toEqual(fresh);
    expect(await source.getToken({ fresh: false })).toEqual(fresh);
    expect(tokenRequests).toHaveLength(2);
  });

  test('a fresh token is not the one that somebody else is just waiting for', async () => {
    const source = makeGraphTokenSource(settingsOf(WITH_SECRET));
    const [ordinary, fresh] = await Promise.all([source.getToken({ fresh: false }), source.getToken({ fresh: true })]);
    expect(fresh).not.toEqual(ordinary);
    expect(tokenRequests).toHaveLength(2);
  });

  test('a wrong secret is told by the codes of Entra, never by its text, and the next attempt starts anew', async () => {
    const source = makeGraphTokenSource(settingsOf({ ...WITH_SECRET, clientSecret: 'wrong' }));
    const reply = await source.getToken({ fresh: false });
    expect(reply).toEqual({ kind: 'unavailable', detail: 'invalid_client 7000215' });
    check = () => undefined;
    expect(await source.getToken({ fresh: false })).toEqual(APP_TOKEN);
  });
});

describe('client certificate', () => {
  let certificatePath: string;

  beforeAll(async () => {
    certificatePath = join(folder, 'app.pem');
    await writeFile(certificatePath, clientCertificate.privateKeyPem + clientCertificate.certificatePem);
  });

  test('signs an assertion that Entra can verify', async () => {
    check = (form) => faultOfAssertion(form, clientCertificate.x509);
    const source = makeGraphTokenSource(settingsOf({ kind: 'certificate', tenantId: TENANT, certificatePath }));
    expect(await source.getToken({ fresh: false })).toEqual(APP_TOKEN);
    expect(tokenRequests[0]).not.toHaveProperty('client_secret');
  });

  test('another certificate is refused by the same check', async () => {
    check = (form) => faultOfAssertion(form, makeSelfSignedCertificate().x509);
    const source = makeGraphTokenSource(settingsOf({ kind: 'certificate', tenantId: TENANT, certificatePath }));
    expect(await source.getToken({ fresh: false })).toMatchObject({ kind: 'unavailable' });
  });

  test('a file that is not there is no token, and is read again the next time', async () => {
    const path = join(folder, 'later.pem');
    const source = makeGraphTokenSource(settingsOf({ kind: 'certificate', tenantId: TENANT, certificatePath: path }));
    expect(await source.getToken({ fresh: false })).toEqual({ kind: 'unavailable', detail: 'ENOENT' });
    await writeFile(path, clientCertificate.privateKeyPem + clientCertificate.certificatePem);
    expect(await source.getToken({ fresh: false })).toEqual(APP_TOKEN);
  });

  test('a certificate that was replaced serves from the attempt after the one that was refused', async () => {
    const path = join(folder, 'replaced.pem');
    const replacement = makeSelfSignedCertificate();
    lifetimeSeconds = 1;
    check = (form) => faultOfAssertion(form, clientCertificate.x509);
    await writeFile(path, clientCertificate.privateKeyPem + clientCertificate.certificatePem);
    const source = makeGraphTokenSource(settingsOf({ kind: 'certificate', tenantId: TENANT, certificatePath: path }));
    expect(await source.getToken({ fresh: false })).toEqual(APP_TOKEN);
    check = (form) => faultOfAssertion(form, replacement.x509);
    await writeFile(path, replacement.privateKeyPem + replacement.certificatePem);
    expect(await source.getToken({ fresh: false })).toMatchObject({ kind: 'unavailable' });
    expect(await source.getToken({ fresh: false })).toEqual(APP_TOKEN);
  });

  /** https://learn.microsoft.com/entra/identity-platform/certificate-credentials, assertion format */
  function faultOfAssertion(form: Form, x509: X509Certificate): string | undefined {
    if (form['client_assertion_type'] !== ASSERTION_TYPE) return 'assertion type';
    const [header = '', payload = '', signature = ''] = (form['client_assertion'] ?? '').split('.');
    const head = decode(header);
    const claims = decode(payload);
    const sha = (name: string) => createHash(name).update(x509.raw).digest('base64url');
    if (head['x5t#S256'] !== sha('sha256') && head['x5t'] !== sha('sha1')) return 'thumbprint';
    const padding = head['alg'] === 'PS256' ? 6 : 1; // RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING
    if (
      !verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        { key: x509.publicKey, padding, saltLength: 32 },
        Buffer.from(signature, 'base64url'),
      )
    )
      return 'signature';
    const now = Date.now() / 1000;
    if (claims['aud'] !== `${authorityHost}/${TENANT}/oauth2/v2.0/token`) return 'aud';
    if (claims['iss'] !== CLIENT_ID || claims['sub'] !== CLIENT_ID) return 'iss or sub';
    if (!(Number(claims['exp']) > now && Number(claims['exp']) < now + 3600)) return 'exp';
    return undefined;
  }

  function decode(part: string): Readonly<Record<string, unknown>> {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  }
});

describe('federated managed identity', () => {
  test.each([
    ['global', 'api://AzureADTokenExchange'],
    ['usgov-l4', 'api://AzureADTokenExchangeUSGov'],
    ['china', 'api://AzureADTokenExchangeChina'],
  ] as const)("in %s hands in the identity's token for %s", async (cloud, audience) => {
    const managedIdentityClientId = randomUUID();
    check = (form) =>
      form['client_assertion_type'] === ASSERTION_TYPE &&
      form['client_assertion']?.startsWith(`identity-token-${managedIdentityClientId}-`) === true
        ? undefined
        : 'wrong assertion';
    const source = makeGraphTokenSource(
      settingsOf({ kind: 'federated', tenantId: TENANT, managedIdentityClientId }, { cloud }),
    );
    expect(await source.getToken({ fresh: false })).toEqual(APP_TOKEN);
    expect(
      identityRequests.map(({ searchParams }) => [searchParams.get('resource'), searchParams.get('client_id')]),
    ).toEqual([[audience, managedIdentityClientId]]);
  });
});

describe('managed identity', () => {
  test('is asked for the scope without its ending, by its client id, and Entra is not asked at all', async () => {
    const clientId = randomUUID();
    const source = makeGraphTokenSource(settingsOf({ kind: 'managed-identity' }, { clientId }));
    expect(await source.getToken({ fresh: false })).toEqual({
      kind: 'token',
      token: expect.stringContaining(`identity-token-${clientId}-`) as string,
    });
    expect(
      identityRequests.map(({ searchParams }) => [searchParams.get('resource'), searchParams.get('client_id')]),
    ).toEqual([['https://graph.microsoft.com', clientId]]);
    expect(authorityPaths).toEqual([]);
  });

  test('cannot refresh: the fresh token is the same', async () => {
    const source = makeGraphTokenSource(settingsOf({ kind: 'managed-identity' }, { clientId: randomUUID() }));
    const first = await source.getToken({ fresh: false });
    expect(await source.getToken({ fresh: true })).toEqual(first);
  });
});

describe('the tenant that is asked for', () => {
  test('may be the own one, whatever the case in the settings', async () => {
    const source = makeGraphTokenSource(settingsOf(WITH_SECRET, { tenantId: TENANT.toUpperCase() }));
    expect(await source.getToken({ tenantId: TENANT, fresh: false })).toEqual(APP_TOKEN);
  });

  test('is refused where none but that of a managed identity is known', async () => {
    const { tenantId: _tenant, ...settings } = settingsOf({ kind: 'managed-identity' });
    expect(await makeGraphTokenSource(settings).getToken({ tenantId: TENANT, fresh: false })).toEqual({
      kind: 'refused',
      code: 'tenant-not-listed',
    });
    expect([identityRequests, authorityPaths]).toEqual([[], []]);
  });
});

describe('trouble is known soon', () => {
  test.each([429, 500, 503])(
    'an authority that answers %i is asked once, and no Retry-After is waited for here',
    async (status) => {
      answer = (response) => void response.writeHead(status, { 'Retry-After': '3600' }).end('{}');
      expect(await makeGraphTokenSource(settingsOf(WITH_SECRET)).getToken({ fresh: false })).toMatchObject({
        kind: 'unavailable',
      });
      expect(tokenRequests).toHaveLength(1);
    },
  );

  test('a silent authority is given up, and asked anew the next time', async () => {
    const closed: Promise<unknown>[] = [];
    answer = (response) => void closed.push(once(response, 'close'));
    const source = makeGraphTokenSource(settingsOf(WITH_SECRET), { timeoutMs: 1500 });
    expect(await source.getToken({ fresh: false })).toEqual({
      kind: 'unavailable',
      detail: 'no answer within 1500 ms',
    });
    expect(closed).toHaveLength(1);
    await Promise.all(closed);
    answer = undefined;
    expect(await source.getToken({ fresh: false })).toEqual(APP_TOKEN);
  });

  test('an authority that is not there is told by its code', async () => {
    const source = makeGraphTokenSource(settingsOf(WITH_SECRET, { authorityHost: 'https://authority.invalid' }), {
      timeoutMs: 500,
    });
    expect(await source.getToken({ fresh: false })).toMatchObject({ kind: 'unavailable' });
  });
});
