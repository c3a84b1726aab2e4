// Whom callNotifications believes: good tokens of both kinds, and the table of forged and malformed ones in forged-tokens.
// Tokens are made by token-forge; clock and fetch are injected.
import type { NotificationSettings } from '../../../../shared/settings/notification-settings';
import { makeNotificationGuard } from '../../../../shared/graph/notification-token';
import { FORGED_IN_BOTH_KINDS, FORGED_IN_ONE_KIND } from './forged-tokens';
import {
  APP,
  bearer,
  CALLER,
  CONSUMERS,
  ENTRA,
  entraV1,
  foreignKey,
  KINDS,
  LONG_TID,
  NOW,
  OTHER_TENANT,
  PROVIDERS,
  SECONDS,
  SERVICE,
  SETTINGS,
  SKYPE_METADATA,
  TENANT,
  tokenOf,
  type Kind,
} from './sample-tokens';
import { jwkOf, makeFetch } from './token-forge';

function makeGuard(settings: Partial<NotificationSettings> = {}, now = NOW) {
  const { fetch, asked } = makeFetch(PROVIDERS);
  return {
    guard: makeNotificationGuard({ settings: { ...SETTINGS, ...settings }, fetch, clock: { now: () => now } }),
    asked,
  };
}

const verify = (authorization: string | null, settings: Partial<NotificationSettings> = {}) =>
  makeGuard(settings).guard.verify(authorization);

describe('believed', () => {
  const cases: readonly (readonly [name: string, path: Kind['path'], authorization: string])[] = [
    ["the service's own", 'calling-service', bearer(SERVICE)],
    ['its second issuer', 'calling-service', bearer(SERVICE, { iss: 'https://graph.microsoft.com' })],
    ['an issuer with a trailing slash', 'calling-service', bearer(SERVICE, { iss: 'https://api.botframework.com/' })],
    ['the long name of tid', 'calling-service', bearer(SERVICE, { tid: undefined, [LONG_TID]: TENANT })],
    ['no caller on the older path', 'calling-service', bearer(SERVICE, { azp: 'anybody', appid: '' })],
    ['Entra v2', 'entra', bearer(ENTRA)],
    ['Entra v1', 'entra', entraV1()],
    [
      'Entra with nothing after the tenant',
      'entra',
      bearer(ENTRA, { iss: `https://login.microsoftonline.com/${TENANT}` }),
    ],
    ['Entra v1 issuer at the v2 host', 'entra', bearer(ENTRA, { iss: `https://login.microsoftonline.com/${TENANT}/` })],
    ['appid in a v2 token', 'entra', bearer(ENTRA, { azp: undefined, appid: CALLER })],
    ['azp and appid', 'entra', bearer(ENTRA, { appid: CALLER })],
    ['a caller in upper case', 'entra', bearer(ENTRA, { azp: CALLER.toUpperCase() })],
    ['a tid in upper case', 'entra', bearer(ENTRA, { tid: TENANT.toUpperCase() })],
    [
      "an issuer's tenant in upper case",
      'entra',
      bearer(ENTRA, { iss: `https://login.microsoftonline.com/${TENANT.toUpperCase()}/v2.0` }),
    ],
    ...KINDS.flatMap((kind) => [
      [`${kind.path}: audience in an array`, kind.path, bearer(kind, { aud: ['other', 7, APP] })] as const,
      [`${kind.path}: audience in upper case`, kind.path, bearer(kind, { aud: APP.toUpperCase() })] as const,
      [`${kind.path}: scheme in other cases`, kind.path, `bEARER   ${tokenOf(kind)}`] as const,
      [
        `${kind.path}: no nbf, iat, typ`,
        kind.path,
        bearer(kind, { nbf: undefined, iat: undefined }, { typ: undefined }),
      ] as const,
      [
        `${kind.path}: any typ, idtyp and roles`,
        kind.path,
        bearer(kind, { idtyp: 'user', roles: [] }, { typ: 'at+jwt' }),
      ] as const,
      [`${kind.path}: expired less than 5 minutes ago`, kind.path, bearer(kind, { exp: SECONDS - 299 })] as const,
      [`${kind.path}: valid in 5 minutes`, kind.path, bearer(kind, { nbf: SECONDS + 300 })] as const,
      [
        `${kind.path}: keys offered in the header are not looked at`,
        kind.path,
        bearer(
          kind,
          {},
          { jku: 'https://evil.example/keys', x5u: 'https://evil.example/x5u', jwk: jwkOf(foreignKey, 'x') },
        ),
      ] as const,
    ]),
  ];

  it.each(cases)('%s', async (_, path, authorization) => {
    expect(await verify(authorization)).toEqual({ kind: 'trusted', tenantId: TENANT, path });
  });

  it('of an allowed tenant, in any case', async () => {
    for (const kind of KINDS)
      expect(await verify(bearer(kind), { tenants: [OTHER_TENANT, TENANT.toUpperCase()] })).toMatchObject({
        kind: 'trusted',
      });
  });

  it('with settings that end otherwise in slashes', async () => {
    const settings = {
      issuers: ['https://api.botframework.com/'],
      entraIssuers: ['https://login.microsoftonline.com'],
      callerAppIds: [CALLER.toUpperCase()],
      audience: APP.toUpperCase(),
    };
    for (const kind of KINDS) expect(await verify(bearer(kind), settings)).toMatchObject({ kind: 'trusted' });
  });

  it("a consumer key for the consumers' own tenant", async () => {
    const claims = { iss: `https://login.microsoftonline.com/${CONSUMERS}/v2.0`, tid: CONSUMERS };
    expect(await verify(bearer(ENTRA, claims, { kid: 'consumers-1' }))).toEqual({
      kind: 'trusted',
      tenantId: CONSUMERS,
      path: 'entra',
    });
  });
});

