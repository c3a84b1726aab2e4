// Which tenants a request may name, and what its `tenantId` means.
// Knows no token: whose consent is missing shows at the press.
import * as z from 'zod';

export interface RequestTenants {
  /** The one that requests without a `tenantId` mean (setting GRAPH_TENANT_ID), where it is known. */
  readonly own?: string;
  /** GUIDs, lower case (setting GRAPH_TENANT_IDS). */
  readonly others: readonly string[];
}

/** Longest domain name (RFC 1035); a GUID is shorter. For the documents: what is not listed is refused anyway. */
export const LONGEST_TENANT_NAME = 253;

/** The field of the body. The own tenant named explicitly means the same as none, and becomes none. */
export function tenantIdField({ own, others }: RequestTenants) {
  const ownId = own?.toLowerCase();
  const isListed = (tenantId: string) => tenantId === ownId || others.includes(tenantId);
  return z
    .string('must be a string')
    .refine(
      (text) => isListed(text.toLowerCase()),
      'must be a tenant that this app may press in: GRAPH_TENANT_ID or one of GRAPH_TENANT_IDS',
    )
    .meta({ maxLength: LONGEST_TENANT_NAME })
    .nullish()
    .transform((text) => {
      const tenantId = text?.toLowerCase();
      return tenantId === ownId ? undefined : tenantId;
    });
}
