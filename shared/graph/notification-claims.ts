// The rules for the claims of a notification's token, once its signature is
// proven: for whom, from which tenant, by which caller.
// Knows neither headers nor keys nor signatures: what it judges is proven already.
import type { JWTPayload } from 'jose';
import type { NotificationSettings } from '../settings/notification-settings';

/** Which of the two kinds of tokens: the calling service's own (older), or Entra's. */
export type TokenPath = 'calling-service' | 'entra';

export type ClaimsRefusal =
  | 'audience-mismatch'
  | 'proof-of-possession'
  | 'tenant-missing'
  | 'tenant-mismatch'
  | 'tenant-not-allowed'
  | 'caller-missing'
  | 'caller-not-allowed';

export type ClaimsVerdict = { readonly tenantId: string } | { readonly refusal: ClaimsRefusal };

export interface ClaimsRules {
  /** The kind of token whose issuer that is; undefined for a foreign issuer. Nothing is verified by it. */
  pathOf(iss: string): TokenPath | undefined;
  /**
   * Judges claims whose signature and times are proven. `keyIssuer`: whose
   * tokens the signing key may sign, where it says so.
   */
  judge(path: TokenPath, claims: JWTPayload, keyIssuer: string | undefined): ClaimsVerdict;
}

/** The long name of `tid` that .NET gives it, in older tokens. */
const TENANT_CLAIM_LONG_NAME = 'http://schemas.microsoft.com/identity/claims/tenantid';

const GUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const GUID_PATTERN = new RegExp(`^${GUID}$`);
const GUID_WITHIN_PATTERN = new RegExp(GUID);

/** What may follow the tenant in Entra's issuers: nothing, the slash of v1, the version of v2. */
const ENTRA_ISSUER_ENDS: ReadonlySet<string> = new Set(['', '/', '/v2.0']);

/**
 * The rules of both kinds. Ids (audience, tenants, callers) are compared without case, issuers with it.
 *
 * @see RFC 7519 (claims), https://learn.microsoft.com/dotnet/api/microsoft.identitymodel.validators (what Microsoft
 * checks of Entra tokens)
 */
export function makeClaimsRules(settings: NotificationSettings): ClaimsRules {
  const issuers = new Set(settings.issuers.map(withoutTrailingSlash));
  const entraPrefixes = settings.entraIssuers.map((prefix) => `${withoutTrailingSlash(prefix)}/`);
  const callers = new Set(settings.callerAppIds.map((id) => id.toLowerCase()));
  const audience = settings.audience.toLowerCase();
  const tenants = settings.tenants && new Set(settings.tenants.map((id) => id.toLowerCase()));

  /** Whether the whole issuer is an allowed prefix, the tenant, and one of the known ends. */
  function isIssuerOfTenant(iss: string, tenantId: string): boolean {
    return entraPrefixes.some((prefix) => {
      const end = prefix.length + tenantId.length;
      return (
        iss.startsWith(prefix) &&
        iss.slice(prefix.length, end).toLowerCase() === tenantId &&
        ENTRA_ISSUER_ENDS.has(iss.slice(end))
      );
    });
  }

  function refusalOfEntra(
    claims: JWTPayload,
    tenantId: string,
    keyIssuer: string | undefined,
  ): ClaimsRefusal | undefined {
    if (typeof claims.iss !== 'string' || !isIssuerOfTenant(claims.iss, tenantId)) return 'tenant-mismatch';
    // A key of one tenant signs for no other: the consumer tenant's keys
    // stand in the common metadata beside everybody's.
    const keyTenant = keyIssuer === undefined ? undefined : GUID_WITHIN_PATTERN.exec(keyIssuer)?.[0];
    if (keyTenant !== undefined && keyTenant.toLowerCase() !== tenantId) return 'tenant-mismatch';
    const named = ['azp', 'appid'].filter((name) => Object.hasOwn(claims, name)).map((name) => claims[name]);
    if (named.length === 0) return 'caller-missing';
    return named.every((id) => typeof id === 'string' && callers.has(id.toLowerCase()))
      ? undefined
      : 'caller-not-allowed';
  }

  return {
    pathOf(iss) {
      if (issuers.has(withoutTrailingSlash(iss))) return 'calling-service';
      return entraPrefixes.some((prefix) => iss.startsWith(prefix)) ? 'entra' : undefined;
    },
    judge(path, claims, keyIssuer) {
      // Such a token is worth nothing without a proof that comes beside it (RFC 7800), and none does.
      if (Object.hasOwn(claims, 'cnf')) return { refusal: 'proof-of-possession' };
      const audiences: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
      if (!audiences.some((aud) => typeof aud === 'string' && aud.toLowerCase() === audience))
        return { refusal: 'audience-mismatch' };
      const tenantId = tenantOf(path, claims);
      if (tenantId === undefined) return { refusal: 'tenant-missing' };
      const refusal = path === 'entra' ? refusalOfEntra(claims, tenantId, keyIssuer) : undefined;
      if (refusal !== undefined) return { refusal };
      return tenants === undefined || tenants.has(tenantId) ? { tenantId } : { refusal: 'tenant-not-allowed' };
    },
  };
}

/** In lower case. Entra: `tid`, a GUID. Older: `tid` or, only where there is none, its long name; not empty. */
function tenantOf(path: TokenPath, claims: JWTPayload): string | undefined {
  const name = path === 'entra' || Object.hasOwn(claims, 'tid') ? 'tid' : TENANT_CLAIM_LONG_NAME;
  const tenantId = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (typeof tenantId !== 'string' || tenantId.trim() === '') return undefined;
  return path === 'entra' && !GUID_PATTERN.test(tenantId) ? undefined : tenantId.toLowerCase();
}

function withoutTrailingSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
