// Proves that a notification was sent by Microsoft's calling service, on behalf of our app: verifies its bearer token.
// Called by functions/call-notifications before anything of the body is read. Two kinds of tokens, one door.
import type * as Jose from 'jose';
import type { NotificationSettings } from '../settings/notification-settings';
import { onceLoaded } from '../once';
import type { Clock } from '../tones/ports';
import type { Fetch, SigningKeysFault, SigningKeysFaultCode } from './fetch-signing-keys';
import { makeClaimsRules, type ClaimsRefusal, type TokenPath } from './notification-claims';
import { makeSigningKeys, type SigningKeys } from './signing-keys';

/** Why a token is not believed. Stable, for logs; the answer to the sender is the same 401 for all. */
export type NotificationRefusal =
  | ClaimsRefusal
  | 'authorization-missing'
  /** Another scheme than Bearer, more than one value, or characters that no token has. */
  | 'authorization-malformed'
  | 'token-too-large'
  /** Not three parts of base64url, or no JSON object inside. */
  | 'token-malformed'
  /** Anything but RS256. */
  | 'algorithm-not-allowed'
  /** A `crit` header: no extension is understood. */
  | 'critical-header'
  /** No `kid`, or one that is no string. */
  | 'key-id-missing'
  | 'issuer-missing'
  | 'issuer-not-allowed'
  /** The metadata setting of this kind of tokens is `none`. */
  | 'calling-service-tokens-off'
  | 'entra-tokens-off'
  | 'key-unknown'
  | 'signature-invalid'
  | 'expiry-missing'
  | 'expired'
  | 'not-yet-valid'
  /** A time that is no number. */
  | 'time-malformed';

export type NotificationVerdict =
  | { readonly kind: 'trusted'; readonly tenantId: string; readonly path: TokenPath }
  | { readonly kind: 'refused'; readonly reason: NotificationRefusal }
  /** The signing keys cannot be had, so nobody can tell: 503, and the sender may come again. */
  | { readonly kind: 'unavailable'; readonly path: TokenPath; readonly fault: SigningKeysFaultCode };

export interface NotificationGuardOptions {
  /** `settings.notifications` of the app. */
  readonly settings: NotificationSettings;
  /** How keys are fetched. Default: the platform's `fetch`. */
  readonly fetch?: Fetch | undefined;
  readonly clock: Clock;
  /** Told of each failure to fetch keys; must not throw. Default: nobody is told. */
  readonly onKeysFault?: ((path: TokenPath, fault: SigningKeysFault) => void) | undefined;
}

export interface NotificationGuard {
  /**
   * Judges the one value of the Authorization header (null: there was none). Never throws for what a sender can send. A refusal says
   * nothing of the token but its reason.
   */
  verify(authorization: string | null): Promise<NotificationVerdict>;
}

/** Longest token, in characters: 16 KiB. */
const MAX_TOKEN_LENGTH = 16 * 1024;

/** How far the sender's clock may be off, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 300;

/** One credential of the scheme Bearer (RFC 6750, 2.1); a comma, as between two joined values, is in none. */
const BEARER_PATTERN = /^bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** Compact serialisation (RFC 7515, 7.1); an empty signature is left to the check of the algorithm. */
const COMPACT_JWS_PATTERN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/**
 * The guard of `callNotifications`. Keys come from the configured metadata only, never from the token (`jku`, `jwk`, `x5u` and `x5c`
 * are not looked at); they are fetched at the first token and remembered by the guard, so make one guard and keep it.
 *
 * @see RFC 6750 (bearer tokens), RFC 7515 (JWS), RFC 8725 (JWT best practices)
 */
