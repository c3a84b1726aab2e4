// Tones and the keys of a dial string: one for one.
import fc from 'fast-check';
import { TONE_NAMES, toneOfKey, type ToneName } from '../../../../shared/tones/facts/tone-names';

/** Written by hand, apart from the product's own table. */
const KEY_OF: Readonly<Record<ToneName, string>> = {
  tone0: '0',
  tone1: '1',
  tone2: '2',
  tone3: '3',
  tone4: '4',
  tone5: '5',
  tone6: '6',
  tone7: '7',
  tone8: '8',
  tone9: '9',
  star: '*',
  pound: '#',
  a: 'A',
  b: 'B',
  c: 'C',
  d: 'D',
  flash: '!',
};

const toDialString = (tones: readonly ToneName[]): string => tones.map((tone) => KEY_OF[tone]).join('');

test.each([
  ['0', 'tone0'],
  ['1', 'tone1'],
  ['2', 'tone2'],
  ['3', 'tone3'],
  ['4', 'tone4'],
  ['5', 'tone5'],
  ['6', 'tone6'],
  ['7', 'tone7'],
  ['8', 'tone8'],
  ['9', 'tone9'],
  ['*', 'star'],
  ['#', 'pound'],
  ['A', 'a'],
  ['B', 'b'],
  ['C', 'c'],
  ['D', 'd'],
  ['a', 'a'],
  ['b', 'b'],
  ['c', 'c'],
  ['d', 'd'],
  ['!', 'flash'],
])('the key %s is %s', (key, tone) => {
  expect(toneOfKey(key)).toBe(tone);
});

test.each(['', '10', 'E', 'e', ' ', ',', 'w', '٣', '＃', 'ａ', 'toString'])('%p is no key', (key) => {
  expect(toneOfKey(key)).toBeUndefined();
});

test('every tone has a key of its own, and every row of keys is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...TONE_NAMES)), (tones) => {
      expect([...toDialString(tones)].map(toneOfKey)).toEqual(tones);
    }),
  );
});

test('a dial string is written back in capitals', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9*#A-Da-d!]{0,50}$/), (digits) => {
      const tones = [...digits].flatMap((key) => toneOfKey(key) ?? []);
      expect(toDialString(tones)).toBe(digits.toUpperCase());
    }),
  );
});
