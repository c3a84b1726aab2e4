// A command whose time passes, that is stopped, or that leaves something behind: real processes, small limits.
// What is asked of every process afterwards is whether it is gone.
import { waitFor } from '../../local/wait-for';
import { runWithEnd, type CommandPlan } from './command-with-end';

jest.setTimeout(60_000);

/** Ignores SIGTERM, has a child of its own that does the same, prints the pids of both, and stays. */
const STUBBORN = `
  process.on('SIGTERM', () => console.log('asked to end'));
  const own = require('node:child_process').spawn(process.execPath,
    ['-e', "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"], { stdio: ['ignore', 'pipe', 'ignore'] });
  own.stdout.once('data', () => console.log('pids', process.pid, own.pid));
  setInterval(() => {}, 1000);`;
/** Ends at once, and leaves a child behind. */
const LEAVER = `
  const own = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  own.unref();
  console.log('pids', own.pid);`;

function pidsIn(lines: readonly string[]): number[] {
  const line = lines.find((one) => one.startsWith('pids ')) ?? '';
  return line.split(' ').slice(1).map(Number);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function areGone(pids: readonly number[]): Promise<boolean> {
  // Killed, they are gone once their new parent has taken note of it.
  return waitFor('the processes to be gone', () => !pids.some(isRunning), { limitMs: 10_000 });
}

function run(script: string, plan: Partial<CommandPlan>, lines: string[]): Promise<number> {
  const say = (line: string) => void lines.push(line);
  return runWithEnd({ command: process.execPath, args: ['-e', script], limitMs: 30_000, say, ...plan });
}

test('a command that ends in time has its own exit code, and all its lines are passed on', async () => {
  const lines: string[] = [];
  expect(await run(`console.log('one'); console.error('two'); process.exitCode = 5`, {}, lines)).toBe(5);
  expect(lines.toSorted()).toEqual(['one', 'the command ended with code 5', 'two']);
  expect(await run('', {}, lines)).toBe(0);
});

test('a command whose deadline passes is killed with its children, fails, and says what was running', async () => {
  const lines: string[] = [];
  expect(await run(STUBBORN, { limitMs: 3000 }, lines)).toBe(1);
  const pids = pidsIn(lines);
  expect(pids).toHaveLength(2);
  expect(lines.join('\n')).toMatch(/^waited 3000 ms in vain for the end of the command; it has run for \d+ s$/m);
  expect(lines.find((line) => line.startsWith('its last line, '))).toContain(`pids ${pids.join(' ')}`);
  for (const pid of pids) expect(lines.some((line) => line.startsWith(`running: ${pid} `))).toBe(true);
  expect(await areGone(pids)).toBe(true);
});

test('a command that is asked to end gets SIGTERM first, and what it then leaves is killed', async () => {
  const lines: string[] = [];
  const stopped = new AbortController();
  const orderly = STUBBORN.replace("console.log('asked to end')", "console.log('asked to end') ?? process.exit(0)");
  const ended = run(orderly, { signal: stopped.signal }, lines);
  await waitFor('both processes', () => pidsIn(lines).length === 2);
  stopped.abort(new Error('SIGINT'));
  expect(await ended).toBe(1);
  expect(lines.some((line) => line.startsWith('no longer waits for the end of the command: SIGINT'))).toBe(true);
  expect(lines).toContain('asked to end');
  expect(await areGone(pidsIn(lines))).toBe(true);
});

test('a command that leaves a process behind fails, and the process is named and killed', async () => {
  const lines: string[] = [];
  expect(await run(LEAVER, {}, lines)).toBe(1);
  const [pid = 0] = pidsIn(lines);
  expect(lines.find((line) => line.startsWith('left behind, and killed: '))).toContain(` ${pid} `);
  expect(await areGone([pid])).toBe(true);
});

test('a command that cannot be started is a fault', async () => {
  await expect(run('', { command: '/nowhere/to/be/found' }, [])).rejects.toThrow('/nowhere/to/be/found did not start');
});
