// What pauses ask of the other fields of a request: the length of its name, the names of parts, the deadline.
import { parseToneRequest, toneRequestBodySchema } from '../../../../shared/tones/request/tone-request';

const SCHEMA = toneRequestBodySchema({ maxTones: 5, defaultExpiresInSeconds: 9, callbackHosts: [] });
const LEAST = { callId: 'c1', clientContext: 'me' };
const TOO_LONG_A_NAME = '/clientContext must have at most 245 characters where there are pauses between tones';
const PART_NAME = '/clientContext must not end with ";part=" and digits: so end the names of parts';
const TOO_LONG_A_PAUSE = '/digits the pause before the first tone must be shorter than expiresInSeconds';

const parse = (body: object) => parseToneRequest(SCHEMA, { ...LEAST, ...body }, () => 'new');

function faultsOf(body: object): string[] {
  const parsed = parse(body);
  return parsed.kind === 'valid' ? [] : parsed.faults.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

test('the parts of a dial string are those of the request', () => {
  expect(parse({ digits: 'w1,2', delayBetweenTonesMs: 300 })).toStrictEqual({
    kind: 'valid',
    request: {
      ...LEAST,
      tones: ['tone1'],
      pauseMs: 500,
      rest: [{ pauseMs: 2000, tones: ['tone2'] }],
      delayBetweenTonesMs: 300,
      expiresInSeconds: 9,
    },
  });
});

test('every fault of the string is named with its field', () => {
  expect(faultsOf({ digits: '1;2,' })).toEqual([
    '/digits position 2: it waits for a person and cannot be kept: write w (0.5 s), W (1 s) or a comma (2 s)',
    '/digits position 4: no pause may stand after the last tone',
  ]);
});

describe('the name of a request', () => {
  const ofLength = (length: number) => ({ clientContext: 'n'.repeat(length) });

  test('has at most 245 characters where it has several parts', () => {
    expect(faultsOf({ ...ofLength(245), digits: '1w2' })).toEqual([]);
    expect(faultsOf({ ...ofLength(246), digits: '1w2' })).toEqual([TOO_LONG_A_NAME]);
  });

  test.each(['1', 'w1'])('may have 256 where it has one: "%s"', (digits) => {
    expect(faultsOf({ ...ofLength(256), digits })).toEqual([]);
  });

  test.each([undefined, null])('is made where it is %p, with pauses between tones too', (clientContext) => {
    expect(parse({ clientContext, digits: '1w2' })).toMatchObject({ kind: 'valid', request: { clientContext: 'new' } });
  });

  test.each([';part=2', 'a;part=1', 'a;part=0', 'a;part=100', 'a;part=2;part=3'])(
    'may not be "%s", with or without pauses',
    (clientContext) => {
      expect(faultsOf({ clientContext, digits: '1' })).toEqual([PART_NAME]);
      expect(faultsOf({ clientContext, tones: ['tone1'] })).toEqual([PART_NAME]);
    },
  );

  test.each([';part=', 'a;part=x', 'a;part=2 ', 'part=2', 'a;PART=2', 'a;part=2b'])('may be "%s"', (clientContext) => {
    expect(faultsOf({ clientContext, digits: '1' })).toEqual([]);
  });
});

describe('the pause before the first tone', () => {
  test('is shorter than the deadline', () => {
    expect(faultsOf({ digits: ',,w1', expiresInSeconds: 5 })).toEqual([]);
    expect(faultsOf({ digits: ',,W1', expiresInSeconds: 5 })).toEqual([TOO_LONG_A_PAUSE]);
    expect(faultsOf({ digits: ',,,1', expiresInSeconds: 5 })).toEqual([TOO_LONG_A_PAUSE]);
  });

  test('is shorter than the default deadline, too', () => {
    expect(faultsOf({ digits: ',,,,w1' })).toEqual([]);
    expect(faultsOf({ digits: ',,,,W1' })).toEqual([TOO_LONG_A_PAUSE]);
  });

  test.each([0, -5, 'soon', 4000])(
    'is not compared with a deadline that is wrong by itself: %p',
    (expiresInSeconds) => {
      const faults = faultsOf({ digits: ',,1', expiresInSeconds });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(/^\/expiresInSeconds /);
    },
  );

  test('is compared alone: later pauses may be longer', () => {
    expect(faultsOf({ digits: '1,,,2', expiresInSeconds: 5 })).toEqual([]);
  });
});

test('what pauses ask of other fields is named beside every other fault', () => {
  const body = { callId: 'a/b', clientContext: 'n'.repeat(246), digits: ',,,1w2', expiresInSeconds: 5 };
  expect(faultsOf(body).sort()).toEqual([
    '/callId must be 1 to 128 letters, digits, "_" or "-"',
    TOO_LONG_A_NAME,
    TOO_LONG_A_PAUSE,
  ]);
});
