// The platform's proof of the caller, where the app itself asks for no key.
import { requirePrincipal } from '../../../shared/http/require-principal';
import { get, headerOf, problemOf } from '../../support/invocation';

test('with function keys the host has decided: nothing more is asked', () => {
  expect(requirePrincipal(get('/'), 'function')).toBeUndefined();
});

test('without keys, the platform must name the caller', () => {
  expect(requirePrincipal(get('/', { 'X-MS-CLIENT-PRINCIPAL-ID': 'b0b' }), 'anonymous')).toBeUndefined();
});

const WITHOUT_PROOF: readonly Record<string, string>[] = [
  {},
  { 'x-ms-client-principal-id': '' },
  { 'x-ms-client-principal-name': 'bob', authorization: 'Bearer x' },
];

test.each(WITHOUT_PROOF)('without keys and with the headers %p it is 401', (headers) => {
  const refusal = requirePrincipal(get('/', headers), 'anonymous') ?? {};
  expect(refusal.status).toBe(401);
  expect(headerOf(refusal, 'WWW-Authenticate')).toBe('Bearer');
  expect(problemOf(refusal)).toMatchObject({
    type: 'urn:problem:unauthenticated',
    status: 401,
    detail: 'App Service Authentication did not name a caller.',
  });
});
