// The setting NOTIFICATION_RECEIVERS: to whom notifications may be passed on, by name.
// Knows no notification. A URL may hold a key in its query, so no fault repeats a value.
import { isSecureUrl } from './secure-url';
import type { SettingReader } from './setting-reader';

/** URLs by name. A name that a caller gives is looked up here, and nowhere else. */
export type NotificationReceivers = ReadonlyMap<string, string>;

/** The parameter of callNotifications that names a receiver. */
export const RECEIVER_PARAMETER = 'to';

export const RECEIVER_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

const NAME = 'NOTIFICATION_RECEIVERS';

/** Empty where the setting is not there. */
export function readNotificationReceivers(reader: SettingReader): NotificationReceivers | undefined {
  const receivers = new Map<string, string>();
  const items = reader.list(NAME, (item) => {
    const equals = item.indexOf('=');
    const name = item.slice(0, Math.max(equals, 0)).trim();
    if (!RECEIVER_NAME_PATTERN.test(name))
      return reader.fault(
        NAME,
        'must be pairs name=https://…, separated by commas; a name is 1 to 64 letters, digits, "-" or "_", and begins with a letter or digit',
      );
    if (receivers.has(name)) return reader.fault(NAME, 'must name each receiver once');
    const url = readReceiverUrl(reader, item.slice(equals + 1).trim());
    if (url !== undefined) receivers.set(name, url);
    return url;
  });
  return items === undefined && reader.isSet(NAME) ? undefined : receivers;
}

function readReceiverUrl(reader: SettingReader, value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !isSecureUrl(url) || value.includes('#'))
    return reader.fault(
      NAME,
      'must have absolute https: URLs (http: for loopback only), without user name, password and fragment',
    );
  // Else two apps could pass one notification to each other without end.
  if (url.searchParams.has(RECEIVER_PARAMETER))
    return reader.fault(NAME, `must not have the parameter "${RECEIVER_PARAMETER}" in a URL`);
  return url.href;
}
