// The real identity library against the simulator's authority: tenants side by side, each with its own tokens, one of them in trouble.
// Integration tests of shared/graph/token-source and of the press on top of it; a call takes a token of its own tenant only.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Authority, AuthorityOptions } from '../../local/graph-simulator/identity/authority';
import { startGraphSimulator, type GraphSimulator } from '../../local/graph-simulator/server';
import { waitFor } from '../../local/wait-for';
import { makePostToCall } from '../../shared/graph/post';
import { makeSendDtmfTones } from '../../shared/graph/send-dtmf-tones';
import { makeGraphTokenSource } from '../../shared/graph/token-source';
import type { GraphCredential, GraphSettings } from '../../shared/settings/graph-settings';
import type { PressReply } from '../../shared/tones/ports/graph-calls';
import { makeSelfSignedCertificate } from '../support/services/self-signed-certificate';

const [OWN, SECOND, THIRD] = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  '33333333-3333-4333-8333-333333333333',
] as const;
const TENANTS = [OWN, SECOND, THIRD];
const CONSENTED = { [OWN]: 'consented', [SECOND]: 'consented', [THIRD]: 'consented' } as const;
const SECRET = 'the~client.secret';

const tlsCertificate = makeSelfSignedCertificate();
const clientCertificate = makeSelfSignedCertificate();
const trustedBefore = getCACertificates('default');
const tls = { certificate: tlsCertificate.certificatePem, privateKey: tlsCertificate.privateKeyPem };
const closers: (() => Promise<unknown>)[] = [];
let folder: string;

beforeAll(async () => {
  setDefaultCACertificates([...trustedBefore, tlsCertificate.certificatePem]);
  folder = await mkdtemp(join(tmpdir(), 'tenants-'));
  await writeFile(certificatePath(), clientCertificate.privateKeyPem + clientCertificate.certificatePem);
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
});

afterAll(async () => {
  setDefaultCACertificates(trustedBefore);
  await rm(folder, { recursive: true });
});

function certificatePath(): string {
  return join(folder, 'app.pem');
}

interface World {
  readonly simulator: GraphSimulator;
  readonly authority: Authority;
  /** A press in a call of this tenant, by a request that names it; the own one is not named. */
  press(tenantId: string, options?: { callOf?: string; scenario?: 'unauthorized-once' }): Promise<PressReply>;
}

const WITH_SECRET: GraphCredential = { kind: 'secret', tenantId: OWN, clientSecret: SECRET };

async function setUp(
  options: Partial<AuthorityOptions> = {},
  credential: GraphCredential = WITH_SECRET,
  timeoutMs = 10_000,
): Promise<World> {
  const tenants = CONSENTED;
  const simulator = await startGraphSimulator({
    port: 0,
    authority: { tls, clientSecret: SECRET, tenants, ...options },
  });
  closers.push(() => simulator.close());
  const authority = simulator.authority as Authority;
  process.env['IDENTITY_ENDPOINT'] = simulator.identityEndpoint;
  process.env['IDENTITY_HEADER'] = simulator.identityHeader;
  const settings: GraphSettings = {
    clientId: simulator.appId,
    tenantId: OWN,
    tenantIds: [SECOND, THIRD],
    credential,
    cloud: 'global',
    baseUrl: simulator.url,
    authorityHost: authority.url,
    authorityOverridden: true,
    scope: 'https://graph.microsoft.com/.default',
    apiVersion: 'v1.0',
    callsPath: 'communications',
  };
  const tokenSource = makeGraphTokenSource(settings, { timeoutMs });
  const sendDtmfTones = makeSendDtmfTones(makePostToCall({ settings, tokenSource }));
  return {
    simulator,
    authority,
    press(tenantId, { callOf = tenantId, scenario } = {}) {
      const callId = randomUUID();
      const plan = scenario !== undefined && { scenario, revokesToken: true };
      simulator.putCall(callId, { tenantId: callOf, ...plan });
      const named = tenantId !== OWN && { tenantId };
      const press = { callId, ...named, clientContext: callId, tones: ['tone1'] as const };
      return sendDtmfTones(press, () => ({ kind: 'go', timeoutMs: 60_000 }));
    },
  };
}

