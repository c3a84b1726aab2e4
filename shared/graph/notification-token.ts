// Proves that a notification was sent by Microsoft's calling service, on behalf of our app: verifies its bearer token.
// Two kinds of tokens, one door. Knows nothing of what is sent: it is asked before anything of the body is read.
import type * as Jose from 'jose';
import type { NotificationSettings } from '../settings/notification-settings';
import { onceLoaded } from '../once';
import type { Clock } from '../tones/ports/clock';
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
  /** No signing keys, so the token can be neither believed nor refused: 503, and the sender may come again. */
  | { readonly kind: 'unavailable'; readonly path: TokenPath; readonly fault: SigningKeysFaultCode };

export interface NotificationGuardOptions {
  /** `settings.notifications` of the app. */
  readonly settings: NotificationSettings;
  /** How keys are fetched. Default: the platform's `fetch`. */
  readonly fetch?: Fetch | undefined;
  readonly clock: Clock;
  /** Called at each failure to fetch keys; must not throw. Default: nothing is called. */
  readonly onKeysFault?: ((path: TokenPath, fault: SigningKeysFault) => void) | undefined;
}

export interface NotificationGuard {
  /**
   * Judges the one value of the Authorization header (null: there was none). Never throws for what a sender can send. A
   * refusal says nothing of the token but its reason.
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
 * The guard of `callNotifications`. Keys come from the configured metadata only, never from the token (`jku`, `jwk`,
 * `x5u` and `x5c` are not looked at). They are fetched at the first token and remembered: make one guard and keep it.
 *
 * @see RFC 6750 (bearer tokens), RFC 7515 (JWS), RFC 8725 (JWT best practices)
 */
export function makeNotificationGuard(options: NotificationGuardOptions): NotificationGuard {
  const rules = makeClaimsRules(options.settings);
  const keysOf = keysOfPaths(options);
  const loadJose = onceLoaded((): Promise<typeof Jose> => import('jose'));

  return {
    async verify(authorization) {
      const token = bearerTokenOf(authorization);
      if (token.kind === 'refused') return token;
      const jose = await loadJose();
      const unproven = readUnproven(jose, token.text);
      if (unproven.kind === 'refused') return unproven;
      const path = rules.pathOf(unproven.issuer);
      if (path === undefined) return refused('issuer-not-allowed');
      const keys = keysOf[path];
      if (keys === undefined) return refused(`${path}-tokens-off`);

      const found = await keys.find(unproven.keyId);
      if (found.kind === 'unavailable') return { kind: 'unavailable', path, fault: found.fault };
      if (found.kind === 'unknown') return refused('key-unknown');
      const claims = await provenClaims(jose, token.text, found.key, options.clock.now());
      if (typeof claims === 'string') return refused(claims);
      const verdict = rules.judge(path, claims, found.issuer);
      return 'refusal' in verdict ? refused(verdict.refusal) : { kind: 'trusted', tenantId: verdict.tenantId, path };
    },
  };
}

function keysOfPaths({
  settings,
  fetch,
  clock,
  onKeysFault,
}: NotificationGuardOptions): Readonly<Record<TokenPath, SigningKeys | undefined>> {
  const keysFrom = (path: TokenPath, metadataUrl: string | undefined) =>
    metadataUrl === undefined
      ? undefined
      : makeSigningKeys({ metadataUrl, fetch, clock, onFault: (fault) => onKeysFault?.(path, fault) });
  return {
    'calling-service': keysFrom('calling-service', settings.metadataUrl),
    entra: keysFrom('entra', settings.entraMetadataUrl),
  };
}

type Refused = Extract<NotificationVerdict, { kind: 'refused' }>;

/** The token that the header carries, if it is shaped like one. */
function bearerTokenOf(authorization: string | null): Refused | { readonly kind: 'token'; readonly text: string } {
  if (authorization === null) return refused('authorization-missing');
  const text = BEARER_PATTERN.exec(authorization)?.[1];
  if (text === undefined) return refused('authorization-malformed');
  if (text.length > MAX_TOKEN_LENGTH) return refused('token-too-large');
  return COMPACT_JWS_PATTERN.test(text) ? { kind: 'token', text } : refused('token-malformed');
}

/** What the token says of itself before anything is proven: by which key, and from whom. */
function readUnproven(
  jose: typeof Jose,
  token: string,
): Refused | { readonly kind: 'read'; readonly keyId: string; readonly issuer: string } {
  const unproven = decode(jose, token);
  if (unproven === undefined) return refused('token-malformed');
  const { header, iss } = unproven;
  if (header.alg !== 'RS256') return refused('algorithm-not-allowed');
  if (Object.hasOwn(header, 'crit')) return refused('critical-header');
  if (typeof header.kid !== 'string' || header.kid === '') return refused('key-id-missing');
  return typeof iss === 'string' ? { kind: 'read', keyId: header.kid, issuer: iss } : refused('issuer-missing');
}

/** The claims, if the key signed the token and its times are right. */
async function provenClaims(
  jose: typeof Jose,
  token: string,
  key: Jose.CryptoKey,
  now: number,
): Promise<Jose.JWTPayload | NotificationRefusal> {
  try {
    const options = {
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    };
    return (await jose.jwtVerify(token, key, options)).payload;
  } catch (error) {
    const reason = refusalOf(jose, error);
    if (reason === undefined) throw error;
    return reason;
  }
}

function refused(reason: NotificationRefusal): Refused {
  return { kind: 'refused', reason };
}

/** Header and issuer, unproven; undefined if they cannot be read. */
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
