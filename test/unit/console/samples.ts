// Outcomes as the page knows them, for its tests.
// Knows no rule of the page.
import type { Outcome } from '../../../console/outcome';

export const AT = Date.UTC(2026, 0, 1);

export function sample(changes: Partial<Outcome> = {}): Outcome {
  return { clientContext: 'order-42', callId: 'call-1', status: 'accepted', acceptedAt: AT, ...changes };
}
