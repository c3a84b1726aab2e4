// The sentences that a caller reads in a 400, each by hand: they are the only help that a wrong request gets.
import * as z from 'zod';
import { parseToneRequest, toneRequestBodySchema } from '../../../../shared/tones/request/tone-request';

const SCHEMA = toneRequestBodySchema({
  maxTones: 5,
  defaultExpiresInSeconds: 90,
  callbackHosts: ['*.logic.azure.com'],
});
const LEAST = { callId: 'c1', digits: '1' };

test.each([
  ['callId', 5, 'must be a string'],
  ['callId', 'a/b', 'must be 1 to 128 letters, digits, "_" or "-"'],
  ['digits', 12, 'must be a string'],
  ['digits', '', 'too few digits: 1 to 5 are allowed'],
  ['digits', '123456', 'too many digits: 1 to 5 are allowed'],
  [
    'digits',
    '12x',
    'position 3: only 0-9, *, #, A-D and ! (flash) are pressed; w, W and the comma are pauses; space, -, ., ( and ) are skipped',
  ],
  ['delayBetweenTonesMs', '300', 'must be an integer'],
  ['delayBetweenTonesMs', 1.5, 'must be an integer'],
  ['delayBetweenTonesMs', -1, 'must be 0 to 60000'],
  ['delayBetweenTonesMs', 60_001, 'must be 0 to 60000'],
  ['clientContext', 42, 'must be a string'],
  ['clientContext', '', 'must be 1 to 256 printable ASCII characters'],
  ['expiresInSeconds', '60', 'must be an integer'],
  ['expiresInSeconds', 0, 'must be 1 to 3600'],
  ['expiresInSeconds', 3601, 'must be 1 to 3600'],
])('%s %p: %s', (field, value, detail) => {
  expect(parseToneRequest(SCHEMA, { ...LEAST, [field]: value }, () => 'new')).toStrictEqual({
    kind: 'invalid',
    faults: [{ pointer: `/${field}`, detail }],
  });
});

test.each([
  ['tone1', '/tones', 'must be an array of tone names'],
  [
    ['tone1', 'ONE'],
    '/tones/1',
    'must be one of tone0, tone1, tone2, tone3, tone4, tone5, tone6, tone7, tone8, tone9, star, pound, a, b, c, d, flash',
  ],
])('tones %p', (tones, pointer, detail) => {
  expect(parseToneRequest(SCHEMA, { callId: 'c1', tones }, () => 'new')).toStrictEqual({
    kind: 'invalid',
    faults: [{ pointer, detail }],
  });
});

test('what was not given is not there', () => {
  expect(parseToneRequest(SCHEMA, LEAST, () => 'new')).toStrictEqual({
    kind: 'valid',
    request: { clientContext: 'new', callId: 'c1', tones: ['tone1'], expiresInSeconds: 90 },
  });
});

test('the JSON Schema of the body says what digits and tenantId look like', () => {
  expect(z.toJSONSchema(SCHEMA, { io: 'input', unrepresentable: 'any' }).properties).toMatchObject({
    digits: { anyOf: [{ type: 'string', minLength: 1, pattern: '^[0-9*#A-Da-d!wW, .()-]+$' }, { type: 'null' }] },
    tenantId: { anyOf: [{ type: 'string', maxLength: 253 }, { type: 'null' }] },
  });
});

test.each([
  ['an empty dial string', { digits: '' }],
  ['a dial string with a fault', { digits: '1;' }],
  ['a host that is not allowed', { digits: '1', callbackUrl: 'https://evil.test/' }],
])('to zod, %s is a fault of a rule of its own', (_what, body) => {
  const parsed = SCHEMA.safeParse({ callId: 'c1', ...body });
  expect(parsed.error?.issues.map(({ code }) => code)).toEqual(['custom']);
});
