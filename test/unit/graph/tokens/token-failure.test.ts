// Why there is no token: by the codes of Entra and of the network, wherever the libraries put them, never by text.
import { tokenFailureOf } from '../../../../shared/graph/token-failure';

/** As @azure/identity wraps what MSAL throws for an answer of the token endpoint. */
function answered(error: string, code: number, text = '') {
  const cause = Object.assign(new Error(`${code} - [2026]: ${text}`), { errorCode: error, errorNo: String(code) });
  return Object.assign(new Error(text), { name: 'AuthenticationRequiredError', cause });
}

test.each([
  ['unauthorized_client', 700016, 'tenant-not-consented'],
  ['invalid_client', 7000229, 'tenant-not-consented'],
  ['invalid_grant', 65001, 'tenant-not-consented'],
  ['unauthorized_client', 7000112, 'tenant-not-consented'],
  ['invalid_request', 90002, 'tenant-not-found'],
] as const)('%s %i is for good: %s', (error, number, code) => {
  expect(tokenFailureOf(answered(error, number))).toEqual({ kind: 'refused', code, detail: `${error} ${number}` });
});

test.each([
  ['a wrong secret', answered('invalid_client', 7000215), 'invalid_client 7000215'],
  ['a trouble of Entra', answered('temporarily_unavailable', 90033), 'temporarily_unavailable 90033'],
  [
    'a code of consent that only the text names',
    answered('invalid_client', 7000215, 'AADSTS700016: Application was not found; 7000229; 65001'),
    'invalid_client 7000215',
  ],
  ['no connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
] as const)('%s is for now', (_what, error, detail) => {
  expect(tokenFailureOf(error)).toEqual({ kind: 'unavailable', detail });
});

test.each([
  [new Error('secret text')],
  [undefined],
  ['AADSTS700016'],
  [{ code: 'a text with spaces' }],
  [{ code: {} }],
])('what has no code is for now, and nothing of it is repeated: %p', (error) => {
  expect(tokenFailureOf(error)).toEqual({ kind: 'unavailable' });
});

test('five links of a chain of causes are read, and no more', () => {
  const chain = ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'SIX'].reduceRight<object | undefined>(
    (cause, code) => ({ code, cause }),
    undefined,
  );
  expect(tokenFailureOf(chain)).toEqual({ kind: 'unavailable', detail: 'ONE TWO THREE FOUR FIVE' });
});

test('a chain of causes that never ends is read for a while', () => {
  const loop: { code: string; cause?: unknown } = { code: 'LOOP' };
  loop.cause = loop;
  expect(tokenFailureOf(loop)).toEqual({ kind: 'unavailable', detail: 'LOOP' });
});
