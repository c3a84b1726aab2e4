// What a row keeps of the parts of a request, and the size of each part read back from it.
import { partSize, sizesOf, type ToneSequence } from '../../../../shared/tones/facts/parts/tone-sequence';

const THREE: ToneSequence = {
  tones: ['tone1'],
  delayBetweenTonesMs: 300,
  rest: [
    { pauseMs: 1000, tones: ['tone8', 'tone6'] },
    { pauseMs: 8000, tones: ['star', 'tone0', 'pound'] },
  ],
};

describe('the size of a request', () => {
  test('without pauses is that of its run, without a field more', () => {
    expect(sizesOf({ tones: ['tone7', 'star'] })).toStrictEqual({ toneCount: 2 });
    expect(sizesOf({ tones: ['tone7'], delayBetweenTonesMs: 0 })).toStrictEqual({
      toneCount: 1,
      delayBetweenTonesMs: 0,
    });
  });

  test('with a pause before its only part has no parts to count', () => {
    expect(sizesOf({ tones: ['tone7', 'star'], pauseMs: 500 })).toStrictEqual({ toneCount: 2, pauseMs: 500 });
  });

  test('with parts counts the tones of all, the pauses of all, and names each', () => {
    expect(sizesOf({ ...THREE, pauseMs: 500 })).toStrictEqual({
      toneCount: 6,
      delayBetweenTonesMs: 300,
      pauseMs: 9500,
      partCount: 3,
      partSizes: '500:1 1000:2 8000:3',
    });
    expect(sizesOf(THREE)).toMatchObject({ pauseMs: 9000, partSizes: '0:1 1000:2 8000:3' });
  });
});

describe('the size of a part', () => {
  const size = sizesOf(THREE);

  test.each([
    [1, { pauseMs: 0, toneCount: 1, delayBetweenTonesMs: 300 }],
    [2, { pauseMs: 1000, toneCount: 2, delayBetweenTonesMs: 300 }],
    [3, { pauseMs: 8000, toneCount: 3, delayBetweenTonesMs: 300 }],
  ])('%i of three', (part, expected) => {
    expect(partSize(size, part)).toStrictEqual(expected);
  });

  test.each([0, 4, 20])('is none where there is no part %i', (part) => {
    expect(partSize(size, part)).toBeUndefined();
  });

  test('of the only one is that of the request, with its pause', () => {
    expect(partSize({ toneCount: 4 }, 1)).toStrictEqual({ pauseMs: 0, toneCount: 4 });
    expect(partSize({ toneCount: 4, pauseMs: 500, delayBetweenTonesMs: 0 }, 1)).toStrictEqual({
      pauseMs: 500,
      toneCount: 4,
      delayBetweenTonesMs: 0,
    });
    expect(partSize({ toneCount: 4 }, 2)).toBeUndefined();
  });

  test('of a row that has no request is not known', () => {
    expect(partSize({}, 1)).toBeUndefined();
  });
});
