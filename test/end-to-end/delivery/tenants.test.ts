// The whole app in several tenants: the token of each call's own tenant, a clear end where consent is missing, and nobody else disturbed.
// The identity library is the real one; Entra's token endpoint is the simulator's, over HTTPS.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { makeSelfSignedCertificate } from '../../support/services/self-signed-certificate';

const OWN = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-22222222222b';
const THIRD = '33333333-3333-4333-8333-333333333333';
const ABSENT = '44444444-4444-4444-8444-444444444444';
const SILENT = '55555555-5555-4555-8555-555555555555';
const SECRET = 'the~client.secret.of.tenants';

let app: AppUnderTest;
let folder: string;

beforeAll(async () => {
  const { certificatePem, privateKeyPem } = makeSelfSignedCertificate();
  folder = await mkdtemp(join(tmpdir(), 'tenants-'));
  const trusted = join(folder, 'authority.pem');
  await writeFile(trusted, certificatePem);
  app = await startApp({
    authority: {
      tls: { certificate: certificatePem, privateKey: privateKeyPem },
      clientSecret: SECRET,
      tenants: {
        [OWN]: 'consented',
        [SECOND]: 'consented',
        [THIRD]: 'consented',
        [ABSENT]: 'not-installed',
        [SILENT]: 'silent',
      },
    },
    settings: {
      NODE_EXTRA_CA_CERTS: trusted,
      GRAPH_TENANT_ID: OWN,
      GRAPH_TENANT_IDS: `${SECOND.toUpperCase()}, ${THIRD},${ABSENT},${SILENT}`,
      GRAPH_CLIENT_SECRET: SECRET,
    },
  });
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const tokensAsked = (tenantId: string) => app.simulator.authority?.tokenRequests(tenantId).length;

it('presses in each call with a token of its tenant, in every part, and keeps the token', async () => {
  const endings = await Promise.all(
    [undefined, OWN, SECOND, SECOND.toUpperCase(), THIRD, THIRD].map(async (tenantId) => {
      const callId = app.call({ tenantId: (tenantId ?? OWN).toLowerCase() });
      return app.ending({ callId, digits: '1w2', ...(tenantId !== undefined && { tenantId }) });
    }),
  );
  expect(endings.map(({ outcome }) => outcome.status)).toEqual(Array(6).fill('succeeded'));
  const tokens = endings.map(({ requests }) => requests.map(({ tokenTenantId }) => tokenTenantId));
  expect(tokens).toEqual([OWN, OWN, SECOND, SECOND, THIRD, THIRD].map((tenantId) => [tenantId]));
  const second = app.simulator.requests().filter(({ clientContext = '' }) => clientContext.endsWith(';part=2'));
  expect(second.map(({ tokenTenantId }) => tokenTenantId).sort()).toEqual([OWN, OWN, SECOND, SECOND, THIRD, THIRD]);
  expect(endings.map(({ row }) => row['tenantId'])).toEqual([undefined, undefined, SECOND, SECOND, THIRD, THIRD]);
  expect(endings.map(({ outcome }) => Object.hasOwn(outcome, 'tenantId'))).toEqual(Array(6).fill(false));
  expect([OWN, SECOND, THIRD].map(tokensAsked)).toEqual([1, 1, 1]);
  expect(app.logged('report-from-other-tenant')).toEqual([]);
});

it('ends a request at once where the tenant has not consented, with a code of its own, in the log, too', async () => {
  const { outcome, row, requests, presses } = await app.ending({
    callId: app.call({ tenantId: ABSENT }),
    tenantId: ABSENT,
  });
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'tenant-not-consented' } });
  expect(outcome.error?.message).toMatch(/\(unauthorized_client 700016\)$/);
  expect(row).toMatchObject({ status: 'failed', errorCode: 'tenant-not-consented', tenantId: ABSENT });
  expect([requests, presses]).toEqual([[], []]);
  expect(tokensAsked(ABSENT)).toBe(1);
  const [line] = app.logged('request-ended', outcome.clientContext);
  expect(line).toContain('"code":"tenant-not-consented"');
  expect(line).toContain(`"tenantId":"${ABSENT}"`);
});

it('presses for other tenants while the authority of one is silent', async () => {
  const silent = await Promise.all(
    Array.from({ length: 20 }, () =>
      app.accept({ callId: app.call({ tenantId: SILENT }), tenantId: SILENT, expiresInSeconds: 8 }),
    ),
  );
  await waitFor('the silent tenant to be asked', () => (tokensAsked(SILENT) ?? 0) > 0);
  const others = await Promise.all(
    [OWN, SECOND, THIRD, OWN, SECOND, THIRD].map((tenantId) =>
      app.ending({ callId: app.call({ tenantId }), tenantId, expiresInSeconds: 4 }),
    ),
  );
  expect(others.map(({ outcome }) => outcome.status)).toEqual(Array(6).fill('succeeded'));
  const [one] = silent;
  expect((await app.outcomeOf(one?.clientContext ?? '')).status).not.toBe('succeeded');
  const endings = await Promise.all(silent.map((accepted) => app.untilFinal(accepted)));
  for (const { outcome, requests } of endings) {
    expect(['failed', 'expired']).toContain(outcome.status);
    expect(outcome.error?.code).toBe('token-unavailable');
    expect(requests).toEqual([]);
  }
});

it('takes the tenant for a part of the request: the own one named explicitly is the same, another one is not', async () => {
  const callId = app.call({ tenantId: OWN });
  const { clientContext } = await app.accept({ callId, digits: '7' });
  const again = (tenantId: string) => app.enqueue({ callId, digits: '7', clientContext, tenantId });
  expect((await again(OWN.toUpperCase())).status).toBe(202);
  expect((await again(SECOND)).status).toBe(409);
});

it.each(['66666666-6666-4666-8666-666666666666', 'common', ''])('refuses the tenant %j', async (tenantId) => {
  const answer = await app.enqueue({ callId: app.call(), digits: '1', tenantId });
  expect(answer.status).toBe(400);
  expect(answer.json).toMatchObject({ errors: [{ pointer: '/tenantId' }] });
});

it('counts a report whose token names another tenant, and logs both', async () => {
  const callId = app.call({ tenantId: SECOND, scenario: 'notification-never' });
  const accepted = await app.accept({ callId, tenantId: SECOND });
  const { operationId } = await app.untilStatus(accepted, 'running');
  const body = {
    changeType: 'deleted',
    resourceUrl: `/communications/calls/${callId}/operations/${operationId}`,
    resourceData: {
      '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
      status: 'completed',
      completionReason: 'completedSuccessfully',
      clientContext: accepted.clientContext,
    },
  };
  expect((await app.notify({ value: [body] })).status).toBe(202);
  expect((await app.untilFinal(accepted)).outcome.status).toBe('succeeded');
  const [line] = app.logged('report-from-other-tenant', accepted.clientContext);
  expect(line).toContain(`"tenantId":"${app.simulator.tenantId}"`);
  expect(line).toContain(`"reason":"requested in ${SECOND}"`);
});
