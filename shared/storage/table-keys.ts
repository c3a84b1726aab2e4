// Partition keys: any string as a legal, readable and unique key of Azure Table storage.
// Knows no table: a row is found from its name alone, by whoever makes the same key.

/** Forbidden in keys (`/ \ # ?`), or trouble in some clients (`%`): shown in full width. */
const FULL_WIDTH: Readonly<Record<string, string>> = { '/': '／', '\\': '＼', '#': '＃', '?': '？', '%': '％' };

/**
 * Opens the escape of a code unit that is not printable ASCII: itself not printable ASCII, so no key reads two ways.
 */
const ESCAPE = '＆';

/**
 * The key of a string: printable ASCII as it is but for `/ \ # ? %`, which become full width; every other UTF-16 code
 * unit as `＆` and four hex digits. Injective for every string. At most 512 characters, Table storage's limit, for any
 * clientContext (at most 256 printable ASCII characters).
 * @see https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
export function toPartitionKey(text: string): string {
  return text.replaceAll(
    /[^\x20-\x22\x24\x26-\x2e\x30-\x3e\x40-\x5b\x5d-\x7e]/g,
    (unit) => FULL_WIDTH[unit] ?? `${ESCAPE}${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The string of a key that {@link toPartitionKey} made. */
export function fromPartitionKey(key: string): string {
  return key.replaceAll(/＆([0-9a-f]{4})|[／＼＃？％]/g, (match, hex: string | undefined) =>
    hex === undefined
      ? (Object.entries(FULL_WIDTH).find(([, wide]) => wide === match)?.[0] ?? match)
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
