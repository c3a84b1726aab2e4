// The callbackUrl of a request: taken as it came, or refused with its own fault; the rules of URLs are in callback-url.test.ts.
import { parseToneRequest, toneRequestBodySchema } from '../../../../shared/tones/request/tone-request';

const SCHEMA = toneRequestBodySchema({
  maxTones: 50,
  defaultExpiresInSeconds: 60,
  callbackHosts: ['*.logic.azure.com'],
});
const read = (callbackUrl: unknown) =>
  parseToneRequest(SCHEMA, { callId: 'call-1', clientContext: 'me', digits: '1', callbackUrl }, () => 'new');

test('it is taken as it came', () => {
  const callbackUrl = 'https://prod-1.logic.azure.com/workflows/1?sig=a%2Fb';
  expect(read(callbackUrl)).toMatchObject({ kind: 'valid', request: { callbackUrl } });
});

test('it may have 4096 characters', () => {
  const callbackUrl = `https://prod-1.logic.azure.com/${'a'.repeat(4065)}`;
  expect(callbackUrl).toHaveLength(4096);
  expect(read(callbackUrl).kind).toBe('valid');
});

test.each([null, undefined])('%p is none', (callbackUrl) => {
  const parsed = read(callbackUrl);
  expect(parsed.kind === 'valid' && Object.keys(parsed.request)).not.toContain('callbackUrl');
});

test.each([
  ['https://evil.example/', 'must name a host that CALLBACK_HOSTS allows'],
  ['https://prod-1.logic.azure.com/#x', 'must have no fragment'],
  [5, 'must be a string'],
  [`https://prod-1.logic.azure.com/${'a'.repeat(4066)}`, 'must have at most 4096 characters'],
])('%p is refused: it %s', (callbackUrl, detail) => {
  expect(read(callbackUrl)).toMatchObject({ kind: 'invalid', faults: [{ pointer: '/callbackUrl', detail }] });
});
