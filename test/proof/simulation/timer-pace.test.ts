// The timer's pace on a storage with Azure's latencies and limits and on the emulator's one thread, in virtual time.
// A small part of `npm run scale`; counts and virtual times only.
import { azure, emulator } from '../../../bench/scale/storage-models';
import { ADAPTIVE, FIXED, keepsUp, simulateTimerRuns, type RunsOptions } from '../../../bench/scale/simulated-runs';

/** Three runs of the timer, each with as many old rows as it can delete. */
const simulate = (options: Omit<RunsOptions, 'seed' | 'runs'>) => simulateTimerRuns({ ...options, runs: 3 });

test.each([
  ['two rows at a time', FIXED, 60, 90],
  ['its own pace', ADAPTIVE, 400, 800],
] as const)(
  'on Azure, the timer with %s keeps up with a rate, and not with a higher one',
  async (_name, pace, sustained, tooMany) => {
    const within = await simulate({ storage: azure(), pace, requestsPerSecond: sustained });
    expect([keepsUp(within), within.refused]).toEqual([true, 0]);
    expect(keepsUp(await simulate({ storage: azure(), pace, requestsPerSecond: tooMany }))).toBe(false);
  },
);

test('on Azure, retention deletes at least five times as many rows as the five hundred of a run', async () => {
  const [fixed, adaptive] = await Promise.all(
    [FIXED, ADAPTIVE].map((pace) => simulate({ storage: azure(), pace, requestsPerSecond: 50 })),
  );
  expect(fixed?.deletedPerSecond).toBeGreaterThan(10);
  expect(adaptive?.deletedPerSecond).toBeGreaterThan(5 * (fixed?.deletedPerSecond ?? Infinity));
});

test('on the emulator, about three rows are looked at at a time, and callers wait hardly longer', async () => {
  const ofPasses = (pace: typeof FIXED) =>
    simulate({ storage: emulator, pace: { ...pace, mostDeleted: 0 }, requestsPerSecond: 20 });
  const [fixed, adaptive] = [await ofPasses(FIXED), await ofPasses(ADAPTIVE)];
  expect(adaptive.meanRowsAtATime).toBeLessThanOrEqual(4);
  expect(adaptive.callersWaitedMs).toBeLessThan(fixed.callersWaitedMs + 1);
});

test('the same seed gives the same runs', async () => {
  const again = () => simulate({ storage: azure(), pace: ADAPTIVE, requestsPerSecond: 20 });
  expect(await again()).toEqual(await again());
});
