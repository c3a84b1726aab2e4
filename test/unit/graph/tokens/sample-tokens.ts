// Good tokens of both kinds, with the settings and the providers that make them good, and what they are made of.
// Used by the tests of the notification guard.
import type { NotificationSettings } from '../../../../shared/settings/notification-settings';
import { jwkOf, makeKeyPair, signToken } from './token-forge';

export const NOW = Date.UTC(2026, 0, 1, 12);
export const SECONDS = NOW / 1000;
export const APP = '8d5f1c2e-1b7a-4a39-9c55-0f6a2b9d3e11';
export const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
export const OTHER_TENANT = '11111111-2222-4333-8444-555555555555';
export const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad';
export const CALLER = '26a18ebc-cdf7-4a6a-91cb-beb352805e81';
export const LONG_TID = 'http://schemas.microsoft.com/identity/claims/tenantid';
export const SKYPE_METADATA = 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration';
export const ENTRA_METADATA = 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration';

export const serviceKey = makeKeyPair();
export const entraKey = makeKeyPair();
export const foreignKey = makeKeyPair();

export const SETTINGS: NotificationSettings = {
  metadataUrl: SKYPE_METADATA,
  issuers: ['https://api.botframework.com', 'https://graph.microsoft.com'],
  entraMetadataUrl: ENTRA_METADATA,
  entraIssuers: ['https://login.microsoftonline.com/', 'https://sts.windows.net/'],
  callerAppIds: [CALLER],
  audience: APP,
};

export const PROVIDERS = {
  [SKYPE_METADATA]: { issuer: 'https://api.botframework.com', jwks_uri: 'https://api.aps.skype.com/v1/keys' },
  'https://api.aps.skype.com/v1/keys': { keys: [jwkOf(serviceKey, 'service-1', { endorsements: ['msteams'] })] },
  [ENTRA_METADATA]: {
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    jwks_uri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
  },
  'https://login.microsoftonline.com/common/discovery/v2.0/keys': {
    keys: [
      jwkOf(entraKey, 'entra-1', { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' }),
      jwkOf(entraKey, 'consumers-1', { issuer: `https://login.microsoftonline.com/${CONSUMERS}/v2.0` }),
    ],
  },
};

export type Claims = Readonly<Record<string, unknown>>;

/** A kind of tokens: what a good one holds, and who signs it. */
export interface Kind {
  readonly path: 'calling-service' | 'entra';
  readonly header: Claims;
  readonly claims: Claims;
  readonly key: typeof serviceKey;
}

const TIMES = { iat: SECONDS - 60, nbf: SECONDS - 60, exp: SECONDS + 3_600 };
export const SERVICE: Kind = {
  path: 'calling-service',
  header: { alg: 'RS256', typ: 'JWT', kid: 'service-1' },
  claims: { ...TIMES, iss: 'https://api.botframework.com', aud: APP, tid: TENANT },
  key: serviceKey,
};
export const ENTRA: Kind = {
  path: 'entra',
  header: { alg: 'RS256', typ: 'JWT', kid: 'entra-1' },
  claims: {
    ...TIMES,
    iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    aud: APP,
    tid: TENANT,
    azp: CALLER,
    ver: '2.0',
  },
  key: entraKey,
};
export const KINDS = [SERVICE, ENTRA];

/** A token of that kind with other claims; `undefined` leaves one out. */
export const tokenOf = (kind: Kind, claims: Claims = {}, header: Claims = {}, key = kind.key) =>
  signToken({ ...kind.header, ...header }, { ...kind.claims, ...claims }, key);
export const bearer = (kind: Kind, claims: Claims = {}, header: Claims = {}, key = kind.key) =>
  `Bearer ${tokenOf(kind, claims, header, key)}`;
export const entraV1 = (claims: Claims = {}) =>
  bearer(ENTRA, { iss: `https://sts.windows.net/${TENANT}/`, ver: '1.0', azp: undefined, appid: CALLER, ...claims });
