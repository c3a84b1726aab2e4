// `npm start` as a process, on free ports, for the examples of the README.
// Stands under test/end-to-end/http/readme.test.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { developmentNode } from '../../local/development-node';
import { inherited } from '../../local/local-stack';
import { ROOT } from './documents/repository';

export interface RunningScript {
  /** Every line of stdout so far. */
  readonly lines: readonly string[];
  /** Every line of stderr so far; they are shown as well. */
  readonly faults: readonly string[];
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
  stop(): Promise<number | null>;
}

/** Runs a TypeScript file as the npm scripts do, without building. */
export function runScript(
  file: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): RunningScript {
  const { resolve } = createRequire(__filename);
  const child = spawn(developmentNode(), ['--import', resolve('tsx'), join(ROOT, file), ...args], {
    cwd: ROOT,
    env: { ...inherited(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const faults: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    faults.push(line);
    process.stderr.write(`${line}\n`);
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    lines,
    faults,
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
