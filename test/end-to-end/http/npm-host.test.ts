// `npm run host` as a person or a service manager runs it: through npm, and ended by a signal to npm.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { APP_DIRECTORY, inherited, sampleSettings } from '../../../local/local-stack';
import { waitFor } from '../../../local/wait-for';

jest.setTimeout(60_000);

let npm: ChildProcess | undefined;

/** Its whole group: what npm left behind, if anything, must not outlive the test. */
afterEach(() => {
  try {
    if (npm?.pid !== undefined) process.kill(-npm.pid, 'SIGKILL');
  } catch (error) {
    // Nobody is left, as it should be.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
});

test('npm run host prints where it listens, and SIGTERM to npm ends it', async () => {
  const env = { ...inherited(), ...sampleSettings(), LOCAL_FUNCTION_KEY: 'local' };
  npm = spawn('npm', ['run', 'host', '--', '--port', '0'], {
    cwd: APP_DIRECTORY,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let url: string | undefined;
  createInterface({ input: npm.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    url ??= /^listening on (http:\S+)$/.exec(line)?.[1];
  });
  const origin = await waitFor('the host', () => url);
  const answer = await fetch(`${origin}/api/toneStatus`);
  expect(answer.status).toBe(404);
  npm.kill('SIGTERM');
  await once(npm, 'exit');
  await waitFor('its port to be free', () =>
    fetch(`${origin}/api/toneStatus`).then(
      () => false,
      () => true,
    ),
  );
});
