// How much CPU time another process has used.
// Knows nothing of what it does.
import { readFileSync } from 'node:fs';

/**
 * CPU time of a process so far, all threads, to 10 ms; NaN where there is no /proc.
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return NaN;
  }
}
