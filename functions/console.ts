// HTTP: the console page, one file with its style and its script. It holds no data: whoever has it still needs a key.
// The page asks the other functions; this one knows none of them.
import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { pageHeaders } from '../shared/http/page-headers';
import { onceLoaded } from '../shared/once';

export interface ConsoleDependencies {
  /** The page as it was built. */
  readonly readPage: () => Promise<string>;
}

export function makeConsole({ readPage }: ConsoleDependencies): HttpHandler {
  const load = onceLoaded(async () => {
    const body = await readPage();
    return { body, headers: pageHeaders(body) };
  });

  return async function console(): Promise<HttpResponseInit> {
    return { status: 200, ...(await load()) };
  };
}