export function makeNotificationGuard({
  settings,
  fetch,
  clock,
  onKeysFault,
}: NotificationGuardOptions): NotificationGuard {
  const rules = makeClaimsRules(settings);
  const keysOf: Readonly<Record<TokenPath, SigningKeys | undefined>> = {
    'calling-service': keysFrom('calling-service', settings.metadataUrl),
    entra: keysFrom('entra', settings.entraMetadataUrl),
  };
  const loadJose = onceLoaded((): Promise<typeof Jose> => import('jose'));

  function keysFrom(path: TokenPath, metadataUrl: string | undefined): SigningKeys | undefined {
    return metadataUrl === undefined
      ? undefined
      : makeSigningKeys({ metadataUrl, fetch, clock, onFault: (fault) => onKeysFault?.(path, fault) });
  }

  /** The claims, if the key signed the token and its times are right. */
  async function provenClaims(
    jose: typeof Jose,
    token: string,
    key: Jose.CryptoKey,
  ): Promise<Jose.JWTPayload | NotificationRefusal> {
    try {
      const options = {
        algorithms: ['RS256'],
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(clock.now()),
      };
      return (await jose.jwtVerify(token, key, options)).payload;
    } catch (error) {
      const reason = refusalOf(jose, error);
      if (reason === undefined) throw error;
      return reason;
    }
  }

  return {
    async verify(authorization) {
      if (authorization === null) return refused('authorization-missing');
      const token = BEARER_PATTERN.exec(authorization)?.[1];
      if (token === undefined) return refused('authorization-malformed');
      if (token.length > MAX_TOKEN_LENGTH) return refused('token-too-large');
      if (!COMPACT_JWS_PATTERN.test(token)) return refused('token-malformed');

      const jose = await loadJose();
      const unproven = decode(jose, token);
      if (unproven === undefined) return refused('token-malformed');
      const { alg, kid } = unproven.header;
      if (alg !== 'RS256') return refused('algorithm-not-allowed');
      if (Object.hasOwn(unproven.header, 'crit')) return refused('critical-header');
      if (typeof kid !== 'string' || kid === '') return refused('key-id-missing');
      if (typeof unproven.iss !== 'string') return refused('issuer-missing');
      const path = rules.pathOf(unproven.iss);
      if (path === undefined) return refused('issuer-not-allowed');
      const keys = keysOf[path];
      if (keys === undefined) return refused(`${path}-tokens-off`);

      const found = await keys.find(kid);
      if (found.kind === 'unavailable') return { kind: 'unavailable', path, fault: found.fault };
      if (found.kind === 'unknown') return refused('key-unknown');
      const claims = await provenClaims(jose, token, found.key);
      if (typeof claims === 'string') return refused(claims);
      const verdict = rules.judge(path, claims, found.issuer);
      return 'refusal' in verdict ? refused(verdict.refusal) : { kind: 'trusted', tenantId: verdict.tenantId, path };
    },
  };
}

function refused(reason: NotificationRefusal): NotificationVerdict {
  return { kind: 'refused', reason };
}

/** What the token says of itself before anything is proven; undefined if it cannot be read. */
function decode(
  jose: typeof Jose,
  token: string,
): { header: Jose.ProtectedHeaderParameters; iss: unknown } | undefined {
  try {
    return { header: jose.decodeProtectedHeader(token), iss: jose.decodeJwt(token).iss };
  } catch (error) {
    // Both throw nothing else for a string: TypeError for a header, JWTInvalid for claims that cannot be read.
    if (error instanceof TypeError || error instanceof jose.errors.JWTInvalid) return undefined;
    throw error;
  }
}

/** The refusal that an error of jose means, by its stable code; undefined for what is no fault of the token. */
function refusalOf(jose: typeof Jose, error: unknown): NotificationRefusal | undefined {
  if (error instanceof jose.errors.JWTExpired) return 'expired';
  if (error instanceof jose.errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return 'expiry-missing';
    return error.reason === 'check_failed' && error.claim === 'nbf' ? 'not-yet-valid' : 'time-malformed';
  }
  if (!(error instanceof jose.errors.JOSEError)) return undefined;
  return error.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' ? 'signature-invalid' : 'token-malformed';
}
