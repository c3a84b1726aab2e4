// The smaller chaos run inside `npm test`; `npm run chaos` is the long one. `npm test` builds dist/main.js first.
import { describeFigures, type ChaosFigures } from './chaos-figures';
import { runChaos } from './chaos-run';
import { PROMISES } from './judge/promises';

const SEED = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const KILLS = 10;
/** The run has an end of its own, and then closes what it opened. */
const LIMIT_MS = 300_000;
const CLOSING_MS = 120_000;

let figures: ChaosFigures;

beforeAll(async () => {
  console.log(`chaos seed ${SEED}`);
  const limits = { expiresInSeconds: [6, 15], limitMs: LIMIT_MS } as const;
  figures = await runChaos({ kills: KILLS, seed: SEED, callers: 5, hurriesTimer: true, ...limits });
  console.log(describeFigures(figures).join('\n'));
}, LIMIT_MS + CLOSING_MS);

test.each(PROMISES)('three instances, ten kills and faults on every connection give none of these: %s', (promise) => {
  expect(figures.violations.filter((violation) => violation.promise === promise)).toEqual([]);
});

test('the run was chaos: kills, faults on both sides, lost answers, and presses all the same', () => {
  expect(figures.kills.moment + figures.kills.pause + figures.kills.trigger).toBeGreaterThanOrEqual(KILLS);
  expect(Object.values(figures.storageFaults).reduce((sum, count) => sum + count)).toBeGreaterThan(20);
  expect(Object.values(figures.graphFaults).reduce((sum, count) => sum + count)).toBeGreaterThan(0);
  expect(figures.presses).toBeGreaterThan(10);
  expect(figures.accepted).toBeGreaterThan(20);
  expect(figures.statuses['succeeded']).toBeGreaterThan(5);
  expect(figures.parts.begun).toBeGreaterThan(0);
  expect(figures.cancels.asked).toBeGreaterThan(0);
  expect(figures.callbacks.heard).toBeGreaterThan(0);
});
