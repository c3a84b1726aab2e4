// Starts the host as a child process and waits for its "listening on" line.
// Knows nothing of the host's inside: the demo, `npm start` and the tests must not share a process with the app.

import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { developmentNode } from '../development-node';

import { describeEnd, watchChild, type ChildEnd } from '../watched-child';
import { withinLimit } from '../within-limit';

export interface SpawnedFunctionsHost {
  url: string;
  /** From `env` or as printed; empty if it is in local.settings.json only. */
  functionKey: string;
  process: ChildProcess;
  /** Every line of stdout and stderr so far, oldest first. */
  lines: readonly string[];
  /** Resolves as soon as the process is gone, whoever ended it. */
  ended: Promise<ChildEnd>;
  /**
   * SIGTERM, and SIGKILL where that has not ended it after 40 seconds. Resolves to the exit code, or `null` when a
   * signal ended it. May be called twice.
   */
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
/** The host itself waits for running functions for 30 seconds. */
const closingLimitMs = 40_000;

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
  const watched = watchChild(child, 'the functions host');

  const lines: string[] = [];
  let functionKey = env.LOCAL_FUNCTION_KEY ?? '';
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

  const failed = watched.closed.then((end) => {
    throw new Error(`it ${describeEnd(end)}`);
  });
  try {
    const url = await withinLimit('its port', readinessLimitMs, Promise.race([listening, failed]));
    failed.catch(() => undefined);
    return {
      ...{ url, functionKey, process: child, lines, ended: watched.ended },
      close: async () => (await watched.stop(closingLimitMs)).code,
    };
  } catch (error) {
    await watched.stop(0);
    throw new Error(`The functions host was not ready: ${(error as Error).message}\n${lines.join('\n')}`);
  }
}
