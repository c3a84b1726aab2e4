// The settings of callNotifications: whose tokens are accepted.
// Knows no token: whether one is accepted is decided in shared/graph.
import { CLOUDS, entraMetadataUrl, type CloudName } from './clouds';
import type { SettingName } from './setting-names';
import type { SettingReader } from './setting-reader';

export interface NotificationSettings {
  /** OpenID metadata of the calling service's own tokens; undefined: such tokens are refused. */
  readonly metadataUrl: string | undefined;
  /** Issuers of these tokens, without trailing slash. */
  readonly issuers: readonly string[];
  /** OpenID metadata of Entra tokens; undefined: such tokens are refused. */
  readonly entraMetadataUrl: string | undefined;
  /** Issuer prefixes, each with its trailing slash. */
  readonly entraIssuers: readonly string[];
  /** Client ids of the services that may call with an Entra token; GUIDs, lower case. */
  readonly callerAppIds: readonly string[];
  readonly audience: string;
  /** GUIDs, lower case; undefined: any tenant. */
  readonly tenants?: readonly string[];
}

/** Stands for "no tokens of this kind", in either metadata setting. */
const NONE = 'none';

/** @param clientId GRAPH_CLIENT_ID and @param cloud GRAPH_CLOUD, as far as they could be read. */
export function readNotificationSettings(
  reader: SettingReader,
  clientId: string | undefined,
  cloud: CloudName | undefined,
): NotificationSettings | undefined {
  const metadataUrl = readMetadataUrl(reader, 'NOTIFICATION_METADATA_URL');
  const entraUrl = readMetadataUrl(reader, 'NOTIFICATION_ENTRA_METADATA_URL');
  const issuers = reader.urlList('NOTIFICATION_ISSUERS');
  const entraIssuers = reader.urlList('NOTIFICATION_ENTRA_ISSUERS');
  const callerAppIds = reader.guidList('NOTIFICATION_CALLER_APP_IDS');
  const audience = reader.text('NOTIFICATION_AUDIENCE') ?? clientId;
  const tenants = reader.guidList('NOTIFICATION_TENANTS');
  if (issuers === undefined || callerAppIds === undefined || audience === undefined || cloud === undefined)
    return undefined;
  const own = CLOUDS[cloud];
  return {
    metadataUrl: metadataUrl === NONE ? undefined : metadataUrl,
    issuers,
    entraMetadataUrl: entraUrl === NONE ? undefined : (entraUrl ?? entraMetadataUrl(own)),
    entraIssuers: entraIssuers?.map((issuer) => `${issuer}/`) ?? own.entraIssuers,
    callerAppIds,
    audience,
    ...(tenants !== undefined && { tenants }),
  };
}

function readMetadataUrl(reader: SettingReader, name: SettingName): string | undefined {
  return reader.text(name) === NONE ? NONE : reader.url(name);
}
