// The settings of Graph: which app, which credential, which cloud, which URL.
// Knows no token and no request: what is done with them is in shared/graph.
import type { RequestTenants } from '../tones/request/request-tenants';
import { CLOUDS, type CloudName } from './clouds';
import type { SettingReader } from './setting-reader';

/** How the app proves to Entra who it is. */
export type GraphCredential =
  | { readonly kind: 'secret'; readonly tenantId: string; readonly clientSecret: string }
  /** PEM file with certificate and private key. */
  | { readonly kind: 'certificate'; readonly tenantId: string; readonly certificatePath: string }
  /** A managed identity whose token the app registration trusts. */
  | { readonly kind: 'federated'; readonly tenantId: string; readonly managedIdentityClientId: string }
  /** The client id is itself a (user-assigned) managed identity. */
  | { readonly kind: 'managed-identity' };

export interface GraphSettings {
  /** GUID, lower case. */
  readonly clientId: string;
  /** GUID or domain name; always there for credentials that need it. */
  readonly tenantId?: string;
  /** Further tenants whose tokens may be asked for; GUIDs, lower case, without the one above. */
  readonly tenantIds: readonly string[];
  readonly credential: GraphCredential;
  readonly cloud: CloudName;
  /** Graph's root without version and trailing slash; the only place that the token is sent to. */
  readonly baseUrl: string;
  /** Scheme and host of the authority. */
  readonly authorityHost: string;
  /** The authority is not the cloud's own: Microsoft's instance discovery does not know it. */
  readonly authorityOverridden: boolean;
  /**
   * `{root of the cloud}/.default`, also where the base URL is overridden:
   * the token is for Graph, whatever stands before it.
   */
  readonly scope: string;
  readonly apiVersion: 'v1.0' | 'beta';
  readonly callsPath: 'communications' | 'app';
}

const CREDENTIALS = [
  'GRAPH_CLIENT_SECRET',
  'GRAPH_CLIENT_CERTIFICATE_PATH',
  'GRAPH_FEDERATED_IDENTITY_CLIENT_ID',
] as const;

const TENANT_PATTERN =
  /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})$/i;

export function readGraphSettings(reader: SettingReader): GraphSettings | undefined {
  const clientId = reader.guid('GRAPH_CLIENT_ID');
  if (!reader.isSet('GRAPH_CLIENT_ID')) reader.fault('GRAPH_CLIENT_ID', 'is required');
  const tenantId = reader.matching('GRAPH_TENANT_ID', TENANT_PATTERN, 'must be a GUID or a domain name');
  const credential = readCredential(reader, tenantId);
  const tenantIds = reader.guidList('GRAPH_TENANT_IDS') ?? [];
  if (reader.isSet('GRAPH_TENANT_IDS') && credential?.kind === 'managed-identity')
    reader.fault(
      'GRAPH_TENANT_IDS',
      'needs a credential: the managed identity itself has tokens of its own tenant only',
    );
  const cloud = reader.oneOf('GRAPH_CLOUD');
  const apiVersion = reader.oneOf('GRAPH_API_VERSION');
  const callsPath = reader.oneOf('GRAPH_CALLS_PATH');
  const baseUrl = reader.url('GRAPH_BASE_URL');
  if (baseUrl !== undefined && /\/(?:v1\.0|beta)$/i.test(baseUrl))
    reader.fault('GRAPH_BASE_URL', 'must not name the version: GRAPH_API_VERSION does');
  const authorityHost = reader.url('GRAPH_AUTHORITY_HOST', { httpsOnly: true, originOnly: true });
  if (
    clientId === undefined ||
    credential === undefined ||
    cloud === undefined ||
    apiVersion === undefined ||
    callsPath === undefined
  )
    return undefined;
  const own = CLOUDS[cloud];
  return {
    clientId,
    ...(tenantId !== undefined && { tenantId }),
    tenantIds: [...new Set(tenantIds)].filter((id) => id !== tenantId?.toLowerCase()),
    credential,
    cloud,
    baseUrl: baseUrl ?? own.graphRoot,
    authorityHost: authorityHost ?? own.authorityHost,
    authorityOverridden: authorityHost !== undefined && authorityHost !== own.authorityHost,
    scope: `${own.graphRoot}/.default`,
    apiVersion,
    callsPath,
  };
}

function readCredential(reader: SettingReader, tenantId: string | undefined): GraphCredential | undefined {
  const given = CREDENTIALS.filter((name) => reader.isSet(name));
  if (given.length > 1) return reader.fault(given.join(', '), 'at most one credential may be set');
  if (given.length === 0) return { kind: 'managed-identity' };
  if (!reader.isSet('GRAPH_TENANT_ID')) reader.fault('GRAPH_TENANT_ID', `is required with ${given.join()}`);
  const clientSecret = reader.text('GRAPH_CLIENT_SECRET');
  const certificatePath = reader.text('GRAPH_CLIENT_CERTIFICATE_PATH');
  const managedIdentityClientId = reader.guid('GRAPH_FEDERATED_IDENTITY_CLIENT_ID');
  if (tenantId === undefined) return undefined;
  if (clientSecret !== undefined) return { kind: 'secret', tenantId, clientSecret };
  if (certificatePath !== undefined) return { kind: 'certificate', tenantId, certificatePath };
  return managedIdentityClientId === undefined ? undefined : { kind: 'federated', tenantId, managedIdentityClientId };
}

/** The tenants that a request may name. */
export function requestTenantsOf({ tenantId, tenantIds }: GraphSettings): RequestTenants {
  return { ...(tenantId !== undefined && { own: tenantId }), others: tenantIds };
}

/** The app's own tenant as tokens name it, in lower case, where that is known: a domain name does not say its GUID. */
export function ownTenantIdOf({ tenantId }: GraphSettings): { readonly ownTenantId?: string } {
  return tenantId === undefined || tenantId.includes('.') ? {} : { ownTenantId: tenantId.toLowerCase() };
}
