// Decides whether a request carries the function key, in `x-functions-key` or `?code=`, in constant time.
// Knows no route. The local host has one key, which counts as function key and as master key.

import { createHash, timingSafeEqual } from 'node:crypto';

/** The header goes before the query, as on the real host; an empty or missing key is never right. */
export function makeKeyCheck(functionKey: string): (header: string | undefined, query: URLSearchParams) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(functionKey);

  return (header, query) => {
    const given = header ?? codeIn(query);
    return given !== undefined && given !== '' && timingSafeEqual(digest(given), expected);
  };
}

/** Names in a query ignore case on the real host. */
function codeIn(query: URLSearchParams): string | undefined {
  for (const [name, value] of query) if (name.toLowerCase() === 'code') return value;
  return undefined;
}
