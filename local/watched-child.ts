// A child process whose end is seen by everybody who waits for it, and which
// can always be ended: SIGTERM, a bounded wait, SIGKILL.
// Knows nothing of what the process does.
import type { ChildProcess } from 'node:child_process';
import { withinLimit } from './within-limit';

/** How a process ended: by its own code, by a signal, or never begun. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

export interface WatchedChild {
  /** Resolves as soon as the process is gone, also for those who ask later; never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** The same, once its last lines have been read, too. */
  readonly closed: Promise<ChildEnd>;
  /** SIGTERM, and SIGKILL where the process is still there after so long. May be called twice. */
  stop(patienceMs: number): Promise<ChildEnd>;
}

/** After SIGKILL only the kernel is waited for. */
const KILL_LIMIT_MS = 10_000;
/** A process of the child may hold its outputs open when it is gone. */
const LAST_LINES_LIMIT_MS = 2000;

/** From now on the child also ends with this process. */
export function watchChild(child: ChildProcess, what: string): WatchedChild {
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.on('error', (error) => {
      // One that runs may have an error of its channel, too; its end is still to come.
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
  }).finally(() => process.off('exit', killWithParent));
  const allRead = new Promise<void>((resolve) => child.once('close', () => resolve()));

  /** An open pipe would keep this process. */
  const letGo = (): void => {
    for (const output of [child.stdout, child.stderr]) output?.destroy();
  };
  const closed = ended.then(async (end) => {
    if (end.error === undefined)
      await withinLimit(`the last lines of ${what}`, LAST_LINES_LIMIT_MS, allRead).catch(letGo);
    return end;
  });
  return {
    ended,
    closed,
    async stop(patienceMs) {
      child.kill('SIGTERM');
      await withinLimit(`${what} to end on SIGTERM`, patienceMs, ended).catch(() => child.kill('SIGKILL'));
      return withinLimit(`${what} to end on SIGKILL`, KILL_LIMIT_MS, closed);
    },
  };
}

export function describeEnd({ code, signal, error }: ChildEnd): string {
  if (error !== undefined) return `did not start: ${error.message}`;
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}
