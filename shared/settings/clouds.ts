// Microsoft's clouds: where Graph and Entra are in each, and what their tokens say.
// Facts of Microsoft's, with their sources; knows no setting.

export const CLOUD_NAMES = ['global', 'usgov-l4', 'usgov-l5', 'china'] as const;

export type CloudName = (typeof CLOUD_NAMES)[number];

/** URLs have no trailing slash; issuer prefixes do, so that they end at a host boundary. */
export interface Cloud {
  /** https://learn.microsoft.com/graph/deployments */
  readonly graphRoot: string;
  /** https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud */
  readonly authorityHost: string;
  /** Start of `iss` in Entra tokens, version 2 and version 1; the tenant follows. */
  readonly entraIssuers: readonly string[];
  /** Audience of the token that a managed identity hands in as federated credential, without `/.default`. */
  readonly tokenExchangeAudience: string;
  /**
   * Whether Microsoft's page lists sendDtmfTones for this cloud. Where it
   * does not, the settings warn and do not refuse.
   */
  readonly listsSendDtmfTones: boolean;
}

const US_GOV = {
  authorityHost: 'https://login.microsoftonline.us',
  entraIssuers: ['https://login.microsoftonline.us/', 'https://sts.windows.net/'],
  tokenExchangeAudience: 'api://AzureADTokenExchangeUSGov',
  listsSendDtmfTones: false,
} as const;

export const CLOUDS: Readonly<Record<CloudName, Cloud>> = {
  global: {
    graphRoot: 'https://graph.microsoft.com',
    authorityHost: 'https://login.microsoftonline.com',
    entraIssuers: ['https://login.microsoftonline.com/', 'https://sts.windows.net/'],
    tokenExchangeAudience: 'api://AzureADTokenExchange',
    listsSendDtmfTones: true,
  },
  'usgov-l4': { graphRoot: 'https://graph.microsoft.us', ...US_GOV },
  'usgov-l5': { graphRoot: 'https://dod-graph.microsoft.us', ...US_GOV },
  china: {
    graphRoot: 'https://microsoftgraph.chinacloudapi.cn',
    authorityHost: 'https://login.partner.microsoftonline.cn',
    // The second is the authority's older name; version 1 tokens come from the third.
    entraIssuers: [
      'https://login.partner.microsoftonline.cn/',
      'https://login.chinacloudapi.cn/',
      'https://sts.chinacloudapi.cn/',
    ],
    tokenExchangeAudience: 'api://AzureADTokenExchangeChina',
    listsSendDtmfTones: false,
  },
};

/** OpenID metadata of Entra tokens of any tenant of the cloud. */
export function entraMetadataUrl(cloud: Cloud): string {
  return `${cloud.authorityHost}/common/v2.0/.well-known/openid-configuration`;
}