const tokensAsked = ({ authority }: World) => TENANTS.map((tenantId) => authority.tokenRequests(tenantId).length);
const RUNNING = { kind: 'running' };
const NEVER_PRESSED = { kind: 'refused', again: 'never', answered: false };

describe('three tenants side by side', () => {
  const credentials: readonly (readonly [string, () => [GraphCredential, Partial<AuthorityOptions>]])[] = [
    ['client secret', () => [WITH_SECRET, {}]],
    [
      'certificate',
      () => [
        { kind: 'certificate', tenantId: OWN, certificatePath: certificatePath() },
        { clientCertificate: clientCertificate.certificatePem },
      ],
    ],
    [
      'federated managed identity',
      () => {
        // The library keeps a managed identity's token for the whole process.
        const identity = randomUUID();
        return [
          { kind: 'federated', tenantId: OWN, managedIdentityClientId: identity },
          { trustedIdentityClientId: identity },
        ];
      },
    ],
  ];

  test.each(credentials)(
    'each call is pressed with a token of its tenant, kept for the next: %s',
    async (_what, of) => {
      const [credential, options] = of();
      const world = await setUp(options, credential);
      for (let round = 0; round < 3; round += 1) {
        const replies = await Promise.all(TENANTS.map((tenantId) => world.press(tenantId)));
        expect(replies).toMatchObject([RUNNING, RUNNING, RUNNING]);
      }
      const used = world.simulator.requests().map(({ tokenTenantId }) => tokenTenantId);
      expect([...used].sort()).toEqual(TENANTS.flatMap((tenantId) => [tenantId, tenantId, tenantId]));
      expect(tokensAsked(world)).toEqual([1, 1, 1]);
    },
  );

  test('a proof that the authority does not accept gives no token in any of them', async () => {
    const world = await setUp({}, { ...WITH_SECRET, clientSecret: 'wrong' });
    const refused = { kind: 'refused', again: 'later', fault: { detail: 'invalid_client 7000215' } };
    expect(await Promise.all(TENANTS.map((tenantId) => world.press(tenantId)))).toMatchObject(Array(3).fill(refused));
  });

  test('a token of another tenant does not press: the simulator would notice a mix-up', async () => {
    const world = await setUp();
    expect(await world.press(SECOND, { callOf: THIRD })).toMatchObject({ fault: { code: 'call-not-found' } });
    expect(await world.press(OWN, { callOf: SECOND })).toMatchObject({ fault: { code: 'call-not-found' } });
    expect(world.simulator.presses()).toEqual([]);
  });

  test('a token that Graph refuses is asked for anew in its tenant, and costs no other tenant its own', async () => {
    const world = await setUp();
    await Promise.all(TENANTS.map((tenantId) => world.press(tenantId)));
    expect(await world.press(SECOND, { scenario: 'unauthorized-once' })).toMatchObject(RUNNING);
    expect(await Promise.all(TENANTS.map((tenantId) => world.press(tenantId)))).toMatchObject(Array(3).fill(RUNNING));
    expect(tokensAsked(world)).toEqual([1, 2, 1]);
  });

  test('tokens are refreshed before they end, each in its tenant, and nobody waits for it', async () => {
    const world = await setUp({ tokenRefreshInSeconds: 1 });
    await Promise.all(TENANTS.map((tenantId) => world.press(tenantId)));
    world.authority.setTenant(THIRD, 'silent');
    await waitFor('a second token in each tenant', async () => {
      expect(await Promise.all(TENANTS.map((tenantId) => world.press(tenantId)))).toMatchObject(Array(3).fill(RUNNING));
      return tokensAsked(world).every((count) => count >= 2);
    });
    const count = tokensAsked(world);
    expect(await world.press(THIRD)).toMatchObject(RUNNING);
    expect(tokensAsked(world)[2]).toBe(count[2]);
  });
});

