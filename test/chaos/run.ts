// `npm run chaos -- [--kills 100] [--seed S] [--instances 3] [--log FILE]`: the long chaos run, in processes of its own that are all ended when
// its time is over. Prints its figures; exits with 1 if a promise was broken, or if it did not end by itself.
//   --minutes N      a soak instead: kills at random, on average twice a minute, one instance that is never killed, its memory and the open entries
//   --limit SECONDS  how long the run may take; default: reckoned from the kills. The whole command has 300 s more, for the build and the end
//   --control NAME   a mutation of test/proof/mutants/mutations.ts: runs the app without that condition; exits with 1 if nothing was noticed
//   --app DIRECTORY  another built app
import '../../scripts/end-with-parent.mjs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readChaosOptions } from './chaos-options';
import { runWithEnd } from './command-with-end';

const REPOSITORY = join(__dirname, '..', '..');

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const { commandLimitMs } = readChaosOptions(args);
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopped.abort(new Error(name)));
  const script = [join(REPOSITORY, 'scripts', 'with-build.mjs'), join(__dirname, 'long-run.ts')];
  console.log(`ends after ${commandLimitMs / 1000} s at the latest, the build included`);
  return runWithEnd({
    command: process.execPath,
    args: ['--import', createRequire(__filename).resolve('tsx'), ...script, ...args],
    limitMs: commandLimitMs,
    say: (line) => console.log(line),
    signal: stopped.signal,
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
