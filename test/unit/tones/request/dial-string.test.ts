// Dial strings: what each character is read as, how pauses make parts, and every fault with its position, by hand.
import { DIAL_STRING_PATTERN, readDialString } from '../../../../shared/tones/request/dial-string';

const read = (text: string, maxTones = 50) => readDialString(text, maxTones);

function sequenceOf(text: string, maxTones?: number) {
  const result = read(text, maxTones);
  if (result.kind !== 'valid') throw new Error(result.faults.join('; '));
  return result.sequence;
}

function faultsOf(text: string, maxTones?: number): readonly string[] {
  const result = read(text, maxTones);
  return result.kind === 'valid' ? [] : result.faults;
}

/** One tone for each part, with the same pause between them. */
const partsOf = (count: number, pause: string) => Array<string>(count).fill('1').join(pause);

describe('what is taken', () => {
  test('a string without pauses is one run, without further fields', () => {
    expect(sequenceOf('0123456789*#ABCDabcd!')).toStrictEqual({
      tones: [
        ...['tone0', 'tone1', 'tone2', 'tone3', 'tone4', 'tone5', 'tone6', 'tone7', 'tone8', 'tone9'],
        ...['star', 'pound', 'a', 'b', 'c', 'd', 'a', 'b', 'c', 'd', 'flash'],
      ],
    });
  });

  test.each([
    ['w', 500],
    ['W', 1000],
    [',', 2000],
    ['ww', 1000],
    [',Ww', 3500],
    [', , - .()W', 5000],
  ])('"%s" between two tones is a pause, and pauses next to each other add up', (pause, pauseMs) => {
    expect(sequenceOf(`1${pause}2`)).toStrictEqual({
      tones: ['tone1'],
      rest: [{ pauseMs, tones: ['tone2'] }],
    });
  });

  test('a pause before the first tone is one of its own, and makes no part', () => {
    expect(sequenceOf(',,12')).toStrictEqual({ tones: ['tone1', 'tone2'], pauseMs: 4000 });
    expect(sequenceOf(' (w) 1')).toStrictEqual({ tones: ['tone1'], pauseMs: 500 });
  });

  test('the example of the contract is three parts', () => {
    expect(sequenceOf('1W864359718#,,,,*010383#')).toStrictEqual({
      tones: ['tone1'],
      rest: [
        {
          pauseMs: 1000,
          tones: ['tone8', 'tone6', 'tone4', 'tone3', 'tone5', 'tone9', 'tone7', 'tone1', 'tone8', 'pound'],
        },
        { pauseMs: 8000, tones: ['star', 'tone0', 'tone1', 'tone0', 'tone3', 'tone8', 'tone3', 'pound'] },
      ],
    });
  });

  test('separators are skipped wherever they stand', () => {
    expect(sequenceOf(' (1)-2.3 ')).toStrictEqual({ tones: ['tone1', 'tone2', 'tone3'] });
  });

  test('twenty parts, 300 seconds of pauses and the most tones in all parts together are just allowed', () => {
    expect(sequenceOf(partsOf(20, 'w')).rest).toHaveLength(19);
    expect(sequenceOf(`${','.repeat(75)}1${','.repeat(75)}2`)).toStrictEqual({
      pauseMs: 150_000,
      tones: ['tone1'],
      rest: [{ pauseMs: 150_000, tones: ['tone2'] }],
    });
    expect(sequenceOf('12w34w5', 5).rest).toHaveLength(2);
  });
});

describe('a fault is named with its position', () => {
  const pause = 'write w (0.5 s), W (1 s) or a comma (2 s)';

  test.each([
    ['+1323,,8643#', 'position 1: a number is dialled, not pressed: leave out what stands before the first pause'],
    ['12;3', `position 3: it waits for a person and cannot be kept: ${pause}`],
    ['1p2', `position 2: the length of this pause is not defined: ${pause}`],
    ['1 P2', `position 3: the length of this pause is not defined: ${pause}`],
    ...['x', 'E', '/', '_', '\t', '\n', '１', 'ß', '٣', '😀', '\0'].map(
      (wrong) =>
        [
          `12${wrong}3`,
          'position 3: only 0-9, *, #, A-D and ! (flash) are pressed; w, W and the comma are pauses; space, -, ., ( and ) are skipped',
        ] as const,
    ),
  ] as const)('%j', (text, fault) => {
    expect(faultsOf(text)).toStrictEqual([fault]);
  });

  test('counted in characters, as a person counts', () => {
    expect(faultsOf('😀;').map((fault) => fault.split(':')[0])).toEqual(['position 1', 'position 2']);
  });

  test.each([
    ['1,', 2],
    ['12 , W ', 4],
    ['1w2 ww', 5],
  ])('"%s" has a pause after the last tone, from position %i on', (text, position) => {
    expect(faultsOf(text)).toStrictEqual([`position ${position}: no pause may stand after the last tone`]);
  });

  test('all at once: characters, a pause at the end, too many digits, too many parts, too long pauses', () => {
    expect(faultsOf(`;${partsOf(21, ','.repeat(8))}w`, 20)).toStrictEqual([
      `position 1: it waits for a person and cannot be kept: ${pause}`,
      'position 183: no pause may stand after the last tone',
      'too many digits: 1 to 20 are allowed',
      'too many parts: 20 are allowed, with pauses between them',
      'the pauses are too long: 300 seconds in all are allowed',
    ]);
  });

  test('up to twenty of them, and how many more there are', () => {
    expect(faultsOf('x'.repeat(20))).toHaveLength(20);
    const many = faultsOf('x'.repeat(23));
    expect(many).toHaveLength(21);
    expect(many[19]).toMatch(/^position 20: /);
    expect(many[20]).toBe('and 3 more');
  });

  test('and never with what was given', () => {
    expect(faultsOf('8643x;p+1,').join()).not.toMatch(/8643|"/);
  });
});

describe('too little and too much', () => {
  test.each(['', ' ', '-.()', 'w', ',,,'])('"%s" has no tone', (text) => {
    expect(faultsOf(text, 5)).toStrictEqual(['too few digits: 1 to 5 are allowed']);
  });

  test('one tone more than allowed, over all parts', () => {
    expect(faultsOf('12w34w56', 5)).toStrictEqual(['too many digits: 1 to 5 are allowed']);
  });

  test('one part more than allowed', () => {
    expect(faultsOf(partsOf(21, 'w'))).toStrictEqual(['too many parts: 20 are allowed, with pauses between them']);
  });

  test('half a second of pauses more than allowed, the one before the first tone included', () => {
    const fault = 'the pauses are too long: 300 seconds in all are allowed';
    expect(faultsOf(`w1${','.repeat(150)}2`)).toStrictEqual([fault]);
    expect(faultsOf(`${','.repeat(150)}w1`)).toStrictEqual([fault]);
  });
});

test('the pattern of the documents allows the characters that are read, and no other', () => {
  const pattern = new RegExp(DIAL_STRING_PATTERN);
  for (let code = 0; code < 256; code += 1) {
    const character = String.fromCharCode(code);
    expect([character, pattern.test(`1${character}1`)]).toEqual([character, faultsOf(`1${character}1`).length === 0]);
  }
});

test('a string with faults is invalid, and has no sequence', () => {
  expect(read('1;')).toStrictEqual({
    kind: 'invalid',
    faults: ['position 2: it waits for a person and cannot be kept: write w (0.5 s), W (1 s) or a comma (2 s)'],
  });
});
