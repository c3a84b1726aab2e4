// Partition keys: legal, readable, unique, and back again, for every string.
import fc from 'fast-check';
import { fromPartitionKey, toPartitionKey } from '../../../shared/storage/table-keys';

/** Legal by Microsoft's rules: no / \ # ?, no control characters; and no % and no lone surrogate, which trouble clients. */
const LEGAL = /^[^/\\#?%\u0000-\u001f\u007f-\u009f\ud800-\udfff]*$/;

const anyString = () =>
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  );

test.each([
  ['order-42', 'order-42'],
  ['e0be71f1-a14f-4cec-b65a-e7aba5db7c53', 'e0be71f1-a14f-4cec-b65a-e7aba5db7c53'],
  [' spaces at the ends ', ' spaces at the ends '],
  ['it\'s "quoted"', 'it\'s "quoted"'],
  ['a/b\\c#d?e%f', 'a／b＼c＃d？e％f'],
  ['&amp;', '&amp;'],
  ['\t', '＆0009'],
  ['é', '＆00e9'],
  ['／', '＆ff0f'],
  ['＆', '＆ff06'],
  ['\ud800', '＆d800'],
  ['', ''],
])('%p has the key %p', (text, key) => {
  expect(toPartitionKey(text)).toBe(key);
  expect(fromPartitionKey(key)).toBe(text);
});

test('every printable ASCII character is one character of the key', () => {
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
  expect(toPartitionKey(printable)).toHaveLength(95);
});

test('the key of the longest clientContext is within Table storage’s 512 characters', () => {
  expect(toPartitionKey('/'.repeat(256))).toBe('／'.repeat(256));
});

test('every string has a legal key', () => {
  fc.assert(
    fc.property(anyString(), (text) => LEGAL.test(toPartitionKey(text))),
    { numRuns: 2000 },
  );
});

test('every key is read back as its string, so no two strings share one', () => {
  fc.assert(
    fc.property(anyString(), (text) => fromPartitionKey(toPartitionKey(text)) === text),
    { numRuns: 2000 },
  );
});

test('strings that look like keys of others have keys of their own', () => {
  fc.assert(
    fc.property(anyString(), (text) => {
      const key = toPartitionKey(text);
      return key === text || toPartitionKey(key) !== key;
    }),
  );
});
