// The body of forgetCallback and of cancelTones: the name of the request that is meant.
// The only place that knows the body's rules; knows no row.
import * as z from 'zod';
import { faultsOf, type RequestFault } from './request-fault';
import { CLIENT_CONTEXT_RULE, CLIENT_CONTEXT_PATTERN } from './tone-request';

export const namedRequestBodySchema = z.strictObject({
  clientContext: z.string('must be a string').regex(CLIENT_CONTEXT_PATTERN, CLIENT_CONTEXT_RULE),
});

export type ParsedNamedRequest =
  | { readonly kind: 'valid'; readonly clientContext: string }
  | { readonly kind: 'invalid'; readonly faults: readonly RequestFault[] };

/** Checks a body and names every fault at once. */
export function parseNamedRequest(body: unknown): ParsedNamedRequest {
  const parsed = namedRequestBodySchema.safeParse(body);
  if (!parsed.success) return { kind: 'invalid', faults: faultsOf(parsed.error, 'is not a field of this request') };
  return { kind: 'valid', clientContext: parsed.data.clientContext };
}
