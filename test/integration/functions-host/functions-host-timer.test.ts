// How the local Functions host runs timer functions, with a real app in a real process.
// Stands over `local/functions-host`; one host for all tests, as timers need seconds.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { bareEnvironment, buildApp, until, type BuiltApp } from '../../fixtures/functions-host/build-app';

jest.setTimeout(30_000);

interface Taken {
  function: string;
  entry: unknown;
  triggerMetadata?: unknown;
}

let app: BuiltApp;
let host: SpawnedFunctionsHost;

beforeAll(async () => {
  app = await buildApp();
  const env = bareEnvironment({ RARELY: '0 0 0 29 2 *', SLOWLY_FILE: join(app.directory, 'go') });
  host = await spawnFunctionsHost({ appDirectory: app.directory, env });
}, 30_000);

afterAll(async () => {
  await writeFile(join(app.directory, 'go'), '');
  expect(await host.close()).toBe(0);
  await app.remove();
});

async function state(): Promise<{ taken: Taken[]; mostRunning: number }> {
  return (await (await fetch(`${host.url}/api/taken`)).json()) as { taken: Taken[]; mostRunning: number };
}

async function runsOf(name: string, times: number): Promise<Taken[]> {
  return until(async () => {
    const runs = (await state()).taken.filter((run) => run.function === name);
    return runs.length >= times && runs;
  });
}

async function runByHand(name: string): Promise<number> {
  const headers = { 'x-functions-key': host.functionKey, 'content-type': 'application/json' };
  return (await fetch(`${host.url}/admin/functions/${name}`, { method: 'POST', headers, body: '{}' })).status;
}

test('a timer runs on its schedule, and one below a minute has no status', async () => {
  const runs = await runsOf('everySecond', 2);
  expect(runs[0]?.entry).toEqual({ schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false });
  expect(runs[0]?.triggerMetadata).toBeUndefined();
});

test('runOnStartup runs once at the start', async () => {
  const now = new Date();
  const [run] = await runsOf('atStart', 1);
  expect(run?.entry).toEqual({
    schedule: { adjustForDST: true },
    scheduleStatus: {
      last: '0001-01-01T00:00:00+00:00',
      next: `${now.getUTCFullYear() + 1}-01-01T00:00:00+00:00`,
      lastUpdated: '0001-01-01T00:00:00+00:00',
    },
    isPastDue: false,
  });
});

test('the admin route runs a timer at once, and its status remembers the last run', async () => {
  const before = new Date();
  expect(await runByHand('rarely')).toBe(202);
  expect(await runByHand('RARELY')).toBe(202);
  const [first, second] = (await runsOf('rarely', 2)).map(
    (run) => (run.entry as { scheduleStatus: { last: string; next: string } }).scheduleStatus,
  );
  expect(first?.last).toBe('0001-01-01T00:00:00+00:00');
  expect(Date.parse(second?.last ?? '')).toBeGreaterThanOrEqual(before.getTime());
  expect(second?.next).toMatch(/^\d{4}-02-29T00:00:00\+00:00$/);
});

test('runs of one timer never overlap: what was due meanwhile is left out, what was asked for by hand follows', async () => {
  await runsOf('slowly', 1);
  expect(await runByHand('slowly')).toBe(202);
  await runsOf('everySecond', (await runsOf('everySecond', 1)).length + 2);
  expect(await runsOf('slowly', 1)).toHaveLength(1);
  await writeFile(join(app.directory, 'go'), '');
  await runsOf('slowly', 2);
  expect((await state()).mostRunning).toBe(1);
});
