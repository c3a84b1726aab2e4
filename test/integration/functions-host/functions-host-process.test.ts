// How the local Functions host starts, reads its settings, refuses what it cannot run, and ends: real processes.
// Stands over `local/functions-host`, `main.ts` above all.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  spawnFunctionsHost,
  type SpawnedFunctionsHost,
  type SpawnOptions,
} from '../../../local/functions-host/spawn-functions-host';
import {
  bareEnvironment,
  buildApp,
  until,
  type AppFiles,
  type BuiltApp,
} from '../../fixtures/functions-host/build-app';

/** Each starts a process, which takes seconds on a busy machine. */
jest.setTimeout(30_000);

const apps: BuiltApp[] = [];
const hosts: SpawnedFunctionsHost[] = [];
const repository = join(__dirname, '..', '..', '..');
const node = join(repository, 'node_modules', '.bin', 'node');

afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

afterAll(() => Promise.all(apps.map((app) => app.remove())));

async function builtApp(files?: AppFiles): Promise<string> {
  const app = await buildApp(files);
  apps.push(app);
  return app.directory;
}

async function start(files: AppFiles, settings: Record<string, string> = {}, options: Partial<SpawnOptions> = {}) {
  const host = await spawnFunctionsHost({
    appDirectory: await builtApp(files),
    env: bareEnvironment(settings),
    ...options,
  });
  hosts.push(host);
  return host;
}

const withFunction = (options: string) =>
  `require(${JSON.stringify(require.resolve('@azure/functions'))}).app.${options};`;

async function settingOf(url: string, name: string): Promise<unknown> {
  return (await fetch(`${url}/api/setting?name=${name}`)).json();
}

test('a key is printed before the one line that says where it listens', async () => {
  const host = await start({});
  expect(host.lines.slice(-2)).toEqual([expect.stringMatching(/^function key \S{32}$/), `listening on ${host.url}`]);
  expect((await fetch(`${host.url}/api/keyed?code=${host.functionKey}`)).status).toBe(200);
  expect(await host.close()).toBe(0);
});

test('settings come from local.settings.json, and the environment wins', async () => {
  const host = await start(
    { localSettings: { LOCAL_FUNCTION_KEY: 'from file', COLOUR: 'red', SIZE: 'big' } },
    { COLOUR: 'blue' },
  );
  expect(host.lines).not.toContainEqual(expect.stringContaining('function key'));
  expect((await fetch(`${host.url}/api/keyed?code=from+file`)).status).toBe(200);
  expect(await settingOf(host.url, 'SIZE')).toBe('big');
  expect(await settingOf(host.url, 'COLOUR')).toBe('blue');
  expect(await settingOf(host.url, 'AZURE_FUNCTIONS_ENVIRONMENT')).toBe('Development');
  expect(await settingOf(host.url, 'UNSET')).toBe('not set');
});

test('AZURE_FUNCTIONS_ENVIRONMENT is left alone where it is set, and an empty routePrefix is none', async () => {
  const host = await start(
    { hostJson: { extensions: { http: { routePrefix: '' } } } },
    { AZURE_FUNCTIONS_ENVIRONMENT: 'Production' },
  );
  expect(await (await fetch(`${host.url}/setting?name=AZURE_FUNCTIONS_ENVIRONMENT`)).json()).toBe('Production');
});

test('an app that is not bundled finds the same module, and main may be a pattern', async () => {
  const appDirectory = join(repository, 'test', 'fixtures', 'functions-host', 'unbundled-app');
  const host = await start({}, {}, { appDirectory });
  expect(await (await fetch(`${host.url}/api/core`)).json()).toEqual([
    'Disposable',
    'getProgrammingModel',
    'hostVersion',
    'log',
    'registerFunction',
    'registerHook',
    'setProgrammingModel',
    'version',
  ]);
});

