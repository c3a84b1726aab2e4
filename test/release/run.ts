// `npm run release-check [-- --only lint,build] [--list]`: everything that must hold before a release, in its shorter form, within 40 minutes.
// Prints a table at its end; exits with 1 if a step failed. What it starts ends with it.
import '../../scripts/end-with-parent.mjs';
import { parseArgs } from 'node:util';
import { RELEASE_STEPS, type ReleaseStep } from './release-steps';
import { resultTable } from './result-table';
import { runSteps } from './run-steps';

const LIMIT_MS = 40 * 60_000;
/** For the last step to end, and the table. */
const RESERVE_MS = 60_000;

function chosenSteps(only: string | undefined): readonly ReleaseStep[] {
  if (only === undefined) return RELEASE_STEPS;
  const names = only.split(',');
  const known = RELEASE_STEPS.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`there is no step ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return RELEASE_STEPS.filter(({ name }) => names.includes(name));
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean', default: false } } });
  const steps = chosenSteps(values.only);
  if (values.list) {
    for (const { name, command, args, limitSeconds } of steps)
      console.log(`${name.padEnd(16)}${[command, ...args].join(' ')} (at most ${limitSeconds} s)`);
    return 0;
  }
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopped.abort(new Error(name)));
  const results = await runSteps(steps, {
    ...{ limitMs: LIMIT_MS - RESERVE_MS, signal: stopped.signal },
    say: (line) => console.log(line),
  });
  console.log(`\n${resultTable(results)}`);
  return results.every(({ isOk }) => isOk) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
