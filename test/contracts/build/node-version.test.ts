// One Node.js for each place, as docs/decisions/0009-node-24-from-npm.md says: Azure, the scripts here, whoever starts npm.
// It must compare files only, except for the Node.js that runs it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { developmentNode } from '../../../local/development-node';
import {
  ROOT,
  codeSpansOf,
  readJsonFile,
  readText,
  repositoryFiles,
  tableOf,
} from '../../support/documents/repository';

const ON_AZURE = '22';
const FOR_SCRIPTS = '24';
const TO_START_NPM = '20.20';
const DECISION = readText('docs/decisions/0009-node-24-from-npm.md');

const { version, optionalDependencies } = readJsonFile<{
  version: string;
  optionalDependencies: Readonly<Record<string, string>>;
}>('tools/node/package.json');
const { engines, devDependencies } = readJsonFile<{
  engines: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
}>('package.json');

test('the decision says which Node is where', () => {
  expect(tableOf(DECISION).map(([, node]) => /[\d.]+/.exec(node ?? '')?.[0])).toEqual([
    ON_AZURE,
    FOR_SCRIPTS,
    TO_START_NPM,
  ]);
  expect(codeSpansOf(DECISION)).toEqual(
    expect.arrayContaining([
      'infra/modules/function-app.bicep',
      'tools/node/package.json',
      'local/development-node.ts',
    ]),
  );
});

test.each([
  ['infra/modules/function-app.bicep', /runtime: \{ name: 'node', version: '([^']+)' \}/, ON_AZURE],
  ['infra/modules/function-app.bicep', /^\/\/ .*\(Node ([\d.]+)\)/m, ON_AZURE],
  ['infra/README.md', /Flex Consumption \(Node ([\d.]+)\)/, ON_AZURE],
  ['scripts/bundle.mjs', /target: 'node([^']+)'/, ON_AZURE],
  ['bench/apps.ts', /target: 'node([^']+)'/, ON_AZURE],
  ['test/support/services/bundled-telemetry.ts', /target: 'node([^']+)'/, ON_AZURE],
  ['README.md', /Azure Functions app \(TypeScript, Node ([\d.]+)\)/, ON_AZURE],
  ['README.md', /You need Node\.js ([\d.]+) or newer/, TO_START_NPM],
  ['AGENTS.md', /Node ([\d.]+) for the scripts/, FOR_SCRIPTS],
  ['.devcontainer/Dockerfile', /^FROM node:([\d.]+)$/m, FOR_SCRIPTS],
])('%s names it: %p', (file, pattern, expected) => {
  expect(pattern.exec(readText(file))?.[1]).toBe(expected);
});

test('the packages agree: types of Azure’s Node, engines of npm’s, the programs of the scripts’', () => {
  expect(devDependencies['@types/node']?.split('.')[0]).toBe(ON_AZURE);
  expect(engines).toEqual({ node: `>=${TO_START_NPM}` });
  for (const [name, program] of Object.entries({ ...optionalDependencies, 'development-node': version }))
    expect([name, program.split('.')[0]]).toEqual([name, FOR_SCRIPTS]);
});

test('no file of the repository names another version of Node', () => {
  const named = repositoryFiles()
    .filter((path) => /\.(?:md|ts|mjs|json|bicep|ya?ml)$|Dockerfile$/.test(path))
    .filter((path) => !/package-lock\.json$|^bench\/results\//.test(path))
    .flatMap((path) =>
      [...readText(path).matchAll(/\bNode(?:\.js)? (\d\d(?:\.\d+)*)\b|\bnode:(\d\d)\b|'node(\d\d)'/g)].map(
        ([, ...versions]) => `${path}: ${versions.find((found) => found !== undefined)}`,
      ),
    );
  expect(named.length).toBeGreaterThan(15);
  // The first Node 22 that runs TypeScript as it is: of the bot's Node, not of ours.
  const ofTheBot = 'docs/connect-your-bot.md: 22.18';
  expect(named).toContain(ofTheBot);
  expect(
    named.filter((line) => line !== ofTheBot).filter((line) => !/: (?:20|20\.20|22|24|24\.21\.0)$/.test(line)),
  ).toEqual([]);
});

describe('the Node.js of the scripts', () => {
  test('runs the tests and the child processes', () => {
    expect(process.versions.node.split('.')[0]).toBe(FOR_SCRIPTS);
    const { stdout } = spawnSync(developmentNode(), ['--version'], { encoding: 'utf8' });
    expect(stdout.trim()).toBe(`v${process.versions.node}`);
  });

  test('is the one that runs this, where npm has none for the platform', () => {
    expect(developmentNode([])).toBe(process.execPath);
    expect(developmentNode(['node-of-no-platform'])).toBe(process.execPath);
  });

  test('is refused where it is too old', () => {
    const newEnough = process.versions;
    Object.defineProperty(process, 'versions', { value: { ...newEnough, node: '20.20.2' }, configurable: true });
    try {
      expect(() => developmentNode([])).toThrow('install Node.js 22 or newer');
    } finally {
      Object.defineProperty(process, 'versions', { value: newEnough, configurable: true });
    }
  });

  test('is installed without its headers, which the script removes only where there are any', () => {
    const run = spawnSync(process.execPath, [join(ROOT, 'tools/node/remove-headers.mjs')], { encoding: 'utf8' });
    expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const headers = Object.keys(optionalDependencies).map((name) => join(ROOT, 'node_modules', name, 'include'));
    expect(headers.filter((folder) => existsSync(folder))).toEqual([]);
  });
});
