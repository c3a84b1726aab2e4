// The request that an action of a workflow comes to once its inputs are evaluated: query, headers, and what its managed identity adds.
// Stands under workflow-player.
import type { ActionRequest } from './logic-app-client';
import { textOf, type Fields, type Json } from './workflow-definition';

/** The access token that the workflow's managed identity gets for an audience; undefined where App Service Authentication keeps it to itself. */
export type TokenFor = (audience: string) => Promise<string | undefined>;

export async function requestOf(inputs: Json, tokenFor?: TokenFor): Promise<ActionRequest> {
  const { method, uri, headers, queries, body, authentication, retryPolicy } = inputs as Fields;
  const query = queries === undefined ? '' : `?${new URLSearchParams(queries as Record<string, string>).toString()}`;
  return {
    method: textOf(method),
    uri: `${textOf(uri)}${query}`,
    headers: {
      ...(headers as Record<string, string> | undefined),
      ...(authentication !== undefined && (await identityHeaders(authentication as Fields, tokenFor))),
    },
    isRetried: (retryPolicy as Fields | undefined)?.['type'] !== 'none',
    ...(body !== undefined && { body }),
  };
}

async function identityHeaders({ audience }: Fields, tokenFor?: TokenFor): Promise<Record<string, string>> {
  const token = await tokenFor?.(textOf(audience));
  // App Service Authentication checks the identity's token, and tells the app who calls.
  return token === undefined ? { 'X-MS-CLIENT-PRINCIPAL-ID': 'the-workflow' } : { Authorization: `Bearer ${token}` };
}
