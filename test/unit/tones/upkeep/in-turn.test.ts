// Going through many things, some at a time, where there are none. What is done with many is in close-overdue.test.ts.
import { inBatches, mapInTurn } from '../../../../shared/tones/upkeep/in-turn';

test('of nothing, nothing comes', async () => {
  const map = jest.fn(async () => Promise.resolve('mapped'));
  expect(await mapInTurn([], () => 2, map)).toEqual([]);
  expect(map).not.toHaveBeenCalled();
});

test('without entries no transaction is made', async () => {
  const move = jest.fn(async () => Promise.resolve());
  await inBatches([], { entriesAtATime: () => 10, transactionsAtATime: () => 1 }, move);
  expect(move).not.toHaveBeenCalled();
});