describe('a tenant in trouble', () => {
  test.each([
    ['not-installed', 'tenant-not-consented', 'unauthorized_client 700016'],
    ['no-service-principal', 'tenant-not-consented', 'invalid_client 7000229'],
    ['disabled', 'tenant-not-consented', 'unauthorized_client 7000112'],
    ['unknown', 'tenant-not-found', 'invalid_request 90002'],
  ] as const)('%s: %s for good, and the others are pressed', async (mode, code, detail) => {
    const world = await setUp({ tenants: { ...CONSENTED, [SECOND]: mode } });
    const replies = await Promise.all(TENANTS.map((tenantId) => world.press(tenantId)));
    expect(replies).toMatchObject([RUNNING, { ...NEVER_PRESSED, fault: { code, detail } }, RUNNING]);
    expect(world.simulator.requests()).toHaveLength(2);
  });

  test('a token without the role is refused by Graph: the permission is missing', async () => {
    const world = await setUp({ tenants: { ...CONSENTED, [SECOND]: 'without-permission' } });
    const fault = { code: 'permission-missing', detail: 'HTTP 403, Graph code 7504' };
    expect(await world.press(SECOND)).toMatchObject({ kind: 'refused', again: 'never', fault });
    expect(await world.press(THIRD)).toMatchObject(RUNNING);
  });

  test('a consent that is given later works at the next press', async () => {
    const world = await setUp({ tenants: { ...CONSENTED, [SECOND]: 'not-installed' } });
    expect(await world.press(SECOND)).toMatchObject(NEVER_PRESSED);
    world.authority.setTenant(SECOND, 'consented');
    expect(await world.press(SECOND)).toMatchObject(RUNNING);
  });

  test('an authority that fails for one tenant is trouble for now, and the tokens of the others stay', async () => {
    const world = await setUp();
    await world.press(OWN);
    world.authority.setTenant(SECOND, 'failing');
    for (let round = 0; round < 3; round += 1) {
      const failed = { kind: 'refused', again: 'later', fault: { code: 'token-unavailable' } };
      expect(await Promise.all([OWN, SECOND].map((tenantId) => world.press(tenantId)))).toMatchObject([
        RUNNING,
        failed,
      ]);
    }
    expect(tokensAsked(world)).toEqual([1, 3, 0]);
  });

  test('an authority that is silent for one tenant holds up no other', async () => {
    const world = await setUp({ tenants: { ...CONSENTED, [SECOND]: 'silent' } });
    let isAnswered = false;
    const silent = Promise.all([1, 2, 3].map(() => world.press(SECOND))).then((replies) => {
      isAnswered = true;
      return replies;
    });
    await waitFor('the silent tenant to be asked', () => world.authority.tokenRequests(SECOND).length === 1);
    for (let round = 0; round < 3; round += 1) {
      expect(await Promise.all([OWN, THIRD].map((tenantId) => world.press(tenantId)))).toMatchObject([
        RUNNING,
        RUNNING,
      ]);
    }
    expect(isAnswered).toBe(false);
    expect(tokensAsked(world)).toEqual([1, 1, 1]);
    await world.authority.close();
    expect(await silent).toMatchObject(Array(3).fill({ kind: 'refused', again: 'later' }));
  });

  test('a tenant that the settings do not list is not even asked', async () => {
    const world = await setUp();
    const unlisted = '44444444-4444-4444-8444-444444444444';
    expect(await world.press(unlisted)).toMatchObject({ ...NEVER_PRESSED, fault: { code: 'tenant-not-listed' } });
    expect(world.authority.tokenRequests()).toEqual([]);
  });

  test('a message that names what has become the own tenant is pressed with its token', async () => {
    const world = await setUp();
    const callId = randomUUID();
    world.simulator.putCall(callId, { tenantId: OWN });
    const source = makeGraphTokenSource(
      {
        clientId: world.simulator.appId,
        tenantId: OWN.toUpperCase(),
        tenantIds: [],
        credential: WITH_SECRET,
        cloud: 'global',
        baseUrl: world.simulator.url,
        authorityHost: world.authority.url,
        authorityOverridden: true,
        scope: 'https://graph.microsoft.com/.default',
        apiVersion: 'v1.0',
        callsPath: 'communications',
      },
      { timeoutMs: 10_000 },
    );
    expect(await source.getToken({ tenantId: OWN, fresh: false })).toMatchObject({ kind: 'token' });
  });
});
