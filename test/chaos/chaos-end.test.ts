// A chaos run that cannot go on ends, says why, and leaves nothing running: its time is over, or the storage that all stand on is gone.
// Real processes; the promises are not looked at here.
import { execFileSync } from 'node:child_process';
import { runChaos } from './chaos-run';

jest.setTimeout(120_000);

const PLAN = { kills: 1000, seed: 7, instances: 2, callers: 1 };

/** Children of this process: pid and command. */
function children(): string[] {
  const all = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return all.split('\n').filter((line) => /azurite\.js|functions-host/.test(line));
}

test('a run whose time is over fails with what it waited for, and ends what it started', async () => {
  await expect(runChaos({ ...PLAN, limitMs: 8000 })).rejects.toThrow('the run was not over after 8000 ms');
  expect(children()).toEqual([]);
});

test('a run whose storage dies ends at once, and says so', async () => {
  const killAzurite = () => {
    const azurite = children().find((line) => line.includes('azurite.js'));
    process.kill(Number.parseInt(azurite ?? '', 10), 'SIGKILL');
  };
  const run = runChaos({ ...PLAN, onProgress: killAzurite });
  await expect(run).rejects.toThrow('Azurite was ended by SIGKILL');
  expect(children()).toEqual([]);
});
