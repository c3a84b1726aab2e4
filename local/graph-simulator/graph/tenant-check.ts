// Whether a token may press in a call: it is of the call's tenant, and has the role that consent there gives.
// Both answers are guesses: Microsoft documents the codes, but not which of them a token of another tenant meets.
import type { SimulatedCall } from '../calls/calls';
import { CALLS_ROLE } from '../identity/authority';
import { CALL_NOT_FOUND, REFUSALS, type GraphError } from './graph-error';

export function faultOfTenant(call: SimulatedCall, claims: Record<string, unknown>): GraphError | undefined {
  if (claims['tid'] !== call.tenantId) return CALL_NOT_FOUND;
  const roles = claims['roles'];
  return Array.isArray(roles) && roles.includes(CALLS_ROLE) ? undefined : REFUSALS.get('forbidden');
}
