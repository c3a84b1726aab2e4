// A value that is made when it is first asked for, and one that must be waited for.
import { once, onceLoaded } from '../../shared/once';

test('is made at the first question, and the same is given ever after, also undefined', () => {
  let made = 0;
  const list = once(() => [(made += 1)]);
  expect(made).toBe(0);
  expect(list()).toBe(list());
  const nothing = once(() => void (made += 1));
  nothing();
  nothing();
  expect(made).toBe(2);
});

test('what is loaded is loaded once, also for those who ask meanwhile', async () => {
  let loads = 0;
  const load = onceLoaded(async () => [(loads += 1)]);
  const [one, other] = await Promise.all([load(), load()]);
  expect(one).toBe(other);
  expect(await load()).toBe(one);
  expect(loads).toBe(1);
});

test('a failure is told to all who waited, and is not kept', async () => {
  let loads = 0;
  const load = onceLoaded(async () => {
    loads += 1;
    if (loads === 1) throw new Error('EMFILE');
    return 'here';
  });
  await expect(Promise.all([load(), load()])).rejects.toThrow('EMFILE');
  expect(await load()).toBe('here');
  expect(loads).toBe(2);
});