describe('refused', () => {
  it.each(
    FORGED_IN_BOTH_KINDS.flatMap(([name, reason, authorization]) =>
      KINDS.map((kind) => [kind.path, name, reason, authorization(kind)] as const),
    ),
  )('%s: %s (%s)', async (_, __, reason, authorization) => {
    expect(await verify(authorization)).toEqual({ kind: 'refused', reason });
  });

  it.each(FORGED_IN_ONE_KIND)('%s (%s)', async (_, reason, authorization) => {
    expect(await verify(authorization)).toEqual({ kind: 'refused', reason });
  });

  it('a kind of tokens that is switched off, without asking for its keys', async () => {
    const older = makeGuard({ metadataUrl: undefined });
    expect(await older.guard.verify(bearer(SERVICE))).toEqual({
      kind: 'refused',
      reason: 'calling-service-tokens-off',
    });
    expect(older.asked).toEqual([]);
    expect(await older.guard.verify(bearer(ENTRA))).toMatchObject({ kind: 'trusted' });

    const entra = makeGuard({ entraMetadataUrl: undefined });
    expect(await entra.guard.verify(bearer(ENTRA))).toEqual({ kind: 'refused', reason: 'entra-tokens-off' });
    expect(entra.asked).toEqual([]);
    expect(await entra.guard.verify(bearer(SERVICE))).toMatchObject({ kind: 'trusted' });
  });

  it('a signature that is no whole number of bytes', async () => {
    const [header, claims] = tokenOf(SERVICE).split('.');
    expect(await verify(`Bearer ${header}.${claims}.A`)).toEqual({ kind: 'refused', reason: 'token-malformed' });
  });

  it('a tenant that is not on the list', async () => {
    for (const kind of KINDS)
      expect(await verify(bearer(kind), { tenants: [OTHER_TENANT] })).toEqual({
        kind: 'refused',
        reason: 'tenant-not-allowed',
      });
    expect(await verify(bearer(SERVICE), { tenants: [] })).toEqual({ kind: 'refused', reason: 'tenant-not-allowed' });
  });

  it('the default caller where another is set', async () => {
    expect(await verify(bearer(ENTRA), { callerAppIds: [APP] })).toEqual({
      kind: 'refused',
      reason: 'caller-not-allowed',
    });
  });

  it('a token of exactly 16 KiB is still read, one character more is not', async () => {
    const tokenOfLength = (length: number) => `Bearer ${'a'.repeat(length - 4)}.b.c`;
    expect(await verify(tokenOfLength(16_384))).toEqual({ kind: 'refused', reason: 'token-malformed' });
    expect(await verify(tokenOfLength(16_385))).toEqual({ kind: 'refused', reason: 'token-too-large' });
  });
});

