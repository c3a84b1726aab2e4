// The body of enqueueTones: what is taken, and that every fault is named by its place.
import fc from 'fast-check';
import { parseToneRequest, toneRequestBodySchema } from '../../../../shared/tones/request/tone-request';

const SCHEMA = toneRequestBodySchema({
  maxTones: 5,
  defaultExpiresInSeconds: 90,
  callbackHosts: ['*.logic.azure.com'],
});
const LEAST = { callId: 'c1', digits: '1' };

const parse = (body: unknown) => parseToneRequest(SCHEMA, body, () => 'new-context');

function requestOf(body: unknown) {
  const parsed = parse(body);
  if (parsed.kind !== 'valid') throw new Error(JSON.stringify(parsed.faults));
  return parsed.request;
}

function faultsOf(body: unknown): string[] {
  const parsed = parse(body);
  return parsed.kind === 'valid' ? [] : parsed.faults.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe('what is taken', () => {
  test('the least request gets a new clientContext and the default deadline', () => {
    expect(requestOf(LEAST)).toEqual({
      callId: 'c1',
      tones: ['tone1'],
      clientContext: 'new-context',
      expiresInSeconds: 90,
    });
  });

  test('a whole request is taken as it is', () => {
    const body = {
      callId: 'AZ_az-09',
      tones: ['tone0', 'star', 'pound', 'flash', 'd'],
      delayBetweenTonesMs: 60_000,
      clientContext: ' a ',
      expiresInSeconds: 3600,
    };
    expect(requestOf(body)).toEqual(body);
  });

  test('digits become tones, in either case', () => {
    expect(requestOf({ callId: 'c1', digits: '0*#aD' }).tones).toEqual(['tone0', 'star', 'pound', 'a', 'd']);
    expect(requestOf({ callId: 'c1', digits: '!' }).tones).toEqual(['flash']);
  });

  test('a new clientContext is made only where there is none', () => {
    const made = jest.fn(() => 'made');
    parseToneRequest(SCHEMA, { ...LEAST, clientContext: 'given' }, made);
    expect(made).not.toHaveBeenCalled();
  });

  test.each([
    ['delayBetweenTonesMs', 0],
    ['delayBetweenTonesMs', 60_000],
    ['expiresInSeconds', 1],
    ['expiresInSeconds', 3600],
    ['clientContext', '~'],
    ['clientContext', ' '],
    ['clientContext', 'x'.repeat(256)],
    ['clientContext', `"'\\/<>%`],
    ['callId', 'x'.repeat(128)],
  ])('%s may be %p', (field, value) => {
    expect(requestOf({ ...LEAST, [field]: value })).toMatchObject({ [field]: value });
  });
});

describe('an optional field that is null is one not given', () => {
  test('all of them', () => {
    const nulls = { delayBetweenTonesMs: null, clientContext: null, expiresInSeconds: null, callbackUrl: null };
    expect(requestOf({ ...LEAST, ...nulls })).toEqual({
      callId: 'c1',
      tones: ['tone1'],
      clientContext: 'new-context',
      expiresInSeconds: 90,
    });
  });

  test('digits beside tones that are null, and the other way round', () => {
    expect(requestOf({ callId: 'c1', tones: null, digits: '1' }).tones).toEqual(['tone1']);
    expect(requestOf({ callId: 'c1', tones: ['star'], digits: null }).tones).toEqual(['star']);
  });

  test('with both null nothing is asked for', () => {
    const fault = [' exactly one of tones and digits must be given'];
    expect(faultsOf({ callId: 'c1', tones: null, digits: null })).toEqual(fault);
    expect(faultsOf({ callId: 'c1', tones: null })).toEqual(fault);
  });

  test('what is required, unknown or within tones may not be null', () => {
    expect(faultsOf({ callId: null, digits: '1' })).toEqual(['/callId must be a string']);
    expect(faultsOf({ ...LEAST, other: null })).toEqual(['/other is not a field of a tone request']);
    expect(faultsOf({ callId: 'c1', tones: [null] }).map((fault) => fault.split(' ', 1)[0])).toEqual(['/tones/0']);
  });
});

describe('what is refused', () => {
  test.each([
    ['callId', 'a/b'],
    ['callId', '..'],
    ['callId', ''],
    ['callId', 'x'.repeat(129)],
    ['callId', 5],
    ['callId', null],
    ['callId', 'c1\n'],
    ['digits', ''],
    ['digits', '123456'],
    ['digits', '12x'],
    ['digits', '1,2,'],
    ['digits', '1;2'],
    ['digits', 12],
    ['delayBetweenTonesMs', -1],
    ['delayBetweenTonesMs', 60_001],
    ['delayBetweenTonesMs', 1.5],
    ['delayBetweenTonesMs', '300'],
    ['clientContext', ''],
    ['clientContext', 'x'.repeat(257)],
    ['clientContext', 'é'],
    ['clientContext', 'a\tb'],
    ['clientContext', 'a\n'],
    ['clientContext', '\u007f'],
    ['clientContext', 42],
    ['expiresInSeconds', 0],
    ['expiresInSeconds', 3601],
    ['expiresInSeconds', 0.5],
    ['expiresInSeconds', '60'],
  ])('%s may not be %p', (field, value) => {
    expect(faultsOf({ ...LEAST, [field]: value }).every((fault) => fault.startsWith(`/${field} `))).toBe(true);
    expect(faultsOf({ ...LEAST, [field]: value })).not.toEqual([]);
  });

  test('tones are refused each by its place', () => {
    expect(
      faultsOf({ callId: 'c1', tones: ['tone1', 'Tone2', 7, '3', 'star'] }).map((fault) => fault.split(' ', 1)[0]),
    ).toEqual(['/tones/1', '/tones/2', '/tones/3']);
  });

  test('too few and too many tones are told with the limit', () => {
    expect(faultsOf({ callId: 'c1', tones: [] })).toEqual(['/tones too few tones: 1 to 5 are allowed']);
    expect(faultsOf({ callId: 'c1', tones: Array(6).fill('tone1') })).toEqual([
      '/tones too many tones: 1 to 5 are allowed',
    ]);
  });

  test('digits that are no string, and that are empty, have one fault', () => {
    expect(faultsOf({ callId: 'c1', digits: [] })).toEqual(['/digits must be a string']);
    expect(faultsOf({ callId: 'c1', digits: '' })).toEqual(['/digits too few digits: 1 to 5 are allowed']);
  });

  test('twenty faults are named at most, and no long name is repeated', () => {
    const fields = Object.fromEntries(Array.from({ length: 30 }, (_, place) => [`f${place}`, 1]));
    expect(faultsOf({ ...LEAST, ...fields })).toHaveLength(20);
    const [longest, longer] = ['x'.repeat(64), 'y'.repeat(65)];
    expect(faultsOf({ ...LEAST, [longest]: 1, [longer]: 1 })).toEqual([
      `/${longest} is not a field of a tone request`,
      ' is not a field of a tone request',
    ]);
  });

  test('exactly one of tones and digits is wanted', () => {
    expect(faultsOf({ callId: 'c1' })).toEqual([' exactly one of tones and digits must be given']);
    expect(faultsOf({ callId: 'c1', digits: '1', tones: ['tone1'] })).toEqual([
      ' exactly one of tones and digits must be given',
    ]);
  });

  test('the missing callId is named', () => {
    expect(faultsOf({ digits: '1' })).toEqual(['/callId is missing']);
    expect(faultsOf({ callId: null, digits: '1' })).toEqual(['/callId must be a string']);
  });

  test('unknown fields are named by escaped pointers, also beside other faults', () => {
    expect(faultsOf({ ...LEAST, 'a/b': 1, '~c': 2, Tones: [] })).toEqual([
      '/a~1b is not a field of a tone request',
      '/~0c is not a field of a tone request',
      '/Tones is not a field of a tone request',
    ]);
    expect(
      faultsOf({ callId: 5, digits: '', x: 1 })
        .map((fault) => fault.split(' ', 1)[0])
        .sort(),
    ).toEqual(['/callId', '/digits', '/x']);
  });

  test.each([[null], [[]], ['text'], [5], [true]])('the body %p is no object', (body) => {
    expect(faultsOf(body)).toEqual([' must be a JSON object']);
  });

  test('no fault repeats what was sent', () => {
    const secret = 'S3CR3T';
    fc.assert(
      fc.property(
        fc.constantFrom('callId', 'digits', 'clientContext', 'delayBetweenTonesMs', 'expiresInSeconds'),
        (field) => {
          expect(faultsOf({ ...LEAST, [field]: [secret] }).join()).not.toContain(secret);
          expect(faultsOf({ callId: 'c1', tones: [secret] }).join()).not.toContain(secret);
        },
      ),
    );
  });

  test('nothing that JSON can hold makes the parser throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(['valid', 'invalid']).toContain(parse(body).kind);
      }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('callId', 'tones', 'digits', 'clientContext', '__proto__', 'constructor'),
          fc.jsonValue(),
        ),
        (body) => {
          expect(['valid', 'invalid']).toContain(parse(body).kind);
        },
      ),
    );
  });
});
