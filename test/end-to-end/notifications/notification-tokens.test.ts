// Who may send notifications: tokens of both kinds, and every forgery of either, over HTTP with real signatures.
// One request runs through the whole file; only the last test, with a good token, may end it.
import type { TokenKind } from '../../../local/graph-simulator/calls/scenarios';
import type { TokenRequest } from '../../../local/graph-simulator/identity/tokens';
import { startApp, type AcceptedRequest, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
let running: AcceptedRequest;
let callId: string;
beforeAll(async () => {
  app = await startApp();
  callId = app.call({ scenario: 'notification-never' });
  running = await app.accept({ callId });
  await app.untilStatus(running, 'running');
});
afterAll(() => app.close());

const TENANT = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const OTHER_TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const APP = '11111111-2222-4333-8444-555555555555';
const LONG_TID = 'http://schemas.microsoft.com/identity/claims/tenantid';
const seconds = () => Math.floor(Date.now() / 1000);

const ended = () => operationEnded(callId, tonesEnded(running.clientContext));
const KINDS = ['calling-service', 'entra-v1', 'entra-v2'] as const;
const ENTRA = ['entra-v1', 'entra-v2'] as const;

type Forgery = readonly [name: string, change: (kind: TokenKind) => Omit<TokenRequest, 'kind'>];

const EITHER_KIND: readonly Forgery[] = [
  ['expired', () => ({ claims: { exp: seconds() - 301, nbf: seconds() - 4000 } })],
  ['without expiry', () => ({ claims: { exp: null } })],
  ['not yet valid', () => ({ claims: { nbf: seconds() + 400 } })],
  ['unsigned', () => ({ signature: 'none' })],
  ['signed as HS256 with the public key', () => ({ signature: 'hs256' })],
  ['tampered with', () => ({ signature: 'tampered' })],
  ['signed with a foreign key', () => ({ key: 'unpublished' })],
  ['signed with the other kind’s key', (kind) => ({ key: kind === 'calling-service' ? 'entra' : 'calling-service' })],
  ['without key id', () => ({ header: { kid: null } })],
  ['of an unknown key id', () => ({ header: { kid: 'unknown' } })],
  ['with a crit header', () => ({ header: { crit: ['b64'] } })],
  ['of another issuer', () => ({ claims: { iss: 'https://accounts.example.com' } })],
  ['without issuer', () => ({ claims: { iss: null } })],
  ['for another audience', () => ({ claims: { aud: OTHER_TENANT } })],
  ['for other audiences', () => ({ claims: { aud: [OTHER_TENANT, 'https://graph.microsoft.com'] } })],
  ['without audience', () => ({ claims: { aud: null } })],
  ['without tenant', () => ({ claims: { tid: null } })],
  ['of an empty tenant', () => ({ claims: { tid: '' } })],
  ['bound to a key (cnf)', () => ({ claims: { cnf: { kid: 'x' } } })],
  ['with an empty cnf', () => ({ claims: { cnf: {} } })],
];

const ENTRA_ONLY: readonly Forgery[] = [
  [
    'whose issuer is another tenant’s',
    () => ({ claims: { iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0` } }),
  ],
  ['whose tid is another tenant’s', () => ({ claims: { tid: OTHER_TENANT } })],
  [
    'from a look-alike host',
    () => ({ claims: { iss: `https://login.microsoftonline.com.evil.example/${TENANT}/v2.0` } }),
  ],
  [
    'from a look-alike host with a user name',
    () => ({ claims: { iss: `https://sts.windows.net@evil.example/${TENANT}/` } }),
  ],
  ['with a longer issuer', () => ({ claims: { iss: `https://sts.windows.net/${TENANT}/x` } })],
  ['of the placeholder tenant', () => ({ claims: { iss: 'https://login.microsoftonline.com/{tenantid}/v2.0' } })],
  ['whose tenant is no GUID', () => ({ claims: { iss: 'https://sts.windows.net/contoso.com/', tid: 'contoso.com' } })],
  ['of another caller', (kind) => ({ claims: kind === 'entra-v1' ? { appid: APP } : { azp: APP } })],
  ['without caller', (kind) => ({ claims: kind === 'entra-v1' ? { appid: null } : { azp: null } })],
  ['of a second caller', (kind) => ({ claims: kind === 'entra-v1' ? { azp: APP } : { appid: APP } })],
  ['that claims the calling service’s issuer', () => ({ claims: { iss: 'https://api.botframework.com' } })],
];

const FORGERIES = [
  ...KINDS.flatMap((kind) => EITHER_KIND.map(([name, change]) => [kind, name, change] as const)),
  ...ENTRA.flatMap((kind) => ENTRA_ONLY.map(([name, change]) => [kind, name, change] as const)),
];

async function expectRefused(authorization: string, challenge: string): Promise<void> {
  const answer = await app.notify(ended(), authorization);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe(challenge);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.json).toMatchObject({ type: 'urn:problem:unauthenticated', status: 401 });
  expect((await app.rows.outcome(running.clientContext))['status']).toBe('running');
}

it.each(FORGERIES)('refuses a token of %s %s', async (kind, _name, change) => {
  await expectRefused(
    `Bearer ${await app.simulator.mintToken({ kind, ...change(kind) })}`,
    'Bearer error="invalid_token"',
  );
});

it('refuses a calling service’s token that claims an Entra issuer', async () => {
  const claims = { iss: `https://sts.windows.net/${TENANT}/`, appid: '26a18ebc-cdf7-4a6a-91cb-beb352805e81' };
  await expectRefused(
    `Bearer ${await app.simulator.mintToken({ kind: 'calling-service', claims })}`,
    'Bearer error="invalid_token"',
  );
});

it('asks for a bearer token where there is none', async () => {
  await expectRefused('', 'Bearer');
});

it('refuses other schemes, two tokens, what is no token, and one that is too long', async () => {
  const good = await app.simulator.mintToken({ kind: 'calling-service' });
  const long = await app.simulator.mintToken({ kind: 'calling-service', claims: { padding: 'x'.repeat(13_000) } });
  expect(long.length).toBeGreaterThan(16 * 1024);
  for (const authorization of [
    good,
    `Basic ${good}`,
    'Bearer',
    `Bearer ${good}, Bearer ${good}`,
    `Bearer ${good} ${good}`,
    'Bearer a.b.c',
    'Bearer a.b',
    `Bearer ${good}.x`,
    `Bearer ${long}`,
  ]) {
    await expectRefused(authorization, 'Bearer error="invalid_token"');
  }
});

it('looks at the token before the body, and logs a refusal without the token', async () => {
  expect((await app.notify('no JSON', 'Bearer a.b.c')).status).toBe(401);
  expect((await app.notify('x'.repeat(300_000), 'Bearer a.b.c')).status).toBe(401);
  expect(app.logged('notification-refused', 'token-malformed').length).toBeGreaterThan(0);
  expect(app.logged('notification-refused', 'expired').length).toBeGreaterThan(0);
});

it.each([
  ['calling-service', {}],
  ['calling-service', { iss: 'https://graph.microsoft.com' }],
  ['calling-service', { iss: 'https://api.botframework.com/' }],
  ['calling-service', { aud: ['other', APP] }],
  ['calling-service', { aud: APP.toUpperCase() }],
  ['calling-service', { tid: null, [LONG_TID]: TENANT }],
  ['calling-service', { tid: OTHER_TENANT }],
  ['calling-service', { exp: Math.floor(Date.now() / 1000) + 30, nbf: null }],
  ['entra-v1', {}],
  ['entra-v1', { iss: `https://sts.windows.net/${TENANT}` }],
  ['entra-v1', { appid: '26A18EBC-CDF7-4A6A-91CB-BEB352805E81', ver: null }],
  ['entra-v2', {}],
  ['entra-v2', { iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0`, tid: OTHER_TENANT }],
  ['entra-v2', { azp: null, appid: '26a18ebc-cdf7-4a6a-91cb-beb352805e81' }],
] as const)('believes a token of %s with %j', async (kind, claims) => {
  const answer = await app.notify({ value: [] }, `bearer ${await app.simulator.mintToken({ kind, claims })}`);
  expect([answer.status, answer.text]).toEqual([202, '']);
});

it('after all of these, one good token ends the request', async () => {
  expect((await app.notify(ended())).status).toBe(202);
  const { outcome, presses } = await app.untilFinal(running);
  expect(outcome.status).toBe('succeeded');
  expect(presses).toHaveLength(1);
});
