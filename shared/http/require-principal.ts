// Where the platform authenticates callers (HTTP_AUTH_LEVEL anonymous), its proof must be there.
// Knows nothing of what is asked for: it guards before anything of the request is read.
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { problem } from './problem';

/**
 * 401 unless the caller is known. With level `function` the host has checked the key before we are called.
 * App Service Authentication removes `X-MS-CLIENT-PRINCIPAL-ID` from what callers send and sets it itself
 * (https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities).
 */
export function requirePrincipal(request: HttpRequest, level: 'function' | 'anonymous'): HttpResponseInit | undefined {
  if (level === 'function' || request.headers.get('x-ms-client-principal-id')) return undefined;
  return problem('unauthenticated', {
    detail: 'App Service Authentication did not name a caller.',
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}
