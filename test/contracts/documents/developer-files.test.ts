// What developers are given beside the code: the files of Visual Studio Code, the dev container, requests.http and the tunnel guide.
// They must name only what exists: scripts, files, tasks, ports, endpoints, fields, settings, refusals.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readSettings } from '../../../shared/settings/settings';
import { SETTINGS } from '../../../shared/settings/setting-names';
import { operationsOf, type ApiDocument } from '../../support/documents/described-operations';
import {
  ROOT,
  codeSpansOf,
  readJsonFile,
  readText,
  repositoryFiles,
  sectionOf,
  tableOf,
} from '../../support/documents/repository';
import { requestsOf, withVariables } from '../../support/documents/requests-file';

interface Task {
  readonly label: string;
  readonly type: string;
  readonly script?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly dependsOn?: string;
  readonly isBackground?: boolean;
  readonly problemMatcher: unknown;
}

interface Configuration {
  readonly name: string;
  readonly request: string;
  readonly program?: string;
  readonly runtimeExecutable?: string;
  readonly args?: readonly string[];
  readonly preLaunchTask?: string;
}

const { tasks } = readJsonFile<{ tasks: readonly Task[] }>('.vscode/tasks.json');
const { configurations } = readJsonFile<{ configurations: readonly Configuration[] }>('.vscode/launch.json');
const { scripts } = readJsonFile<{ scripts: Record<string, string> }>('package.json');
const { version } = readJsonFile<{ version: string }>('tools/node/package.json');
const container = readJsonFile<{
  build: { dockerfile: string };
  postCreateCommand: string;
  forwardPorts: readonly number[];
  customizations: { vscode: { extensions: readonly string[] } };
}>('.devcontainer/devcontainer.json');
const { recommendations } = readJsonFile<{ recommendations: readonly string[] }>('.vscode/extensions.json');
const TUNNEL = readText('docs/tunnel.md');

test('none of these files is ignored by git', () => {
  const files = [
    '.devcontainer/Dockerfile',
    '.devcontainer/devcontainer.json',
    '.vscode/extensions.json',
    '.vscode/launch.json',
    '.vscode/settings.json',
    '.vscode/tasks.json',
    'docs/tunnel.md',
    'requests.http',
  ];
  expect(repositoryFiles()).toEqual(expect.arrayContaining(files));
});

test('every task runs a script that exists, after tasks that exist', () => {
  const labels = tasks.map(({ label }) => label);
  for (const { label, type, script, command, args, dependsOn } of tasks) {
    const ran = { npm: script, shell: command === 'npm' ? args?.[0] : undefined, func: 'build' }[type];
    expect([label, ran]).toEqual([
      label,
      expect.stringMatching(new RegExp(`^(?:${Object.keys(scripts).join('|')})$`)) as string,
    ]);
    if (dependsOn !== undefined) expect(labels).toContain(dependsOn);
  }
  expect(labels).toEqual(expect.arrayContaining(['build', 'typecheck', 'lint', 'test', 'demo', 'start']));
  expect(labels).toContain(
    readJsonFile<Record<string, unknown>>('.vscode/settings.json')['azureFunctions.preDeployTask'],
  );
});

