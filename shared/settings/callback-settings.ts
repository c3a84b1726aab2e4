// The settings of callbacks: which hosts a callbackUrl may name, and the keys that sign what is sent there.
// Knows no URL and no signature: which URL fits is decided in shared/tones/request/callback-url, the signing is in
// shared/outbound.
import { allRead, type Environment, type SettingReader } from './setting-reader';

export interface CallbackSettings {
  /**
   * Hosts that a callbackUrl may name, lower case; `*.` at the start stands for one or more labels. Empty: no
   * callbacks.
   * At most one of them is a whole origin, `http://localhost:<port>` or `http://127.0.0.1:<port>`: for development.
   */
  readonly callbackHosts: readonly string[];
  /** Each of them signs every callback; two while one replaces the other. Empty: callbacks are not signed. */
  readonly callbackSigningKeys: readonly Uint8Array[];
}

/** `environment`: for the platform's WEBSITE_INSTANCE_ID, which is set on Azure alone. */
export function readCallbackSettings(reader: SettingReader, environment: Environment): CallbackSettings | undefined {
  return allRead({
    callbackHosts: readCallbackHosts(reader, environment),
    callbackSigningKeys: readSigningKeys(reader),
  });
}

/**
 * Names of at least two labels, the last one not a number: never an IP address, a single word or a whole top-level
 * domain.
 */
const HOST_PATTERN = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** With its port, in the one spelling that a callbackUrl must repeat. */
const LOCAL_ORIGIN_PATTERN = /^http:\/\/(?:localhost|127\.0\.0\.1):([1-9]\d{0,4})$/;

function readCallbackHosts(reader: SettingReader, environment: Environment): readonly string[] | undefined {
  const fault = (detail: string) => reader.fault('CALLBACK_HOSTS', detail);
  if (reader.text('CALLBACK_HOSTS') === 'none') return [];
  const hosts = reader.list('CALLBACK_HOSTS', (item) => {
    const host = item.toLowerCase();
    if (HOST_PATTERN.test(host) || isLocalOrigin(host)) return host;
    return fault(
      'must be host names, "*." before a domain allowed, or one http://localhost:<port>, separated by commas, or none',
    );
  });
  const localOrigins = (hosts ?? []).filter(isLocalOrigin);
  if (localOrigins.length > 0 && (environment['WEBSITE_INSTANCE_ID'] ?? '') !== '')
    return fault('may name a local origin for development only, not on Azure');
  return localOrigins.length > 1 ? fault('may name one local origin only') : hosts;
}

function isLocalOrigin(host: string): boolean {
  const port = LOCAL_ORIGIN_PATTERN.exec(host)?.[1];
  return port !== undefined && Number(port) <= 65_535;
}

const SECRET_PREFIX = 'whsec_';
/** What the Standard Webhooks specification asks for. */
const LEAST_KEY_BYTES = 24;
const MOST_KEY_BYTES = 64;

function readSigningKeys(reader: SettingReader): readonly Uint8Array[] | undefined {
  const keys = reader.text('CALLBACK_SIGNING_SECRET')?.split(' ').map(keyOf) ?? [];
  if (keys.length <= 2 && keys.every((key) => key !== undefined)) return keys;
  return reader.fault(
    'CALLBACK_SIGNING_SECRET',
    `must be ${SECRET_PREFIX} and the base64 of ${LEAST_KEY_BYTES} to ${MOST_KEY_BYTES} random bytes, or two such secrets, separated by a space`,
  );
}

/** Only as every library of the specification reads it: the standard alphabet, padded. */
function keyOf(secret: string): Uint8Array | undefined {
  if (!secret.startsWith(SECRET_PREFIX)) return undefined;
  const encoded = secret.slice(SECRET_PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  const isWhole = key.toString('base64') === encoded;
  return isWhole && key.length >= LEAST_KEY_BYTES && key.length <= MOST_KEY_BYTES ? key : undefined;
}
