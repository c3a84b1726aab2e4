// A value that is made when it is first asked for.
import { once } from '../../shared/once';

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