test.each(['start', 'surroundings'])('the task %s is ready when npm start says so', (name) => {
  const { problemMatcher } = tasks.find(({ label }) => label === name) as {
    problemMatcher: { background: { beginsPattern: string; endsPattern: string } };
  };
  const { beginsPattern, endsPattern } = problemMatcher.background;
  expect('Ctrl+C ends everything.').toMatch(new RegExp(endsPattern));
  expect(readText('local/start.ts').match(/\nCtrl\+C ends everything\.`/g)).toHaveLength(2);
  expect(readText('local/local-stack.ts')).toMatch(new RegExp(`'${beginsPattern.replace('^', '')}Azurite`));
});

test('whoever runs the app on local.settings.json gets its surroundings first, and no second app on its port', () => {
  const surroundings = tasks.find(({ label }) => label === 'surroundings');
  expect([surroundings?.command, surroundings?.args]).toEqual(['npm', ['start', '--', '--no-host']]);
  expect(tasks.find(({ label }) => label === 'func: host start')?.dependsOn).toBe('surroundings');
  const onLocalSettings = configurations.filter(({ args }) => args?.includes('local/functions-host/main.ts'));
  expect(onLocalSettings.map(({ preLaunchTask }) => preLaunchTask)).toEqual(['surroundings']);
  for (const { args } of onLocalSettings) expect(args?.slice(-2)).toEqual(['--port', '7071']);
  expect(readText('local/start.ts')).toContain("port: { type: 'string', default: '7071' }");
});

test('every way to launch runs files that exist, after tasks that exist', () => {
  const here = (path: string) => path.replace('${workspaceFolder}', ROOT);
  expect(configurations.length).toBeGreaterThanOrEqual(4);
  for (const { name, program, runtimeExecutable, args = [], preLaunchTask } of configurations) {
    const files = [program, runtimeExecutable].filter((path) => path !== undefined).map(here);
    const sources = args.filter((arg) => /^[\w/-]+\.ts$/.test(arg)).map((arg) => join(ROOT, arg));
    expect([name, [...files, ...sources].filter((path) => !existsSync(path))]).toEqual([name, []]);
    if (preLaunchTask !== undefined) expect(tasks.map(({ label }) => label)).toContain(preLaunchTask);
  }
  expect(
    configurations.filter(({ request }) => request === 'attach').map(({ preLaunchTask }) => preLaunchTask),
  ).toEqual(['func: host start']);
});

test('extensions are named by publisher and name, and the container has those that are recommended', () => {
  for (const id of recommendations) expect(id).toMatch(/^[a-z0-9-]+\.[a-z0-9-]+$/);
  expect(container.customizations.vscode.extensions).toEqual(
    recommendations.filter((id) => id !== 'ms-vscode-remote.remote-containers'),
  );
});

test('the container has the Node of the scripts and Core Tools through npm', () => {
  const dockerfile = readText(`.devcontainer/${container.build.dockerfile}`);
  expect(dockerfile.match(/^FROM .*$/gm)).toEqual([`FROM node:${version.split('.')[0]}`]);
  expect(dockerfile).toMatch(/^RUN npm install --global azure-functions-core-tools@4\b/m);
  expect(dockerfile).not.toMatch(/curl|wget|^ADD|apt-get/m);
  expect(container.postCreateCommand).toBe('npm ci');
});

test('the container forwards the ports of npm start', () => {
  const defaults = [...readText('local/start.ts').matchAll(/default: '(\d+)'/g)].map((match) => Number(match[1]));
  expect(container.forwardPorts).toEqual(defaults);
});

describe('requests.http', () => {
  const { variables, requests } = requestsOf(readText('requests.http'));
  const operations = operationsOf(readJsonFile<ApiDocument>('openapi/openapi.json'));
  const resolved = (text: string) => withVariables(text, (name) => variables[name] ?? `<${name}>`);
  const toApp = requests
    .filter(({ url }) => url.startsWith('{{host}}'))
    .map((request) => ({ ...request, url: new URL(resolved(request.url)) }));

  test('has every endpoint', () => {
    const followed = requests
      .filter(({ url }) => url === '{{asked.response.headers.Location}}')
      .map(() => 'GET /api/toneStatus');
    const asked = new Set([...toApp.map(({ method, url }) => `${method} ${url.pathname}`), ...followed]);
    expect([...asked].sort()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).sort());
  });

  test('sends only parameters and fields that the API has, and a key where one is needed', () => {
    for (const { title, method, url, headers, body } of toApp) {
      const operation = operations.find((each) => each.path === url.pathname && each.method === method);
      expect([title, [...url.searchParams.keys()]]).toEqual([title, operation?.requiredQueries]);
      const fields = body === undefined ? [] : Object.keys(JSON.parse(resolved(body)) as object);
      expect([title, fields.filter((field) => operation?.fields.includes(field) !== true)]).toEqual([title, []]);
      expect([title, headers['x-functions-key']]).toEqual([
        title,
        operation?.needsKey === true && operation.name !== 'callNotifications' ? '{{key}}' : undefined,
      ]);
      expect([title, headers['Content-Type']]).toEqual([title, body === undefined ? undefined : 'application/json']);
    }
  });

  test('talks to the stack of npm start unless told otherwise', () => {
    const call = /const CALL = '([^']+)'/.exec(readText('local/start.ts'))?.[1];
    expect(variables).toMatchObject({
      host: 'http://127.0.0.1:7071',
      simulator: 'http://127.0.0.1:7072',
      callId: call,
    });
  });
});

describe('the tunnel guide', () => {
  test('never opens an app that asks for no key', () => {
    const commands = codeSpansOf(TUNNEL).filter((span) => span.startsWith('func '));
    expect(commands).toContain('func start --enableAuth');
    expect(TUNNEL).toMatch(/`func start` alone asks nobody for a key/);
  });

  test('names settings, scripts and reasons that exist', () => {
    const settings: readonly string[] = SETTINGS.map(({ name }) => name);
    const named = codeSpansOf(TUNNEL).filter((span) => /^(?:GRAPH|NOTIFICATION|PUBLIC|TONE|HTTP)_[A-Z_]+$/.test(span));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !settings.includes(name))).toEqual([]);
    const commands = [...TUNNEL.matchAll(/npm run ([\w-]+)/g)].map((match) => match[1] ?? '');
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
    const known = `${readText('shared/graph/notification-token.ts')}${readText('shared/graph/notification-claims.ts')}`;
    const reasons = tableOf(sectionOf(TUNNEL, 'When the answer is 401')).flatMap(([cell = '']) => codeSpansOf(cell));
    expect(reasons.length).toBeGreaterThan(8);
    expect(reasons.filter((reason) => !known.includes(`'${reason}'`))).toEqual([]);
  });

  test('shows settings that load, once their placeholders are filled in', () => {
    const [text = ''] = /(?<=^```json\n)[\s\S]*?(?=^```$)/m.exec(TUNNEL) ?? [];
    const { Values } = JSON.parse(
      text
        .replaceAll('<tunnel>', 'tones.example')
        .replaceAll('<tenant id>', '72f988bf-86f1-41af-91ab-2d7cd011db47')
        .replaceAll('<client id>', '8d5f1c2e-1b7a-4a39-9c55-0f6a2b9d3e11'),
    ) as { Values: Record<string, string> };
    expect(readSettings(Values)).toMatchObject({ graph: { baseUrl: 'https://graph.microsoft.com' }, warnings: [] });
  });
});

test('Azurite is a command of this repository', () => {
  expect(existsSync(createRequire(__filename).resolve('azurite/package.json'))).toBe(true);
});
