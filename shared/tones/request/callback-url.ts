// Which URLs an outcome may be POSTed to: rules of the text alone.
// Looks up no name: the address behind it is checked when it is called (shared/outbound).

/** Characters of a callback URL: those of Logic Apps and Power Automate stay well below. */
export const LONGEST_CALLBACK_URL = 4096;

/**
 * What is wrong with the URL; undefined if it may be called. Never repeats the URL: it is a secret.
 *
 * @param allowedHosts the setting CALLBACK_HOSTS: host names, `*.` before a domain, and at most one local origin. Only
 * a URL below that
 *   origin may be `http:`.
 */
export function callbackUrlFault(text: string, allowedHosts: readonly string[]): string | undefined {
  const localOrigin = allowedHosts.find((allowed) => allowed.startsWith('http://'));
  if (localOrigin !== undefined && /^http:/i.test(text)) return localUrlFault(text, localOrigin);
  // What the URL parser would mend in silence (spaces, tabs, backslashes, other scripts, a missing slash) is a fault
  // here.
  if (!/^https:\/\/[!-[\]-~]+$/i.test(text) || !URL.canParse(text))
    return 'must be an absolute https: URL in printable ASCII';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || authorityOf(text).includes('@'))
    return 'must hold no user name or password';
  if (url.port !== '') return 'must use port 443';
  if (text.includes('#')) return 'must have no fragment';
  if (!isAllowedHost(url.hostname, allowedHosts)) return 'must name a host that CALLBACK_HOSTS allows';
  // A host that is written in another way than it is read (escapes, full width) is meant to be misread.
  if (authorityOf(text).replace(':443', '').toLowerCase() !== url.hostname)
    return 'must name its host in plain letters';
  return undefined;
}

/**
 * For development: the origin as it is set, letter by letter, then a path or a query; so nothing is left to how a
 * parser reads it.
 */
function localUrlFault(text: string, origin: string): string | undefined {
  const rest = text.slice(origin.length);
  if (!text.startsWith(origin) || !/^(?:[/?][!-[\]-~]*)?$/.test(rest))
    return 'must be an absolute https: URL in printable ASCII, or lead to the http: origin that CALLBACK_HOSTS names';
  return text.includes('#') ? 'must have no fragment' : undefined;
}

/** What stands between `https://` and the path, the query or the fragment. */
function authorityOf(text: string): string {
  return text.slice('https://'.length).replace(/[/?#].*/, '');
}

function isAllowedHost(hostname: string, allowedHosts: readonly string[]): boolean {
  if (isIpAddress(hostname)) return false;
  return allowedHosts.some((allowed) =>
    allowed.startsWith('*.') ? isBelow(hostname, allowed.slice(1)) : hostname === allowed,
  );
}

/** One or more whole labels before the domain. */
function isBelow(hostname: string, dottedDomain: string): boolean {
  return (
    hostname.endsWith(dottedDomain) && /^(?:[a-z0-9_-]+\.)*[a-z0-9_-]+$/.test(hostname.slice(0, -dottedDomain.length))
  );
}

/** To the URL parser a name whose last label is a number is an IPv4 address, or no host at all; IPv6 is in brackets. */
function isIpAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /\.\d+$/.test(hostname);
}
