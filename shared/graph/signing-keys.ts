// Remembers the signing keys of one OpenID provider: fetched when first needed, refreshed as they age or roll over.
// Knows no token: it is asked for one key by its name.
import type { Clock } from '../tones/ports/clock';
import {
  fetchSigningKeys,
  SigningKeysFault,
  type Fetch,
  type SigningKey,
  type SigningKeysFaultCode,
} from './fetch-signing-keys';

/** Older keys are fetched again, in milliseconds: 24 hours. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

/**
 * Least time between the starts of two fetches while there are keys, in
 * milliseconds: how long a rolled-over key can be unknown.
 */
const COOLDOWN_MS = 10_000;

/** The same while there is no key at all, so that every notification meets 503, in milliseconds. */
const COOLDOWN_WITHOUT_KEYS_MS = 1_000;

/** What both requests of a fetch may take together, in milliseconds. Graph waits about as long for its answer. */
const TIMEOUT_MS = 5_000;

export interface SigningKeysOptions {
  /**
   * OpenID metadata: https, or http on a loopback host; the same holds for
   * the `jwks_uri` inside. Redirects are not followed.
   */
  readonly metadataUrl: string;
  /** Default: the platform's `fetch`. */
  readonly fetch?: Fetch | undefined;
  readonly clock: Clock;
  /** Milliseconds for both requests of a fetch together; default 5,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Called at each fetch that failed, also where old keys go on serving; must not throw. Default: nothing is called.
   */
  readonly onFault?: ((fault: SigningKeysFault) => void) | undefined;
}

export type KeyLookup =
  | ({ readonly kind: 'key' } & SigningKey)
  /** The provider does not have it, as far as it was asked within the last 10 seconds. */
  | { readonly kind: 'unknown' }
  /** The provider could not be asked, so it is not known whether there is such a key. */
  | { readonly kind: 'unavailable'; readonly fault: SigningKeysFaultCode };

export interface SigningKeys {
  /**
   * The key of that `kid`. Keys older than 24 hours are fetched again first; while that fails the old ones serve, and
   * are asked for again without holding anybody up. An unknown `kid` makes one fetch, at most one every 10 seconds
   * (every second while there are no keys), however many ask. Never throws.
   */
  find(kid: string): Promise<KeyLookup>;
}

export function makeSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { metadataUrl, clock, timeoutMs = TIMEOUT_MS, onFault } = options;
  const fetchImpl: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  let keys: ReadonlyMap<string, SigningKey> = new Map();
  let fetchedAt = -Infinity;
  let triedAt = -Infinity;
  /** Why the last fetch failed; undefined if it did not. */
  let lastFault: SigningKeysFault | undefined;
  let inFlight: Promise<void> | undefined;

  /** Never rejects: nobody may be waiting. */
  async function fetchOnce(): Promise<void> {
    triedAt = clock.now();
    try {
      keys = await fetchSigningKeys(metadataUrl, fetchImpl, timeoutMs);
      fetchedAt = triedAt;
      lastFault = undefined;
    } catch (error) {
      lastFault =
        error instanceof SigningKeysFault
          ? error
          : new SigningKeysFault('unexpected', 'Fetching signing keys failed.', { cause: error });
      onFault?.(lastFault);
    } finally {
      inFlight = undefined;
    }
  }

  /** The fetch under way, or a new one if the last is long enough ago; undefined if it is too early. */
  function refresh(): Promise<void> | undefined {
    const cooldownMs = keys.size === 0 ? COOLDOWN_WITHOUT_KEYS_MS : COOLDOWN_MS;
    if (inFlight === undefined && clock.now() - triedAt >= cooldownMs) inFlight = fetchOnce();
    return inFlight;
  }

  return {
    async find(kid) {
      if (keys.size > 0 && clock.now() - fetchedAt >= MAX_AGE_MS) {
        const outageIsKnown = lastFault !== undefined;
        const refreshed = refresh();
        if (!outageIsKnown) await refreshed;
      }
      if (!keys.has(kid)) await refresh();
      const found = keys.get(kid);
      if (found !== undefined) return { kind: 'key', ...found };
      return lastFault === undefined ? { kind: 'unknown' } : { kind: 'unavailable', fault: lastFault.code };
    },
  };
}
