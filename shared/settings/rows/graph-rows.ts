// The settings of Graph by name: the app, its credential, the cloud, whose notifications are accepted and who gets
// them besides.
// Rows only: what a row may say is in setting-row, how a value is read in setting-reader.
import { CLOUD_NAMES } from '../clouds';
import type { SettingEntry } from './setting-row';

export const GRAPH_ROWS = [
  {
    name: 'GRAPH_CLIENT_ID',
    otherwise: 'required',
    meaning: 'The app registration that owns the calls (GUID); also the audience of notifications.',
  },
  {
    name: 'GRAPH_TENANT_ID',
    otherwise: 'required unless the managed identity itself is used',
    meaning: 'Tenant that issues the token: GUID or domain name. Requests that name no `tenantId` are pressed with it.',
  },
  {
    name: 'GRAPH_TENANT_IDS',
    otherwise: 'no further tenants',
    meaning:
      'Further tenants (GUIDs, separated by commas) that a request may name as `tenantId`: the token for Graph then comes from there. Not with the managed identity itself, which has tokens of its own tenant only.',
  },
  {
    name: 'GRAPH_CLIENT_SECRET',
    otherwise: 'not used',
    meaning: 'Credential: client secret. At most one credential may be set.',
  },
  {
    name: 'GRAPH_CLIENT_CERTIFICATE_PATH',
    otherwise: 'not used',
    meaning: 'Credential: path of a PEM file with certificate and private key.',
  },
  {
    name: 'GRAPH_FEDERATED_IDENTITY_CLIENT_ID',
    otherwise: 'not used',
    meaning:
      'Credential: client id of a managed identity that the app registration trusts. Without any credential the managed identity GRAPH_CLIENT_ID itself is used.',
  },
  {
    name: 'GRAPH_CLOUD',
    default: 'global',
    oneOf: CLOUD_NAMES,
    meaning: '{oneOf}: Graph root, authority and scope.',
  },
  { name: 'GRAPH_API_VERSION', default: 'v1.0', oneOf: ['v1.0', 'beta'], meaning: '{oneOf}.' },
  {
    name: 'GRAPH_CALLS_PATH',
    default: 'communications',
    oneOf: ['communications', 'app'],
    meaning: '`communications`, or `app`, the deprecated path.',
  },
  {
    name: 'GRAPH_BASE_URL',
    otherwise: 'from the cloud',
    meaning: 'Overrides the Graph root, without the version. `http:` for loopback only.',
  },
  {
    name: 'GRAPH_AUTHORITY_HOST',
    otherwise: 'from the cloud',
    meaning: 'Overrides the authority, `https:`; without instance discovery then.',
  },
  {
    name: 'NOTIFICATION_METADATA_URL',
    default: 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration',
    meaning: "OpenID metadata of the calling service's own (older) tokens; `none`: they are refused.",
  },
  {
    name: 'NOTIFICATION_ISSUERS',
    default: 'https://api.botframework.com,https://graph.microsoft.com',
    meaning: 'Issuers of these tokens; a trailing slash does not matter.',
  },
  {
    name: 'NOTIFICATION_ENTRA_METADATA_URL',
    otherwise: 'common metadata of the cloud',
    meaning: 'OpenID metadata of Entra tokens; `none`: they are refused.',
  },
  {
    name: 'NOTIFICATION_ENTRA_ISSUERS',
    otherwise: 'from the cloud',
    meaning: 'Issuer prefixes of Entra tokens; what follows must be the own tenant of the token.',
  },
  {
    name: 'NOTIFICATION_CALLER_APP_IDS',
    default: '26a18ebc-cdf7-4a6a-91cb-beb352805e81',
    meaning: "Who may call with an Entra token: Microsoft's calling service.",
  },
  { name: 'NOTIFICATION_AUDIENCE', otherwise: 'GRAPH_CLIENT_ID', meaning: 'Audience of notification tokens.' },
  {
    name: 'NOTIFICATION_TENANTS',
    otherwise: 'any tenant',
    meaning: 'Tenants (GUIDs) whose notifications are accepted.',
  },
  {
    name: 'NOTIFICATION_RECEIVERS',
    otherwise: 'nobody',
    meaning:
      'Who may be passed the notifications of a call (`callNotifications?to=<name>`): pairs `name=https://…`, separated by commas. A name is 1 to 64 letters, digits, `-` or `_`; `http:` for loopback only.',
  },
] as const satisfies readonly SettingEntry[];
