// The body of forgetCallback: whose callback is no longer wanted.
// The only place that knows the body's rules; knows no row.
import * as z from 'zod';
import { faultsOf, type RequestFault } from './request-fault';
import { CLIENT_CONTEXT_RULE, CLIENT_CONTEXT_PATTERN } from './tone-request';

export const forgetCallbackBodySchema = z.strictObject({
  clientContext: z.string('must be a string').regex(CLIENT_CONTEXT_PATTERN, CLIENT_CONTEXT_RULE),
});

export type ParsedForgetCallback =
  | { readonly kind: 'valid'; readonly clientContext: string }
  | { readonly kind: 'invalid'; readonly faults: readonly RequestFault[] };

/** Checks a body and names every fault at once. */
export function parseForgetCallback(body: unknown): ParsedForgetCallback {
  const parsed = forgetCallbackBodySchema.safeParse(body);
  if (!parsed.success) return { kind: 'invalid', faults: faultsOf(parsed.error, 'is not a field of this request') };
  return { kind: 'valid', clientContext: parsed.data.clientContext };
}