test.concurrent.each([
  [
    'an entry point that throws',
    { main: 'throw new Error("GRAPH_CLIENT_ID is missing")' },
    'Worker was unable to load entry point "dist/main.js": GRAPH_CLIENT_ID is missing',
  ],
  ['an entry point without functions', { main: '' }, 'The app registered no function.'],
  [
    'a hook of appStart that throws',
    { main: withFunction('hook.appStart(() => { throw new Error("no start") })') },
    'no start',
  ],
  [
    'a trigger of another kind',
    { main: withFunction('storageBlob("shrink", { path: "a/b", connection: "C", handler() {} })') },
    "The function 'shrink' cannot run on the local host: its trigger 'blobTrigger' is not supported, only HTTP, storage queue and timer.",
  ],
  [
    'an output binding',
    {
      main: withFunction(
        'timer("tick", { schedule: "0 * * * * *", handler() {}, return: { type: "queue", name: "$return" } })',
      ),
    },
    "The function 'tick' cannot run on the local host: the output binding '$return' (queue) is not supported.",
  ],
  [
    'a setting that is missing in a binding',
    { main: withFunction('timer("tick", { schedule: "%WHEN%", handler() {} })') },
    "The function 'tick' cannot run on the local host: '%WHEN%' does not resolve to a value.",
  ],
  [
    'an identity-based connection',
    {
      main: withFunction('storageQueue("take", { queueName: "q", connection: "AzureWebJobsStorage", handler() {} })'),
      localSettings: { AzureWebJobsStorage__queueServiceUri: 'https://example.queue.core.windows.net' },
    },
    "The function 'take' cannot run on the local host: the connection 'AzureWebJobsStorage' is identity-based, which the local host does not support: set 'AzureWebJobsStorage' to a connection string.",
  ],
  [
    'HTTP streams whose route parameters come with the invocation',
    {
      main:
        withFunction('setup({ enableHttpStream: true, capabilities: { RequiresRouteParameters: true } })') +
        withFunction('get("a", { handler() {} })'),
    },
    'The capability RequiresRouteParameters is not supported by the local host.',
  ],
  [
    'a bad host.json',
    { main: '', hostJson: { extensions: { queues: { visibilityTimeout: 'soon' } } } },
    'host.json: ✖ "soon" is not a time span such as 00:00:02',
  ],
])('%s is printed on stderr and ends the process with 1', async (_, files: AppFiles, message) => {
  const appDirectory = await builtApp(files);
  const child = spawn(node, ['--import', 'tsx', 'local/functions-host/main.ts', '--port', '0', '--app', appDirectory], {
    cwd: repository,
    env: bareEnvironment(),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number];
  expect(stderr).toContain(message);
  expect(stdout).not.toContain('listening');
  expect(code).toBe(1);
});

test('a port that is taken ends it with 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(start({}, {}, { port })).rejects.toThrow(/ended with code 1[^]*EADDRINUSE/);
  server.close();
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets a running request have its answer, then ends with 0',
  async (signal) => {
    const host = await start({}, {}, { verbose: true });
    const file = join(apps.at(-1)?.directory ?? '', 'go');
    const answer = fetch(`${host.url}/api/waiting?file=${encodeURIComponent(file)}`);
    await until(() => host.lines.includes('waiting has started'));
    host.process.kill(signal);
    await until(() => host.lines.some((line) => line.includes('Stopping')));
    await expect(fetch(`${host.url}/api/keyed`)).rejects.toThrow();
    await writeFile(file, '');

    expect(await (await answer).text()).toBe('waited');
    const [code] =
      host.process.exitCode === null ? ((await once(host.process, 'close')) as [number]) : [host.process.exitCode];
    expect(code).toBe(0);
    expect(host.lines.at(-1)).toBe('hook appTerminate');
  },
);

test('in a process of its own it starts once, and gives up functions that do not end, by name', async () => {
  const script = join(repository, 'test', 'fixtures', 'functions-host', 'in-process.ts');
  const { stdout } = await promisify(execFile)(node, ['--import', 'tsx', script, await builtApp({})], {
    cwd: repository,
    env: bareEnvironment(),
  });
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
    key: 'given',
    answer: 'open',
    again: 'This process has started its functions host already: start another process for another app.',
    drained: false,
    given: 'no answer',
  });
  expect(stdout).toMatch(
    /Functions are still running 300 ms after the end was asked for; they are given up: waiting \(Id=[0-9a-f-]{36}\)\.\n/,
  );
});
