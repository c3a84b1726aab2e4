// Which tenants a request may name, and what its `tenantId` means.
// Knows no token: whose consent is missing shows at the press.
import * as z from 'zod';

export interface RequestTenants {
  /** The one that requests without a `tenantId` mean (setting GRAPH_TENANT_ID), where it is known. */
  readonly own?: string;
  /** GUIDs, lower case (setting GRAPH_TENANT_IDS). */
  readonly others: readonly string[];
}

/** The field of the body. The own tenant named explicitly means the same as none, and becomes none. */
export function tenantIdField({ own, others }: RequestTenants) {
  const ownId = own?.toLowerCase();
  return z
    .string('must be a string')
    .transform((text) => text.toLowerCase())
    .refine(
      (tenantId) => tenantId === ownId || others.includes(tenantId),
      'must be a tenant that this app may press in: GRAPH_TENANT_ID or one of GRAPH_TENANT_IDS',
    )
    .transform((tenantId) => (tenantId === ownId ? undefined : tenantId))
    .nullish();
}
