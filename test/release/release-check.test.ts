// The release check with small steps instead of its own: what is in the table, that a failure or a hang keeps no other step from running,
// and that nothing is left of a step whose time is over. Real processes.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { developmentNode } from '../../local/development-node';
import { waitFor } from '../../local/wait-for';
import { ROOT, readJsonFile } from '../support/documents/repository';
import { RELEASE_STEPS, type ReleaseStep } from './release-steps';
import { resultTable } from './result-table';
import { runSteps, type StepResult } from './run-steps';

jest.setTimeout(60_000);

/** Has a child of its own, prints the pids of both, and stays. */
const HANGS = `
  const own = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  console.log('pids', process.pid, own.pid);
  setInterval(() => {}, 1000);`;

function fakeStep(name: string, script: string, overrides: Partial<ReleaseStep> = {}): ReleaseStep {
  const figures = [{ line: /^(\d+) passed, 0 failed$/, shows: 'passed: $1' }];
  return { name, command: process.execPath, args: ['-e', script], limitSeconds: 30, figures, ...overrides };
}

const good = fakeStep(
  'good',
  `console.log('1 passed, 0 failed'); console.log('12 passed, 0 failed'); console.log('end')`,
);

function withoutSeconds(results: readonly StepResult[]): Omit<StepResult, 'seconds'>[] {
  return results.map(({ name, shows, isOk }) => ({ name, shows, isOk }));
}

