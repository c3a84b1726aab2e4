// The rules for claims by themselves: what the guard's tokens cannot show, as it looks at their issuer first.
import { makeClaimsRules } from '../../../../shared/graph/notification-claims';
import { APP, CALLER, ENTRA, SETTINGS, TENANT } from './sample-tokens';

const rules = makeClaimsRules(SETTINGS);

test("the tenant of the service's own tokens may be a name, and is compared without case", () => {
  expect(rules.judge('calling-service', { aud: APP, tid: 'Contoso.example' }, undefined)).toEqual({
    tenantId: 'contoso.example',
  });
});

test('a tenant of Entra is a GUID', () => {
  expect(rules.judge('entra', { ...ENTRA.claims, tid: 'contoso.example' }, undefined)).toEqual({
    refusal: 'tenant-missing',
  });
});

test.each([undefined, 42])('an issuer that is %p belongs to no tenant', (iss) => {
  const claims = { aud: APP, tid: TENANT, azp: CALLER, ...(iss !== undefined && { iss: iss as unknown as string }) };
  expect(rules.judge('entra', claims, undefined)).toEqual({ refusal: 'tenant-mismatch' });
});
