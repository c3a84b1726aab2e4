// The smaller run of the proof inside `npm test`: the same worlds as `npm run prove`, from a fixed seed.
import { NO_FAULTS, USUAL_FAULTS } from './faults';
import { expireAndRerunDesign, tutorialDesign } from '../naive-designs';
import { productionDesign } from '../rules';
import { historyOf, simulate, type SimulationResult } from './simulate';

jest.setTimeout(180_000);

const KEPT = {
  'double press': 0,
  lost: 0,
  'not final': 0,
  'final too late': 0,
  'false status': 0,
  'late press': 0,
  'order inversion': 0,
  'unexplained unknown': 0,
  'unexplained expired': 0,
  'callback lost': 0,
};

async function expectKept(result: SimulationResult, faults: typeof NO_FAULTS): Promise<void> {
  if (result.firstFailure)
    console.error(
      (
        await historyOf(productionDesign, faults, result.firstFailure.seed, result.firstFailure.violation.clientContext)
      ).join('\n'),
    );
  expect(result.violations).toEqual(KEPT);
}

test('with faults at every await, every promise is kept and every request ends', async () => {
  const result = await simulate({ design: productionDesign, requests: 20_000, faults: USUAL_FAULTS, seed: 20_260_101 });
  await expectKept(result, USUAL_FAULTS);
  expect(result.faults).toBeGreaterThan(6000);
  expect(result.statuses.unknown).toBeGreaterThan(0);
});

test('without faults nobody is told unknown', async () => {
  const result = await simulate({ design: productionDesign, requests: 5000, faults: NO_FAULTS, seed: 20_260_102 });
  await expectKept(result, NO_FAULTS);
  expect(result.statuses.unknown).toBeUndefined();
  expect(result.presses).toBeGreaterThan(4500);
});

test('the same seed gives the same history', async () => {
  const first = await historyOf(productionDesign, USUAL_FAULTS, 7);
  expect(first.length).toBeGreaterThan(100);
  expect(await historyOf(productionDesign, USUAL_FAULTS, 7)).toEqual(first);
});

test.each([
  ['tutorial', tutorialDesign],
  ['expire-and-rerun', expireAndRerunDesign],
])('the %s design presses twice in the same worlds', async (_name, design) => {
  const result = await simulate({ design, requests: 4000, faults: USUAL_FAULTS, seed: 20_260_103 });
  expect(result.violations['double press']).toBeGreaterThan(0);
});
