// The error catalogue: stable codes, sentences that tell what to do, and what may be said of asking again.
import { ERROR_CATALOGUE, errorMessage, type ErrorCode } from '../../../../shared/tones/facts/error-catalogue';

const CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[];

test.each(CODES)('%s is a kebab-case code with a sentence', (code) => {
  expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  expect(ERROR_CATALOGUE[code].message).toMatch(/^[A-Z].*\.$/);
});

test('no sentence could break a table of the reference', () => {
  for (const code of CODES) expect(ERROR_CATALOGUE[code].message).not.toMatch(/[|\n]/);
});

test('where tones may have been played, nobody is told to simply ask again', () => {
  const codes = CODES.filter((name) => ERROR_CATALOGUE[name].message.includes('may have been'));
  expect(codes.length).toBeGreaterThan(5);
  for (const code of codes) expect([code, ERROR_CATALOGUE[code].askAgain]).not.toEqual([code, 'yes']);
});

test('codes that callers decide on say what they always said', () => {
  expect(CODES.filter((code) => ERROR_CATALOGUE[code].askAgain === 'check-first').sort()).toEqual([
    'canceled-by-caller',
    'delivery-failed',
    'graph-connection-lost',
    'graph-fault',
    'graph-timeout',
    'notification-missing',
    'notifications-never-seen',
    'operation-canceled',
    'operation-failed',
    'sequence-interrupted',
    'worker-lost',
  ]);
  expect(CODES.filter((code) => ERROR_CATALOGUE[code].askAgain === 'no').sort()).toEqual([
    'app-not-registered',
    'call-does-not-exist',
    'call-ended',
    'call-ended-meanwhile',
    'call-not-found',
    'call-terminated',
    'graph-forbidden',
    'graph-refused',
    'graph-unauthorized',
    'invalid-argument',
    'permission-missing',
    'source-not-permitted',
    'tenant-not-consented',
    'tenant-not-found',
    'tenant-not-listed',
    'tenant-not-permitted',
  ]);
});

test('a message ends with what Graph answered, where that is known', () => {
  expect(errorMessage('call-terminated')).toBe('The call has been terminated.');
  expect(errorMessage('call-terminated', 'HTTP 404, Graph code 8528')).toBe(
    'The call has been terminated. (HTTP 404, Graph code 8528)',
  );
});
