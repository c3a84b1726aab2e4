// Problem answers: RFC 9457 members, stable types, headers.
import { problem } from '../../../shared/http/problem';
import { headerOf, problemOf } from '../../support/invocation';

test('a problem has type, title, status and detail, as application/problem+json that nobody stores', () => {
  const response = problem('not-found', { detail: 'Nothing is here.' });
  expect(response.status).toBe(404);
  expect(headerOf(response, 'Content-Type')).toBe('application/problem+json');
  expect(headerOf(response, 'Cache-Control')).toBe('no-store');
  expect(headerOf(response, 'Retry-After')).toBeNull();
  expect(problemOf(response)).toEqual({
    type: 'urn:problem:not-found',
    title: 'There is no such tone request.',
    status: 404,
    detail: 'Nothing is here.',
  });
});

test('a problem names the faults that it is given', () => {
  const response = problem('invalid-request', {
    detail: 'Two faults.',
    errors: [
      { pointer: '/tones/3', detail: 'is no tone' },
      { parameter: 'clientContext', detail: 'is missing' },
    ],
  });
  expect(problemOf(response)).toMatchObject({
    errors: [
      { pointer: '/tones/3', detail: 'is no tone' },
      { parameter: 'clientContext', detail: 'is missing' },
    ],
  });
});

test('a problem takes further headers', () => {
  expect(
    headerOf(
      problem('unauthenticated', { detail: 'Who?', headers: { 'WWW-Authenticate': 'Bearer' } }),
      'WWW-Authenticate',
    ),
  ).toBe('Bearer');
});

test.each([
  ['invalid-request', 400],
  ['malformed-json', 400],
  ['malformed-notification', 400],
  ['unauthenticated', 401],
  ['not-found', 404],
  ['client-context-reused', 409],
  ['body-too-large', 413],
  ['unsupported-media-type', 415],
] as const)('%s is answered with %i and no Retry-After', (code, status) => {
  const response = problem(code, { detail: 'd' });
  expect(response.status).toBe(status);
  expect(headerOf(response, 'Retry-After')).toBeNull();
});

test.each(['storage-unavailable', 'signing-keys-unavailable', 'unhealthy'] as const)(
  '%s is 503 and says when to ask again',
  (code) => {
    const response = problem(code, { detail: 'd' });
    expect(response.status).toBe(503);
    expect(headerOf(response, 'Retry-After')).toMatch(/^[1-9]\d*$/);
  },
);
