// Scripts as processes, and `npm start` among them on free ports: what the examples of the documents run against.
// Knows no example.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { resolve as resolvePath } from 'node:path';
import { createInterface } from 'node:readline';
import { developmentNode } from '../../local/development-node';
import { inherited } from '../../local/local-stack';
import { waitFor } from '../../local/wait-for';
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

/** Runs a TypeScript or JavaScript file as the npm scripts do, without building. Absolute, or relative to the root. */
export function runScript(
  file: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): RunningScript {
  const { resolve } = createRequire(__filename);
  const child = spawn(developmentNode(), ['--import', resolve('tsx'), resolvePath(ROOT, file), ...args], {
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

/** `npm start` with the function key `local`. */
export interface ReadmeStack {
  /** Start of the URL of the functions, in place of the addresses that the documents name. */
  readonly functions: string;
  readonly simulator: string;
  /** What it printed of itself: the first group of the pattern; empty where no line has it. */
  printed(pattern: RegExp): string;
  /** Creates an established call that notifies `callbackUrl`, by default the app itself; returns its id. */
  newCall(callbackUrl?: string): Promise<string>;
  /** The tones of every press under that name, in order. */
  pressesOf(clientContext: string): Promise<readonly (readonly string[])[]>;
  stop(): Promise<number | null>;
}

export async function startReadmeStack(environment: Readonly<Record<string, string>> = {}): Promise<ReadmeStack> {
  const freePorts = ['--port', '0', '--simulator-port', '0', '--storage-port', '0'];
  const script = runScript('local/start.ts', freePorts, { LOCAL_FUNCTION_KEY: 'local', ...environment });
  await waitFor('npm start', () => script.lines.includes('Ctrl+C ends everything.'), {
    limitMs: 50_000,
  });
  const printed = (pattern: RegExp) =>
    script.lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined) ?? '';
  const functions = printed(/^Functions +(http:\S+)\/api$/);
  const simulator = printed(/^Graph simulator +(http:\S+) /);
  return {
    functions,
    simulator,
    printed,
    newCall: async (callbackUrl = `${functions}/api/callNotifications`) => {
      const callId = randomUUID();
      await fetch(`${simulator}/simulator/calls/${callId}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ callbackUrl }),
      });
      return callId;
    },
    pressesOf: async (clientContext) => {
      const answer = await fetch(`${simulator}/simulator/presses?clientContext=${encodeURIComponent(clientContext)}`);
      return ((await answer.json()) as { presses: { tones: string[] }[] }).presses.map(({ tones }) => tones);
    },
    stop: () => script.stop(),
  };
}