function pidsIn(lines: readonly string[]): number[] {
  return lines.flatMap((line) => (line.startsWith('pids ') ? line.split(' ').slice(1).map(Number) : []));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function run(steps: readonly ReleaseStep[], limitMs = 40_000, signal?: AbortSignal) {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const results = await runSteps(steps, { limitMs, say, ...(signal !== undefined && { signal }) });
  return { results: withoutSeconds(results), lines };
}

test('a step shows the last line of its figure; one that fails, or prints no figure, is a failure, and the next one runs', async () => {
  const { results, lines } = await run([
    fakeStep('failing', `console.log('3 passed, 0 failed'); process.exitCode = 7`),
    fakeStep('silent', ''),
    fakeStep('missing', '', { command: '/nowhere/to/be/found' }),
    fakeStep('environment', 'console.log(process.env.ASKED)', {
      env: { ASKED: '5 passed, 0 failed' },
    }),
    good,
  ]);
  expect(results.filter(({ name }) => name !== 'missing')).toEqual([
    { name: 'failing', shows: 'exit code 7; passed: 3', isOk: false },
    { name: 'silent', shows: 'it did not print its figures', isOk: false },
    { name: 'environment', shows: 'passed: 5', isOk: true },
    { name: 'good', shows: 'passed: 12', isOk: true },
  ]);
  expect(results[2]).toMatchObject({ name: 'missing', isOk: false });
  expect(results[2]?.shows).toContain('ENOENT');
  expect(lines).toContain('end');
});

test('a step whose time is over is ended with all it started, and the next one runs', async () => {
  const { results, lines } = await run([fakeStep('hanging', HANGS, { limitSeconds: 2 }), good]);
  expect(results).toEqual([
    { name: 'hanging', shows: 'not done after 2 s', isOk: false },
    { name: 'good', shows: 'passed: 12', isOk: true },
  ]);
  const pids = pidsIn(lines);
  expect(pids).toHaveLength(2);
  await waitFor('the processes to be gone', () => !pids.some(isRunning), { limitMs: 10_000 });
});

test('when the time of all is over, the step that runs is ended and no other begins', async () => {
  const { results, lines } = await run([fakeStep('hanging', HANGS), good], 2000);
  expect(results).toEqual([
    { name: 'hanging', shows: 'no time left', isOk: false },
    { name: 'good', shows: 'not run: no time left', isOk: false },
  ]);
  const pids = pidsIn(lines);
  expect(pids).toHaveLength(2);
  await waitFor('the processes to be gone', () => !pids.some(isRunning), { limitMs: 10_000 });
});

test('who stops the check stops the step that runs, and no other begins', async () => {
  const stopped = new AbortController();
  const say = (line: string) => {
    if (line.startsWith('pids ')) stopped.abort(new Error('SIGINT'));
  };
  const results = await runSteps([fakeStep('hanging', HANGS), good], { limitMs: 40_000, say, signal: stopped.signal });
  expect(withoutSeconds(results)).toEqual([
    { name: 'hanging', shows: 'stopped', isOk: false },
    { name: 'good', shows: 'not run: stopped', isOk: false },
  ]);
});

test('the table has a line a step, and one for all', () => {
  const ok = { name: 'test', shows: '5700 passed, 0 failed', seconds: 511.6, isOk: true };
  expect(resultTable([ok])).toBe(
    `
| step  | what it shows         | seconds |     |
| ----- | --------------------- | ------: | --- |
| test  | 5700 passed, 0 failed |     512 | ok  |
| total | all steps ok          |     512 | ok  |`.trimStart(),
  );
  expect(resultTable([ok, { name: 'demo', shows: 'exit code 1', seconds: 20, isOk: false }])).toBe(
    `
| step  | what it shows         | seconds |      |
| ----- | --------------------- | ------: | ---- |
| test  | 5700 passed, 0 failed |     512 | ok   |
| demo  | exit code 1           |      20 | FAIL |
| total | 1 of 2 steps failed   |     532 | FAIL |`.trimStart(),
  );
});

describe('the steps', () => {
  const { scripts } = readJsonFile<{ scripts: Record<string, string> }>('package.json');
  const command = (...args: string[]) =>
    spawnSync(
      developmentNode(),
      ['--import', createRequire(__filename).resolve('tsx'), join(__dirname, 'run.ts'), ...args],
      { cwd: ROOT, encoding: 'utf8' },
    );

  test.each(RELEASE_STEPS.map((step) => [step.name, step] as const))('%s is an npm script', (name, step) => {
    expect(step.command).toBe('npm');
    expect(Object.keys(scripts)).toContain(name);
    expect(step.args).toEqual(expect.arrayContaining([name]));
  });

  // Lines that the commands printed.
  test.each([
    [
      'fuzz',
      '100000 inputs, seed 5; answers {"202":38326,"400":31782}; slowest 44.9 ms; 0 faults',
      '100000 inputs, 0 faults, seed 5',
    ],
    ['test', '5700 passed, 0 failed', '5700 passed, 0 failed'],
    [
      'mutation',
      ' claim.ts       |  98.93 |   98.93 |      185 |         0 |          2 |        0 |        0 |',
      '98.93 % of the mutants of the claim noticed',
    ],
    ['scale', '| Azure | adaptive | 480 | 29.6 | 26.3 | 98 | 21.7 | 0 |', "480 requests/s with Azure's latencies"],
    ['chaos', 'kills           60 (12 of them at a chosen request, 30 between two parts of one)', '60 kills'],
    ['chaos', 'FAIL double press: 2', 'broken: double press: 2'],
    [
      'prove',
      'Faults: 100009 requests, 223582 faults, 97910 presses, 13091973 events, 103 s of one core, seed 7',
      '100009 requests, seed 7',
    ],
    ['prove', '     78 of 78 mutants noticed', '78 of 78 mutants noticed'],
    ['prove', '     3 of 3 designs noticed', '3 of 3 designs noticed'],
    ['prove', '     439995 states visited in all', '439995 states'],
    [
      'demo',
      '  8.5 s  All outcomes are as expected. Next: "npm start" keeps this running for your own requests.',
      'all outcomes as expected',
    ],
  ])('%s: what it shows is read from what it prints: %s', (name, line, shows) => {
    const figures = RELEASE_STEPS.find((step) => step.name === name)?.figures ?? [];
    expect(
      figures.filter((figure) => figure.line.test(line)).map((figure) => line.replace(figure.line, figure.shows)),
    ).toEqual([shows]);
  });

  test('are listed by --list, those of --only alone where it is given', () => {
    const all = command('--list');
    expect([all.status, all.stderr]).toEqual([0, '']);
    expect(
      all.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(RELEASE_STEPS.map(({ name }) => name));
    expect(command('--list', '--only', 'build,lint').stdout.match(/^\S+/gm)).toEqual(['lint', 'build']);
  });

  test('that are not there are named, with those that are', () => {
    const wrong = command('--only', 'lint,nonsense');
    expect([wrong.status, wrong.stdout]).toEqual([1, '']);
    expect(wrong.stderr).toBe(
      `there is no step nonsense; there are ${RELEASE_STEPS.map(({ name }) => name).join(', ')}\n`,
    );
  });
});
