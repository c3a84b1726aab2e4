// The absolute URL under which a caller polls its request: all it needs is in it.
// Knows no row but its name and its token. Forwarded headers are never trusted.
import type { HttpRequest } from '@azure/functions';
import { FUNCTION_NAMES } from '../resource-names';
import type { OutcomeFacts } from '../tones/facts/outcome-facts';

export interface PublicUrlSettings {
  /** Setting PUBLIC_BASE_URL; wins over everything. */
  readonly publicBaseUrl?: string;
  /**
   * Setting WEBSITE_HOSTNAME of the platform, where it is a real host: no port, neither localhost nor an IP address.
   */
  readonly websiteHostname?: string;
}

export function toneStatusUrl(
  request: HttpRequest,
  row: Pick<OutcomeFacts, 'clientContext' | 'statusToken'>,
  settings: PublicUrlSettings,
): string {
  const query = `clientContext=${encodeURIComponent(row.clientContext)}&token=${encodeURIComponent(row.statusToken ?? '')}`;
  return `${baseUrl(request, settings)}/api/${FUNCTION_NAMES.toneStatus}?${query}`;
}

function baseUrl(request: HttpRequest, { publicBaseUrl, websiteHostname }: PublicUrlSettings): string {
  if (publicBaseUrl !== undefined) return publicBaseUrl.replace(/\/+$/, '');
  if (websiteHostname !== undefined) return `https://${websiteHostname}`;
  return new URL(request.url).origin;
}
