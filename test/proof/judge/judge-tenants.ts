// Judges tenants: whatever left for Graph had the token of the tenant that was asked for, each part of it.
// Takes what was asked and what left; knows no token.
import { isPressed } from './parts-account';
import type { History } from './history';
import type { Report } from './promises';

export function judgeTenants({ posts, requests }: History, report: Report): void {
  for (const { clientContext, part, tenantId } of posts) {
    const asked = requests.get(clientContext);
    if (asked !== undefined && asked.tenantId !== tenantId)
      report('pressed in another tenant', clientContext, `part ${part} in ${tenantId ?? 'the own one'}`);
  }
}

/** What asking in other tenants came to, for the floors of a run. */
export interface TenantFigures {
  /** Requests that named another tenant. */
  readonly otherTenants: number;
  readonly otherTenantsPressed: number;
}

export const NO_TENANTS: TenantFigures = { otherTenants: 0, otherTenantsPressed: 0 };

export function tenantFiguresOf(history: History): TenantFigures {
  const names = [...history.requests].filter(([, { tenantId }]) => tenantId !== undefined).map(([name]) => name);
  return {
    otherTenants: names.length,
    otherTenantsPressed: names.filter((name) => isPressed(history, name, 1)).length,
  };
}
