// Runs a command as a group of processes that has an end of its own: when its time is over, or it has left something behind, the whole group
// is killed, and it is said what was running. Knows nothing of what the command does; its own process only waits, so nothing can hold it up.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { waitFor } from '../../local/wait-for';
import { describeEnd, watchChild, type ChildEnd } from '../../local/watched-child';
import { withinLimit } from '../../local/within-limit';

export interface CommandPlan {
  readonly command: string;
  readonly args: readonly string[];
  /** Instead of the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** So long it may take in all. */
  readonly limitMs: number;
  /** Every line that it prints, and what is said of its end. */
  readonly say: (line: string) => void;
  /** Ends the command before its time. */
  readonly signal?: AbortSignal;
}

/** For what a process that has ended left to others to end, like the compiler's own child. */
const LEFT_BEHIND_MS = 5000;
/** After SIGTERM, when the command is to end before its time. */
const PATIENCE_MS = 15_000;

/** Resolves to the exit code: the command's own, or 1 where it did not end by itself or left a process behind. */
export async function runWithEnd({ command, args, env, limitMs, say, signal }: CommandPlan): Promise<number> {
  const startedAt = Date.now();
  const child = spawn(command, args, { detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const watched = watchChild(child, 'the command');
  const group = child.pid;
  if (group === undefined) throw new Error(`${command} ${describeEnd(await watched.ended)}`);
  const killAll = () => killGroup(group);
  process.once('exit', killAll);
  const last = lastLineOf(child, say);
  try {
    const end = await withinLimit('the end of the command', limitMs, watched.ended, signal).catch(
      async (error: Error) => {
        say(`${error.message}; it has run for ${secondsSince(startedAt)} s`);
        say(`its last line, ${secondsSince(last.atMs)} s ago: ${last.line}`);
        for (const line of membersOf(group)) say(`running: ${line}`);
        // Who asks for the end gives it time; a deadline has given it.
        if (signal?.aborted === true) await watched.stop(PATIENCE_MS).catch(() => undefined);
      },
    );
    return await leaveNothing(group, end ?? undefined, say);
  } finally {
    killAll();
    await watched.closed;
    process.off('exit', killAll);
  }
}

/** Zero only where the command ended by itself with zero, and all of its group with it. */
async function leaveNothing(group: number, end: ChildEnd | undefined, say: (line: string) => void): Promise<number> {
  if (end === undefined) {
    killGroup(group);
    await waitFor('the killed processes', () => membersOf(group).length === 0, { limitMs: LEFT_BEHIND_MS });
    say('all of them were killed');
    return 1;
  }
  const isEmpty = () => membersOf(group).length === 0;
  const isAlone = await waitFor('', isEmpty, { limitMs: LEFT_BEHIND_MS }).catch(() => false);
  if (!isAlone) for (const line of membersOf(group)) say(`left behind, and killed: ${line}`);
  if (end.code !== 0) say(`the command ${describeEnd(end)}`);
  return isAlone ? (end.code ?? 1) : 1;
}

function lastLineOf({ stdout, stderr }: ChildProcess, say: (line: string) => void): { line: string; atMs: number } {
  const last = { line: 'none', atMs: Date.now() };
  for (const output of [stdout, stderr])
    if (output !== null)
      createInterface({ input: output }).on('line', (line) => {
        Object.assign(last, { line, atMs: Date.now() });
        say(line);
      });
  return last;
}

/** The processes of a group that run: pid and command. None where there is no /proc: there they are killed unnamed. */
function membersOf(group: number): string[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: state, parent, group.
        const [state, , pgid] = readFileSync(`/proc/${pid}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ');
        if (Number(pgid) !== group || state === 'Z') return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [`${pid} ${command.slice(0, MOST_SAID)}`];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

const MOST_SAID = 160;

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function secondsSince(startMs: number): number {
  return Math.round((Date.now() - startMs) / 1000);
}
