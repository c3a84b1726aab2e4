// Loads a built app once, from the `main` of its package.json as the worker does, and prints how
// long that took, until its functions were registered, as a line of JSON.
// Bundled and run by scenarios/load in a fresh plain Node process: no loader
// of TypeScript stands between the app and its modules.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installFunctionsCore } from '../../local/functions-host/worker/functions-core';

export interface ModuleLoad {
  readonly loadMs: number;
  /** From the start of the process, Node's own start included. */
  readonly sinceStartMs: number;
  readonly rssMb: number;
  readonly heapMb: number;
  /** Of node_modules, that were loaded by then; none for a bundle. */
  readonly packages: readonly string[];
}

const MB = 1024 * 1024;

function load(directory: string): ModuleLoad {
  const core = installFunctionsCore({ write: () => undefined, detail: () => undefined });
  const requireOfApp = createRequire(join(directory, 'package.json'));
  const start = performance.now();
  requireOfApp('./');
  const end = performance.now();
  if (core.functions.size === 0) throw new Error('the app registered no function');
  const { rss, heapUsed } = process.memoryUsage();
  const packages = Object.keys(requireOfApp.cache).flatMap(
    (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  return {
    loadMs: end - start,
    sinceStartMs: end,
    rssMb: rss / MB,
    heapMb: heapUsed / MB,
    packages: [...new Set(packages)].sort(),
  };
}

process.stdout.write(`${JSON.stringify(load(process.argv[2] ?? ''))}\n`, () => process.exit(0));
