// The body that names one request: what is taken, and every fault by its place.
import { parseNamedRequest } from '../../../../shared/tones/request/named-request';

test('a name is taken', () => {
  expect(parseNamedRequest({ clientContext: 'order-42' })).toEqual({ kind: 'valid', clientContext: 'order-42' });
});

test.each([
  [{ clientContext: 5 }, [{ pointer: '/clientContext', detail: 'must be a string' }]],
  [{ clientContext: 'a', other: 1 }, [{ pointer: '/other', detail: 'is not a field of this request' }]],
])('%j is refused', (body, faults) => {
  expect(parseNamedRequest(body)).toEqual({ kind: 'invalid', faults });
});
