// The settings of the app's own HTTP: who may call, and at which host and URL the app itself is met.
// Knows no request: where none of them says so, the status URL is made from the request's own.
import { isIP } from 'node:net';
import type { Environment, SettingReader } from './setting-reader';

export type HttpAuthLevel = 'function' | 'anonymous';

export interface HttpSettings {
  readonly httpAuthLevel: HttpAuthLevel;
  /** Whether the console page is served. */
  readonly hasConsolePage: boolean;
  /** Without trailing slash; absent: see `websiteHostname`, else the request. */
  readonly publicBaseUrl?: string;
  /** The platform's host name of this app, where it is a real one: no port, neither localhost nor an IP address. */
  readonly websiteHostname?: string;
}

/** `environment`: for the platform's WEBSITE_HOSTNAME and WEBSITE_AUTH_ENABLED. */
export function readHttpSettings(reader: SettingReader, environment: Environment): HttpSettings | undefined {
  const httpAuthLevel = readHttpAuthLevel(reader, environment);
  const consolePage = reader.oneOf('CONSOLE_PAGE');
  const publicBaseUrl = reader.url('PUBLIC_BASE_URL');
  const websiteHostname = realHostOf(environment['WEBSITE_HOSTNAME']);
  if (httpAuthLevel === undefined || consolePage === undefined) return undefined;
  return {
    httpAuthLevel,
    hasConsolePage: consolePage === 'on',
    ...(publicBaseUrl !== undefined && { publicBaseUrl }),
    ...(websiteHostname !== undefined && { websiteHostname }),
  };
}

/** Keys may be left out only where the platform itself asks for a login. */
function readHttpAuthLevel(reader: SettingReader, environment: Environment): HttpAuthLevel | undefined {
  const level = reader.oneOf('HTTP_AUTH_LEVEL');
  if (level !== 'anonymous' || environment['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true') return level;
  return reader.fault(
    'HTTP_AUTH_LEVEL',
    'may be anonymous only where App Service Authentication is on (WEBSITE_AUTH_ENABLED=True)',
  );
}

function realHostOf(hostname: string | undefined): string | undefined {
  const url = `https://${hostname ?? ''}`;
  // The comparison refuses ports, paths and every other spelling that the URL parser would change.
  if (hostname === undefined || !URL.canParse(url) || new URL(url).hostname !== hostname.toLowerCase())
    return undefined;
  const isLocal = /^(?:.+\.)?localhost\.?$/i.test(hostname) || hostname.startsWith('[') || isIP(hostname) !== 0;
  return isLocal ? undefined : hostname;
}
