// The names that parts have towards Graph, there and back.
import {
  LONGEST_CONTEXT_OF_PARTS,
  PART_CONTEXT_PATTERN,
  partContext,
  readPartContext,
} from '../../../../shared/tones/facts/parts/part-context';

test("the first part has the request's own name, every other its number", () => {
  expect(partContext({ clientContext: 'order-42', part: 1 })).toBe('order-42');
  expect(partContext({ clientContext: 'order-42', part: 2 })).toBe('order-42;part=2');
  expect(partContext({ clientContext: 'order-42', part: 20 })).toBe('order-42;part=20');
});

test('the longest name of a request with parts leaves room for the last of them', () => {
  expect(LONGEST_CONTEXT_OF_PARTS).toBe(245);
  expect(partContext({ clientContext: 'n'.repeat(245), part: 20 }).length).toBeLessThanOrEqual(256);
});

test.each([
  ['order-42', 'order-42', 1],
  ['order-42;part=2', 'order-42', 2],
  ['order-42;part=20', 'order-42', 20],
  [' a ;part=9', ' a ', 9],
  ['a;part=2;part=3', 'a;part=2', 3],
])('"%s" is part %s of the request', (context, clientContext, part) => {
  expect(readPartContext(context)).toStrictEqual({ clientContext, part });
});

test.each([
  ';part=2',
  'a;part=0',
  'a;part=1',
  'a;part=02',
  'a;part=100',
  'a;part=2 ',
  'a;part=x',
  'a;PART=2',
  'apart=2',
  'a\nb;part=2',
])('"%s" is a name of its own', (context) => {
  expect(readPartContext(context)).toStrictEqual({ clientContext: context, part: 1 });
});

test('no caller may have a name that a part could have', () => {
  for (let part = 2; part <= 20; part += 1) {
    const name = partContext({ clientContext: 'order-42', part });
    expect(readPartContext(name)).toStrictEqual({ clientContext: 'order-42', part });
    expect(PART_CONTEXT_PATTERN.test(name)).toBe(true);
  }
});
