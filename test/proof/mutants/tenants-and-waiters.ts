// Mutations that lose the tenant of a request on one of its ways to Graph, and those of what a waiting caller is answered.
// Applied to the source text by mutated-rules.ts.
import { MANY_LOST_REPORTS } from '../simulation/faults';
import type { Mutation } from './mutation';

export const TENANTS_AND_WAITERS = {
  'tenant-not-in-the-message': {
    file: 'delivery/accept-tones.ts',
    from: '...(request.tenantId !== undefined && { tenantId: request.tenantId }), ...runOf(request),',
    to: '...runOf(request),',
    why: "a request of another tenant is pressed with the app's own token",
    breaks: 'pressed in another tenant',
  },
  'tenant-not-in-the-rest': {
    file: 'delivery/press/put-rest.ts',
    from: '...(tenantId !== undefined && { tenantId }),',
    to: '',
    why: "the parts after the first are pressed with the app's own token",
    breaks: 'pressed in another tenant',
  },
  'tenant-not-in-the-press': {
    file: 'delivery/press/press-claimed.ts',
    from: 'const press = { callId, ...ofTenant, clientContext:',
    to: 'const press = { callId, clientContext:',
    why: 'the tenant comes as far as the presser, and not to Graph',
    breaks: 'pressed in another tenant',
  },
  'reader-ends-nothing': {
    file: 'upkeep/read-outcome.ts',
    from: "return (await ports.endRequest({ clientContext, by: 'reader', decide })).row;",
    to: 'return ports.outcomes.read(clientContext);',
    why: 'who waits for a request that nobody presses any more waits for the timer',
    amongFaults: MANY_LOST_REPORTS,
    breaks: 'kept waiting',
  },
  'reader-hopes': {
    file: 'upkeep/read-outcome.ts',
    from: "return (await ports.endRequest({ clientContext, by: 'reader', decide })).row;",
    to: "const { row } = await ports.endRequest({ clientContext, by: 'reader', decide }); return row?.status === 'running' ? { ...row, status: 'succeeded' } : row;",
    why: 'who waits is answered success before Graph reported it',
    breaks: 'false status',
  },
} satisfies Record<string, Mutation> as Readonly<Record<string, Mutation>>;
