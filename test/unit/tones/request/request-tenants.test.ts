// tenantId: which tenants a request may name, and what becomes of the app's own.
import { parseToneRequest, toneRequestBodySchema } from '../../../../shared/tones/request/tone-request';
import type { RequestTenants } from '../../../../shared/tones/request/request-tenants';

const OWN = '0a0a0a0a-1111-4111-8111-11111111111a';
const OTHER = '0b0b0b0b-2222-4222-8222-22222222222b';
const LIMITS = { maxTones: 5, defaultExpiresInSeconds: 90, callbackHosts: [] };
const REFUSED = {
  pointer: '/tenantId',
  detail: 'must be a tenant that this app may press in: GRAPH_TENANT_ID or one of GRAPH_TENANT_IDS',
};

function parse(tenantId: unknown, tenants?: RequestTenants) {
  const schema = toneRequestBodySchema({ ...LIMITS, ...(tenants && { tenants }) });
  return parseToneRequest(schema, { callId: 'c1', digits: '1', tenantId }, () => 'new');
}

function tenantOf(tenantId: unknown, tenants: RequestTenants) {
  const parsed = parse(tenantId, tenants);
  if (parsed.kind === 'invalid') return parsed.faults;
  return Object.hasOwn(parsed.request, 'tenantId') ? parsed.request.tenantId : 'none';
}

test('a listed tenant is taken in any case, and kept in lower case', () => {
  expect(tenantOf(OTHER, { own: OWN, others: [OTHER] })).toBe(OTHER);
  expect(tenantOf(OTHER.toUpperCase(), { others: [OTHER] })).toBe(OTHER);
});

test('the own tenant is one not named, in any case, also by its domain name where the setting has that', () => {
  const tenants = { own: OWN.toUpperCase(), others: [OTHER] };
  for (const named of [OWN, OWN.toUpperCase(), null, undefined]) expect(tenantOf(named, tenants)).toBe('none');
  expect(tenantOf('CONTOSO.example', { own: 'contoso.Example', others: [] })).toBe('none');
});

test.each(['', 'common', 'contoso.example', '0b0b0b0b-2222-4222-8222-22222222222c', `${OTHER} `, '*'])(
  'the tenant %j is not listed',
  (tenantId) => {
    expect(tenantOf(tenantId, { own: OWN, others: [OTHER] })).toEqual([REFUSED]);
  },
);

test('without any tenant in the settings none may be named', () => {
  expect(parse(OWN)).toEqual({ kind: 'invalid', faults: [REFUSED] });
  expect(parse(OWN, { others: [] })).toEqual({ kind: 'invalid', faults: [REFUSED] });
  expect(tenantOf(null, { others: [] })).toBe('none');
});

test('what is no text is refused, once, beside every other fault', () => {
  expect(parse(7, { own: OWN, others: [OTHER] })).toEqual({
    kind: 'invalid',
    faults: [{ pointer: '/tenantId', detail: 'must be a string' }],
  });
  const schema = toneRequestBodySchema({ ...LIMITS, tenants: { own: OWN, others: [] } });
  const parsed = parseToneRequest(schema, { callId: 'a/b', digits: '1', tenantId: OTHER }, () => 'new');
  expect(parsed).toMatchObject({ faults: [{ pointer: '/callId' }, REFUSED] });
});
