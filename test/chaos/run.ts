// `npm run chaos -- [--kills 100] [--seed S] [--instances 3] [--log FILE]`: the long chaos run. Prints its figures; exits with 1 if a
// promise was broken. The seed is printed; real processes are never the same twice, but the same seed draws from the same random.
//   --control NAME   a mutation of test/proof/mutants/mutations.ts: runs the app without that condition; exits with 1 if nothing was noticed
//   --app DIRECTORY  another built app
import { rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeFigures, isKept } from './chaos-figures';
import { runChaos } from './chaos-run';
import { buildControlApp } from './control-app';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string' },
    instances: { type: 'string', default: '3' },
    log: { type: 'string' },
    control: { type: 'string' },
    app: { type: 'string' },
  },
});

/** So long a process may take to end by itself. */
const LEFT_BEHIND_MS = 30_000;

async function main(): Promise<void> {
  const startedAt = Date.now();
  const control = values.control === undefined ? undefined : await buildControlApp(values.control);
  const appDirectory = control ?? values.app;
  try {
    const figures = await runChaos({
      kills: Number(values.kills),
      seed: Number(values.seed ?? Math.floor(Math.random() * 2 ** 31)),
      instances: Number(values.instances),
      ...(appDirectory !== undefined && { appDirectory }),
      onProgress: (line) => console.log(`${((Date.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${line}`),
    });
    if (values.log !== undefined) writeFileSync(values.log, figures.lines.join('\n'));
    console.log(describeFigures(figures).join('\n'));
    const isExpected = isKept(figures) === (control === undefined);
    console.log(
      isExpected ? 'as it should be' : control === undefined ? 'a promise was broken' : 'the control was not noticed',
    );
    process.exitCode = isExpected ? 0 : 1;
  } finally {
    if (control !== undefined) rmSync(control, { recursive: true });
  }
}

main()
  .catch((error: unknown) => {
    console.error('The chaos run failed:', error);
    process.exitCode = 1;
  })
  // All is closed by now. What keeps the process all the same (once of five long runs something did) is a fault, and is named.
  .finally(() =>
    setTimeout(() => {
      console.error('The run is over, and its process is kept by', process.getActiveResourcesInfo());
      process.exit(1);
    }, LEFT_BEHIND_MS).unref(),
  );
