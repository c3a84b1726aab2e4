// The smaller run of the proof inside `npm test`: the same worlds as `npm run prove`, from a fixed seed.
import { belowFloors, FLOORS_WITH_FAULTS, FLOORS_WITHOUT_FAULTS, type Floors } from '../judge/floors';
import { MANY_LOST_ANSWERS, NO_FAULTS, USUAL_FAULTS, type FaultRates } from './faults';
import { expireAndRerunDesign, sleepingDesign, tutorialDesign } from '../naive-designs';
import { productionDesign } from '../rules';
import { historyOf, isClean, simulate, type SimulationResult } from './simulate';

jest.setTimeout(180_000);

async function expectKept(result: SimulationResult, faults: FaultRates, floors: Floors): Promise<void> {
  const { firstFailure: failure } = result;
  if (failure) {
    const history = await historyOf(productionDesign, faults, failure.seed, failure.violation.clientContext);
    console.error(failure, history.join('\n'));
  }
  expect(Object.entries(result.violations).filter(([, count]) => count > 0)).toEqual([]);
  expect(belowFloors(result, floors)).toEqual([]);
}

test('with faults at every await, every promise is kept and every request ends', async () => {
  const result = await simulate({ design: productionDesign, requests: 12_000, faults: USUAL_FAULTS, seed: 20_260_101 });
  await expectKept(result, USUAL_FAULTS, FLOORS_WITH_FAULTS);
  expect(result.faults).toBeGreaterThan(12_000);
});

test('without faults nobody is answered unknown', async () => {
  const result = await simulate({ design: productionDesign, requests: 5000, faults: NO_FAULTS, seed: 20_260_102 });
  await expectKept(result, NO_FAULTS, FLOORS_WITHOUT_FAULTS);
  expect(result.statuses.unknown).toBeUndefined();
});

test('where each seventh answer of storage is lost, the copies of a message do not multiply', async () => {
  const result = await simulate({
    design: productionDesign,
    requests: 600,
    faults: MANY_LOST_ANSWERS,
    seed: 2,
  });
  expect(result.violations['copies multiply']).toBe(0);
});

// Before names said who wrote them, each of these outages of a minute made thousands of copies of one message.
test.each([1_000_288_408, 1_000_382_924, 1_000_760_733])(
  'where an outage loses every answer, the copies of a message do not multiply (seed %i)',
  async (seed) => {
    const result = await simulate({ design: productionDesign, requests: 1, faults: USUAL_FAULTS, seed });
    expect(isClean(result)).toBe(true);
    expect(result.events).toBeLessThan(30_000);
  },
);

test('the same seed gives the same history', async () => {
  const first = await historyOf(productionDesign, USUAL_FAULTS, 7);
  expect(first.length).toBeGreaterThan(100);
  expect(await historyOf(productionDesign, USUAL_FAULTS, 7)).toEqual(first);
});

test.each([
  ['tutorial', tutorialDesign, ['double press', 'pressed after a cancel']],
  ['expire-and-rerun', expireAndRerunDesign, ['double press']],
  [
    'sleeping',
    sleepingDesign,
    ['part pressed twice', 'part before its pause', 'part after none played', 'pressed between parts'],
  ],
] as const)('the %s design breaks the promises in the same worlds', async (_name, design, broken) => {
  const result = await simulate({ design, requests: 3000, faults: USUAL_FAULTS, seed: 20_260_103 });
  for (const promise of broken) expect(result.violations[promise]).toBeGreaterThan(0);
});
