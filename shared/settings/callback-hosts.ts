// The setting CALLBACK_HOSTS: which hosts a callbackUrl may name.
// Knows no URL: whether one fits is decided in shared/tones/request/callback-url.
import type { SettingReader } from './setting-reader';

/**
 * Names of at least two labels, the last one not a number: never an IP
 * address, a single word or a whole top-level domain.
 */
const HOST_PATTERN = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Lower case; `*.` at the start stands for one or more labels. Empty: no callbacks. */
export function readCallbackHosts(reader: SettingReader): readonly string[] | undefined {
  if (reader.text('CALLBACK_HOSTS') === 'none') return [];
  return reader.list('CALLBACK_HOSTS', (item) =>
    HOST_PATTERN.test(item.toLowerCase())
      ? item.toLowerCase()
      : reader.fault(
          'CALLBACK_HOSTS',
          'must be host names, "*." before a domain allowed, separated by commas, or none',
        ),
  );
}