describe('a fault of the library that nobody foresaw', () => {
  it.each(['jwtVerify', 'decodeJwt'])(
    '(%s) is thrown: the token is neither believed nor refused for it',
    async (name) => {
      jest.resetModules();
      jest.doMock('jose', () => ({
        ...jest.requireActual<object>('jose'),
        [name]: () => {
          throw new RangeError('nobody foresaw it');
        },
      }));
      const { makeNotificationGuard: makeWithBroken } = jest.requireActual<{
        makeNotificationGuard: typeof makeNotificationGuard;
      }>('../../../../shared/graph/notification-token');
      const { fetch } = makeFetch(PROVIDERS);
      const broken = makeWithBroken({ settings: SETTINGS, fetch, clock: { now: () => NOW } });
      await expect(broken.verify(bearer(SERVICE))).rejects.toThrow('nobody foresaw it');
      jest.dontMock('jose');
    },
  );
});

describe('keys', () => {
  it('are asked for once, of the configured provider only, whatever the tokens say', async () => {
    const { guard, asked } = makeGuard();
    const offers = {
      jku: 'https://evil.example/keys',
      x5u: 'https://evil.example/x5u',
      jwk: jwkOf(foreignKey, 'foreign'),
    };
    for (let count = 0; count < 5; count += 1)
      await guard.verify(bearer(SERVICE, {}, count % 2 === 0 ? {} : { ...offers, kid: `foreign-${count}` }));
    expect(asked).toEqual([SKYPE_METADATA, 'https://api.aps.skype.com/v1/keys']);
  });

  it('are not asked for by tokens that cannot be right', async () => {
    const { guard, asked } = makeGuard();
    for (const authorization of [
      null,
      'Bearer x',
      bearer(SERVICE, {}, { alg: 'HS256' }),
      bearer(SERVICE, {}, { kid: undefined }),
      bearer(ENTRA, { iss: 'https://evil.example/' }),
    ]) {
      expect((await guard.verify(authorization)).kind).toBe('refused');
    }
    expect(asked).toEqual([]);
  });

  it('that cannot be had leave the token undecided, and say why', async () => {
    const faults: string[] = [];
    const { fetch } = makeFetch({ [SKYPE_METADATA]: () => new Response('', { status: 500 }) });
    const guard = makeNotificationGuard({
      settings: SETTINGS,
      fetch,
      clock: { now: () => NOW },
      onKeysFault: (path, fault) => faults.push(`${path} ${fault.code}`),
    });
    expect(await guard.verify(bearer(SERVICE))).toEqual({
      kind: 'unavailable',
      path: 'calling-service',
      fault: 'http-status',
    });
    expect(faults).toEqual(['calling-service http-status']);
    expect((await guard.verify(bearer(ENTRA))).kind).toBe('unavailable');
    expect(faults).toEqual(['calling-service http-status', 'entra http-status']);
  });

  it('that cannot be had leave the token undecided, also where nobody wants to know why', async () => {
    const guard = makeNotificationGuard({ settings: SETTINGS, fetch: makeFetch({}).fetch, clock: { now: () => NOW } });
    expect((await guard.verify(bearer(SERVICE))).kind).toBe('unavailable');
  });
});
