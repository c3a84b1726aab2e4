// Waits and child processes that go wrong, with real processes: every wait ends, says what it was for, and nothing is left running.
// Tests of local/within-limit, wait-for, watched-child and closing.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startAzurite } from '../../local/azurite';
import { Closing } from '../../local/closing';
import { waitFor } from '../../local/wait-for';
import { describeEnd, watchChild } from '../../local/watched-child';
import { withinLimit } from '../../local/within-limit';

/** Says `ready` when its script has run, then does nothing. */
function startScript(script: string): ChildProcess {
  const stay = `console.log('ready'); setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['-e', `${script}; ${stay}`], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (child.stdout) await once(createInterface({ input: child.stdout }), 'line');
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a child process', () => {
  test('that ignores SIGTERM is killed once its time is over', async () => {
    const child = startScript(`process.on('SIGTERM', () => console.log('not yet'))`);
    const watched = watchChild(child, 'the stubborn one');
    await untilReady(child);
    expect(describeEnd(await watched.stop(200))).toBe('was ended by SIGKILL');
  });

  test('that ends on SIGTERM is not killed', async () => {
    const child = startScript(`process.on('SIGTERM', () => process.exit(3))`);
    const watched = watchChild(child, 'the orderly one');
    await untilReady(child);
    expect(describeEnd(await watched.stop(20_000))).toBe('ended with code 3');
    expect(describeEnd(await watched.stop(20_000))).toBe('ended with code 3');
  });

  test('that dies at once is seen, also by who asks later', async () => {
    const watched = watchChild(spawn(process.execPath, ['-e', 'process.exit(7)']), 'the short-lived one');
    expect(describeEnd(await watched.ended)).toBe('ended with code 7');
    expect(describeEnd(await watched.closed)).toBe('ended with code 7');
  });

  test('that cannot be started is seen', async () => {
    const watched = watchChild(spawn('/nowhere/to/be/found'), 'the missing one');
    expect(describeEnd(await watched.ended)).toContain('did not start: spawn /nowhere/to/be/found ENOENT');
    expect((await watched.stop(1000)).code).toBeNull();
  });

  test('whose own child holds its outputs open is let go all the same', async () => {
    const own = `const own = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      console.log(own.pid)`;
    const child = startScript(own);
    const watched = watchChild(child, 'the parent');
    const lines: string[] = [];
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await waitFor('its lines', () => lines.includes('ready'));
    const orphan = Number(lines[0]);
    child.kill('SIGKILL');
    expect(describeEnd(await watched.closed)).toBe('was ended by SIGKILL');
    expect(child.stdout?.destroyed).toBe(true);
    expect(isRunning(orphan)).toBe(true);
    process.kill(orphan, 'SIGKILL');
  });
});

describe('Azurite', () => {
  test('that is killed from outside is seen by whoever waits for its end', async () => {
    const azurite = await startAzurite();
    process.kill(azurite.pid, 'SIGKILL');
    expect(describeEnd(await withinLimit('its end', 10_000, azurite.ended))).toBe('was ended by SIGKILL');
    await azurite.close();
  }, 40_000);
});

describe('a wait', () => {
  test('for a condition that never holds ends, and says what it was for', async () => {
    await expect(waitFor('the moon', () => false, { limitMs: 50 })).rejects.toThrow(
      'waited 50 ms in vain for the moon',
    );
  });

  test('whose look never comes back ends as well', async () => {
    const look = () => new Promise<boolean>(() => {});
    await expect(waitFor('an echo', look, { limitMs: 50 })).rejects.toThrow(/^waited \d+ ms in vain for an echo$/);
  }, 20_000);

  test('ends at once when what it waits for cannot come any more', async () => {
    const lost = new AbortController();
    const wait = waitFor('the answer', () => false, { limitMs: 3_600_000, signal: lost.signal });
    lost.abort(new Error('Azurite ended with code 1'));
    await expect(wait).rejects.toThrow('no longer waits for the answer: Azurite ended with code 1');
    const late = waitFor('the answer', () => false, { limitMs: 3_600_000, signal: lost.signal });
    await expect(late).rejects.toThrow('no longer waits for the answer: Azurite ended with code 1');
  });

  test('that was not in vain leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    expect(await withinLimit('a value', 3_600_000, Promise.resolve('here'))).toBe('here');
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

describe('what was opened', () => {
  test('is closed in the reverse order, all of it, also where one end fails or never comes; each is named', async () => {
    const order: string[] = [];
    const closing = new Closing();
    closing.add('the first', () => order.push('first'));
    closing.add('the server', () => new Promise(() => order.push('server')), 50);
    closing.add('the last', () => {
      order.push('last');
      throw new Error('it is stuck');
    });
    await expect(closing.all()).rejects.toThrow('it is stuck\nwaited 50 ms in vain for the end of the server');
    expect(order).toEqual(['last', 'server', 'first']);
    await closing.all();
    expect(order).toHaveLength(3);
  });
});
