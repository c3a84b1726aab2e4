// Starts the host as a child process and waits for its "listening on" line.
// Stands beside `main.ts`, for the demo, `npm start` and the tests, which must not share a process with the app.

import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { developmentNode } from '../development-node';

export interface SpawnedFunctionsHost {
  url: string;
  /** From `env` or as printed; empty if it is in local.settings.json only. */
  functionKey: string;
  process: ChildProcess;
  /** Every line of stdout and stderr so far, oldest first. */
  lines: readonly string[];
  /** SIGTERM; resolves to the exit code, or `null` when a signal ended it. May be called twice. */
  close(): Promise<number | null>;
}

export interface SpawnOptions {
  appDirectory: string;
  /** The whole environment of the host; nothing of this process's own is added. */
  env: NodeJS.ProcessEnv;
  /** Default 0, a free one. */
  port?: number;
  verbose?: boolean;
  onLine?: (line: string) => void;
}

const readinessLimitMs = 30_000;

/** Rejects with all that the host printed if it ends, or is not ready within 30 seconds. */
export async function spawnFunctionsHost({
  appDirectory,
  env,
  port = 0,
  verbose = false,
  onLine,
}: SpawnOptions): Promise<SpawnedFunctionsHost> {
  const resolve = createRequire(__filename).resolve;
  const flags = ['--app', appDirectory, '--port', String(port), ...(verbose ? ['--verbose'] : [])];
  const child = spawn(developmentNode(), ['--import', resolve('tsx'), join(__dirname, 'main.ts'), ...flags], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);

  const lines: string[] = [];
  let functionKey = env.LOCAL_FUNCTION_KEY ?? '';
  const ended = new Promise<number | null>((resolveEnded, reject) => {
    child.once('error', reject);
    // Not `exit`: on `close`, the last lines have been read.
    child.once('close', (code) => resolveEnded(code));
  }).finally(() => process.off('exit', killWithParent));
  const listening = new Promise<string>((resolveListening) => {
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => {
        lines.push(line);
        onLine?.(line);
        functionKey = /^function key (.+)$/.exec(line)?.[1] ?? functionKey;
        const url = /^listening on (http:\S+)$/.exec(line)?.[1];
        if (url !== undefined) resolveListening(url);
      });
    }
  });

  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolveLate) => {
    timer = setTimeout(() => resolveLate('was not ready in time'), readinessLimitMs);
  });
  const failure = Promise.race([ended.then((code) => `ended with code ${code}`), late]).then((what) => {
    throw new Error(`The functions host ${what}:\n${lines.join('\n')}`);
  });
  try {
    const url = await Promise.race([listening, failure]);
    failure.catch(() => undefined);
    return {
      url,
      functionKey,
      process: child,
      lines,
      close: () => {
        child.kill('SIGTERM');
        return ended;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
