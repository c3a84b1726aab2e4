// Places to wait in, inside the process: a bounded number of them, each given back once.
import { MOST_SHORT_WAITS, makeShortWaits } from '../../shared/short-waits';

test('there are as many places as was said, and no more', () => {
  const waits = makeShortWaits(2);
  expect(waits.enter()).toBeDefined();
  expect(waits.enter()).toBeDefined();
  expect(waits.enter()).toBeUndefined();
  expect(waits.enter()).toBeUndefined();
});

test('a place that was left is free for one other', () => {
  const waits = makeShortWaits(1);
  const place = waits.enter();
  expect(waits.enter()).toBeUndefined();
  place?.leave();
  expect(waits.enter()).toBeDefined();
  expect(waits.enter()).toBeUndefined();
});

test('fewer wait than the host lets be under way, so that those that press find room', () => {
  const waits = makeShortWaits();
  expect(Array.from({ length: 49 }, () => waits.enter()).filter((place) => place !== undefined)).toHaveLength(
    MOST_SHORT_WAITS,
  );
  expect(MOST_SHORT_WAITS).toBeLessThan(48);
});

test('a place is one to sleep in', async () => {
  let isAwake = false;
  const slept = makeShortWaits()
    .enter()
    ?.sleep(1)
    .then(() => {
      isAwake = true;
    });
  expect(isAwake).toBe(false);
  await slept;
  expect(isAwake).toBe(true);
});
