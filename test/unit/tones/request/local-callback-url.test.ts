// The one local origin that CALLBACK_HOSTS may name for development: URLs below it, and all that only looks like them.
// What holds for the hosts of the internet is in callback-url.test.ts.
import { callbackUrlFault } from '../../../../shared/tones/request/callback-url';
import { HOSTILE_URLS } from './hostile-urls';

const LOCALHOST = ['*.logic.azure.com', 'http://localhost:4000'];
const ADDRESS = ['http://127.0.0.1:4000'];

const ELSEWHERE =
  'must be an absolute https: URL in printable ASCII, or lead to the http: origin that CALLBACK_HOSTS names';
const FRAGMENT = 'must have no fragment';

test.each([
  'http://localhost:4000',
  'http://localhost:4000/',
  'http://localhost:4000/hooks/1?sig=a_b-c%2F',
  'http://localhost:4000?sig=abc',
  'http://localhost:4000//evil.test/',
  'http://localhost:4000/@evil.test/',
  'http://localhost:4000/a/../../b',
  'https://prod-1.westeurope.logic.azure.com/workflows/1',
])('%s may be called where the origin is set', (url) => {
  expect(callbackUrlFault(url, LOCALHOST)).toBeUndefined();
});

test('the origin of an address is meant by its address only, and that of the name by its name', () => {
  expect(callbackUrlFault('http://127.0.0.1:4000/hooks', ADDRESS)).toBeUndefined();
  expect(callbackUrlFault('http://localhost:4000/hooks', ADDRESS)).toBe(ELSEWHERE);
  expect(callbackUrlFault('http://127.0.0.1:4000/hooks', LOCALHOST)).toBe(ELSEWHERE);
});

test('without such a setting no http: URL may be called', () => {
  for (const hosts of [[], ['localhost', '127.0.0.1'], ['*.logic.azure.com'], ['https://localhost:4000']])
    expect(callbackUrlFault('http://localhost:4000/', hosts)).toBe('must be an absolute https: URL in printable ASCII');
});

test.each([
  ['http://localhost/', 'no port', ELSEWHERE],
  ['http://localhost:80/', 'port 80', ELSEWHERE],
  ['http://localhost:4001/', 'the next port', ELSEWHERE],
  ['http://localhost:40000/', 'a port that only begins with it', ELSEWHERE],
  ['http://localhost:04000/', 'a port spelt with a zero', ELSEWHERE],
  ['http://localhost:4000:4001/', 'two ports', ELSEWHERE],
  ['http://localhost:4000@evil.test/', 'the origin as the user name of another host', ELSEWHERE],
  ['http://localhost:4000%40evil.test/', 'the same with an escaped sign', ELSEWHERE],
  ['http://localhost:4000.evil.test/', 'the origin in front of another domain', ELSEWHERE],
  ['http://localhost:4000\\@evil.test/', 'a backslash that ends the host for some parsers', ELSEWHERE],
  ['http://localhost:4000/\\evil.test', 'a backslash in the path', ELSEWHERE],
  ['http://localhost:4000\\evil.test', 'a backslash for a slash', ELSEWHERE],
  ['http://user@localhost:4000/', 'a user name', ELSEWHERE],
  ['http://user:password@localhost:4000/', 'a user name and a password', ELSEWHERE],
  ['http://@localhost:4000/', 'an empty user name', ELSEWHERE],
  ['http://localhost.:4000/', 'a trailing dot', ELSEWHERE],
  ['http://LOCALHOST:4000/', 'the host in capitals', ELSEWHERE],
  ['HTTP://localhost:4000/', 'the scheme in capitals', ELSEWHERE],
  ['http:/localhost:4000/', 'one slash, which a parser mends', ELSEWHERE],
  ['http:localhost:4000/', 'no slashes, which a parser mends', ELSEWHERE],
  ['http:///localhost:4000/', 'three slashes, which a parser mends', ELSEWHERE],
  ['http://localhost%3A4000/', 'an escaped colon', ELSEWHERE],
  ['http://%6cocalhost:4000/', 'an escaped letter', ELSEWHERE],
  ['http://ｌocalhost:4000/', 'a letter in full width', ELSEWHERE],
  ['http://sub.localhost:4000/', 'a name below it', ELSEWHERE],
  ['http://localhost.evil.test:4000/', 'a name that begins with it', ELSEWHERE],
  ['http://127.1:4000/', 'loopback in short', ELSEWHERE],
  ['http://0x7f.1:4000/', 'loopback in hexadecimal', ELSEWHERE],
  ['http://0177.0.0.1:4000/', 'loopback in octal', ELSEWHERE],
  ['http://2130706433:4000/', 'loopback as one number', ELSEWHERE],
  ['http://127.0.0.2:4000/', 'another address of loopback', ELSEWHERE],
  ['http://0.0.0.0:4000/', 'the unspecified address', ELSEWHERE],
  ['http://[::1]:4000/', 'IPv6 loopback', ELSEWHERE],
  ['http://[::ffff:127.0.0.1]:4000/', 'IPv4-mapped IPv6', ELSEWHERE],
  ['http://169.254.169.254/metadata', 'the metadata service', ELSEWHERE],
  ['http://prod-1.logic.azure.com/', 'an allowed host over http', ELSEWHERE],
  ['http://localhost:4000/a b', 'a space', ELSEWHERE],
  ['http://localhost:4000/\r\nX-Injected: 1', 'a header injected by line breaks', ELSEWHERE],
  ['http://localhost:4000/\u0000', 'a NUL', ELSEWHERE],
  ['http://localhost:4000/größe', 'letters beyond ASCII', ELSEWHERE],
  ['http://localhost:4000#secret', 'a fragment behind the origin', ELSEWHERE],
  ['http://localhost:4000/#secret', 'a fragment', FRAGMENT],
  ['http://localhost:4000/?a#@evil.test', 'a fragment behind a query', FRAGMENT],
  [' http://localhost:4000/', 'a space before it', 'must be an absolute https: URL in printable ASCII'],
  ['ws://localhost:4000/', 'another scheme', 'must be an absolute https: URL in printable ASCII'],
  ['https://localhost:4000/', 'https to the origin', 'must use port 443'],
  ['https://localhost/', 'https to localhost', 'must name a host that CALLBACK_HOSTS allows'],
])('%j is refused: %s', (url, _why, fault) => {
  expect(callbackUrlFault(url, LOCALHOST)).toBe(fault);
});

test('every hostile URL of the internet is refused beside a local origin as well', () => {
  const taken = HOSTILE_URLS.filter(({ url }) => callbackUrlFault(url, LOCALHOST) === undefined);
  expect(taken).toEqual([]);
});
