// The trigger metadata of an HTTP function, as the real host sends it with an
// invocation: the only place where an app that streams finds its headers.
// Follows the HTTP extension of WebJobs, also where it is odd: fields of the body and
// of the query come first and can take the place of the headers.

import type { IncomingMessage } from 'node:http';

import type { RpcTypedData } from '../worker/core-contract';

/**
 * Fields of a JSON body that came with a Content-Length, then the query (the last value of a name counts; `code` is
 * left out), then the route parameters, then `Query` and `Headers`, unless one of the others has that name. Names
 * ignore case and stay spelt as they came first.
 */
export function toTriggerMetadata(
  request: IncomingMessage,
  query: URLSearchParams,
  params: Record<string, string>,
  body: Buffer | undefined,
): Record<string, RpcTypedData> {
  const entries = new Map<string, [name: string, data: RpcTypedData]>();
  const put = (name: string, data: RpcTypedData): void => {
    const key = name.toLowerCase();
    entries.set(key, [entries.get(key)?.[0] ?? name, data]);
  };
  const putIfAbsent = (name: string, value: object): void => {
    if (!entries.has(name.toLowerCase())) put(name, { json: JSON.stringify(value) });
  };

  for (const [name, value] of fieldsOf(body)) {
    if (typeof value === 'object') put(name, { json: JSON.stringify(value) });
    else put(name, { string: String(value) });
  }
  for (const [name, value] of query) if (name.toLowerCase() !== 'code') put(name, { string: value });
  for (const [name, value] of Object.entries(params)) put(name, { string: value });
  putIfAbsent('Query', Object.fromEntries(query));
  putIfAbsent('Headers', headersOf(request));
  return Object.fromEntries(entries.values());
}

/** Neither arrays nor nulls are taken. */
function fieldsOf(body: Buffer | undefined): [string, string | number | boolean | object][] {
  const text = body?.toString('utf8').trim() ?? '';
  if (!text.startsWith('{')) return [];
  try {
    const fields = Object.entries(JSON.parse(text) as Record<string, string | number | boolean | object | null>);
    return fields.filter((field): field is [string, string | number | boolean | object] => {
      const [, value] = field;
      return value !== null && !Array.isArray(value);
    });
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')]));
}
