// The time limit of work that may hang. The clock is the test's.
import { TimeLimitError, withinTimeLimit } from '../../shared/time-limit';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const never = () => new Promise<string>(() => undefined);
/** Rejects as soon as it is aborted, as fetch and the SDKs do. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<string>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

test('work that ends in time keeps its result or its error, and leaves no timer behind', async () => {
  expect(await withinTimeLimit(1000, async () => 'done')).toBe('done');
  await expect(withinTimeLimit(1000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(jest.getTimerCount()).toBe(0);
});

test.each([
  ['never ends', never],
  ['ends when it is aborted', untilAborted],
])('work that %s is given up after its time, and not before', async (_case, work) => {
  let given: unknown;
  const limited = withinTimeLimit(1000, work).catch((error: unknown) => (given = error));
  await jest.advanceTimersByTimeAsync(999);
  expect(given).toBeUndefined();
  await jest.advanceTimersByTimeAsync(1);
  await limited;
  expect(given).toBeInstanceOf(TimeLimitError);
  expect(given).toMatchObject({ name: 'TimeLimitError', message: 'no answer in time' });
});

test('the signal is aborted after the time, and only then', async () => {
  const signals: AbortSignal[] = [];
  await withinTimeLimit(1000, async (signal) => signals.push(signal));
  const limited = withinTimeLimit(1000, (signal) => (signals.push(signal), never())).catch(() => undefined);
  await jest.advanceTimersByTimeAsync(1000);
  await limited;
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
});

test.each([
  ['never ends', never],
  ['ends when it is aborted', untilAborted],
])('what is late may be said in another way: work that %s', async (_case, work) => {
  const limited = withinTimeLimit(1000, work, () => 'late');
  await jest.advanceTimersByTimeAsync(1000);
  expect(await limited).toBe('late');
});
