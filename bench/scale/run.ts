// `npm run scale`: how many requests a second the timer keeps up with, on Azure's storage and on the emulator, as tables.
// Seconds of run time, the same figures on any machine; docs/scale.md explains them.
import { parseArgs } from 'node:util';
import { table } from '../figures/markdown';
import { azure, emulator } from './storage-models';
import { ADAPTIVE, FIXED, highestRate, simulateTimerRuns, type TimerRuns } from './simulated-runs';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } });
const seed = Number(values.seed);

const STORAGES = [
  ['Azure', azure()],
  ['Azure, each listed entity counted', azure({ countsListed: true })],
  ['the emulator', emulator],
] as const;
const PACES = [
  ['fixed: 2 rows, 10 entries, 500 deletions', FIXED],
  ['adaptive', ADAPTIVE],
] as const;
/** Of the emulator: where it is at ease, and where its callers alone take a third of it. */
const EASY_RATES = [5, 20];

const seconds = (ms: number) => (ms / 1000).toFixed(1);

async function highestRates(): Promise<string> {
  const rows: string[][] = [];
  for (const [where, storage] of STORAGES)
    for (const [how, pace] of PACES) {
      const runs = await highestRate({ storage, pace, seed });
      const { requestsPerSecond, passMs, latestMs, deletedPerSecond, meanRowsAtATime, refused } = runs;
      const times = [seconds(passMs), seconds(latestMs), deletedPerSecond.toFixed(0), meanRowsAtATime.toFixed(1)];
      rows.push([where, how, String(requestsPerSecond), ...times, String(refused)]);
    }
  return table(
    ['storage', 'pace', 'requests/s', 'longest pass s', 'latest end s', 'deleted/s', 'rows at a time', 'refused'],
    rows,
  );
}

/** Passes alone: a run that deletes more takes longer. */
async function heldUp(): Promise<string> {
  const rows: string[][] = [];
  for (const requestsPerSecond of EASY_RATES)
    for (const [how, pace] of PACES) {
      const passesOnly = { ...pace, mostDeleted: 0 };
      const runs = await simulateTimerRuns({ storage: emulator, pace: passesOnly, requestsPerSecond, seed });
      rows.push([String(requestsPerSecond), how, ...waitsOf(runs)]);
    }
  return table(['requests/s', 'pace', 'rows at a time', 'longest pass s', 'a caller waits, ms a step'], rows);
}

function waitsOf({ meanRowsAtATime, passMs, callersWaitedMs }: TimerRuns): string[] {
  return [meanRowsAtATime.toFixed(1), seconds(passMs), callersWaitedMs.toFixed(2)];
}

async function run(): Promise<void> {
  const tables = [await highestRates(), await heldUp()];
  process.stdout.write(`seed ${seed}\n\n${tables.join('\n\n')}\n`);
}

void run();
