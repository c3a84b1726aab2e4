// The process of the long chaos run: runs, prints its figures, and says what keeps it if it does not end then.
// Reads its options only; run.ts starts it, after the build, and holds its time.
import { rmSync, writeFileSync } from 'node:fs';
import { describeFigures, isKept } from './chaos-figures';
import { readChaosOptions } from './chaos-options';
import { runChaos } from './chaos-run';
import { buildControlApp } from './control-app';

/** So long a process may take to end by itself. */
const LEFT_BEHIND_MS = 30_000;

/** So many at a time, for hours. */
const SOAK_CALLERS = 3;

async function main(): Promise<void> {
  const startedAt = Date.now();
  const options = readChaosOptions(process.argv.slice(2));
  const control = options.control === undefined ? undefined : await buildControlApp(options.control);
  const appDirectory = control ?? options.app;
  try {
    const { kills, minutes, seed, instances, limitMs } = options;
    const figures = await runChaos({
      ...{ kills, seed, instances, limitMs },
      ...(minutes !== undefined && { minutes, callers: SOAK_CALLERS }),
      ...(appDirectory !== undefined && { appDirectory }),
      onProgress: (line) => console.log(`${((Date.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${line}`),
    });
    if (options.log !== undefined) writeFileSync(options.log, figures.lines.join('\n'));
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

// At its natural end. Node's teardown of what is left (Environment::CleanupHandles) was seen to spin for ten minutes
// with an empty event loop; the exit code is as set.
process.once('exit', () => process.exit());

// What was started ends with this process, also where it is asked to end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main()
  .catch((error: unknown) => {
    console.error('The chaos run failed:', error);
    process.exitCode = 1;
  })
  // All is closed by now: what keeps the process all the same is a fault, and is named.
  .finally(() =>
    setTimeout(() => {
      console.error('The run is over, and its process is kept by', process.getActiveResourcesInfo());
      process.exit(1);
    }, LEFT_BEHIND_MS).unref(),
  );
