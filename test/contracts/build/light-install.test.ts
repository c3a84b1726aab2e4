// What `npm ci` installs and prints (docs/decisions/0014-light-install.md): stand-ins for what nobody uses, few packages, no warning.
// It must not install anything, nor ask a registry.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { developmentNode } from '../../../local/development-node';
import { inherited } from '../../../local/local-stack';
import { ROOT, readJsonFile, readText, repositoryFiles } from '../../support/documents/repository';

interface Entry {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
}

const { packages } = readJsonFile<{ packages: Readonly<Record<string, Entry>> }>('package-lock.json');
const LOCK_FILES = ['package-lock.json', 'tools/mutation/package-lock.json', 'tools/queries/package-lock.json'];
const INSTALL_SCRIPTS = [
  'node_modules/@parcel/watcher',
  'node_modules/@swc/core',
  'node_modules/esbuild',
  'node_modules/unrs-resolver',
  'tools/node',
];
const STAND_INS = ['applicationinsights', 'mysql2', 'sequelize', 'tedious'];

describe.each(STAND_INS)('%s', (name) => {
  test('is the stand-in, everywhere', () => {
    const places = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    expect(places).toEqual([[`node_modules/${name}`, { resolved: `tools/stand-ins/${name}`, link: true }]]);
  });

  test('is what Azurite loads, and holds nothing but what Azurite needs to start', () => {
    const ofAzurite = createRequire(createRequire(__filename).resolve('azurite/package.json'));
    const file = ofAzurite.resolve(name);
    expect(file).toBe(join(ROOT, 'tools/stand-ins', name, 'index.cjs'));
    expect(Object.keys(ofAzurite(name) as object)).toEqual(name === 'sequelize' ? ['Model'] : []);
  });
});

test('there are no other stand-ins', () => {
  const files = repositoryFiles().filter((path) => path.startsWith('tools/stand-ins/'));
  expect([...new Set(files.map((path) => path.split('/')[2]))]).toEqual(STAND_INS);
});

test('few packages are installed, platforms counted all together', () => {
  expect(Object.keys(packages).filter((path) => path.startsWith('node_modules/')).length).toBeLessThan(800);
});

test('only these run a script when they are installed, or would on their platform', () => {
  const withScript = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript === true);
  expect(withScript.sort()).toEqual(INSTALL_SCRIPTS);
});

test('every install script is allowed or refused by name', () => {
  const { allowScripts } = readJsonFile<{ allowScripts: Record<string, boolean> }>('package.json');
  const reviewed = INSTALL_SCRIPTS.map((path) =>
    path.replace(/^.*node_modules\//, '').replace(/^tools\//, 'file:tools/'),
  );
  expect(Object.keys(allowScripts)).toEqual(expect.arrayContaining([...new Set(reviewed)]));
});

test.each(LOCK_FILES)(
  '%s has no package that its author gave up, and no path or address outside the repository',
  (file) => {
    const lock = readJsonFile<{ packages: Readonly<Record<string, Entry>> }>(file).packages;
    expect(Object.keys(lock).filter((path) => lock[path]?.deprecated !== undefined)).toEqual([]);
    const places = Object.values(lock).flatMap(({ resolved }) => resolved ?? []);
    expect(places.filter((place) => !/^tools\/[\w/-]+$/.test(place))).toEqual([]);
  },
);

test('npm has nothing to warn of on the Node.js of the scripts: no engine, no conflict', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tones-npm-'));
  const ownSettings = join(directory, 'npmrc');
  writeFileSync(ownSettings, '');
  const flags = ['--dry-run', '--offline', '--loglevel=warn', `--cache=${directory}`, `--userconfig=${ownSettings}`];
  const child = spawnSync('npm', ['ci', ...flags], {
    cwd: ROOT,
    env: { ...inherited(), PATH: `${dirname(developmentNode())}${delimiter}${process.env['PATH']}` },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  rmSync(directory, { recursive: true });
  expect({ status: child.status, warnings: child.stderr }).toEqual({ status: 0, warnings: '' });
});

test('what few tests need is apart, and CI installs what its tests need', () => {
  for (const name of ['@kusto/language-service-next', '@stryker-mutator/core', 'node'])
    expect(packages[`node_modules/${name}`]).toBeUndefined();
  expect(readText('.ci/run')).toContain('npm ci --prefix tools/queries');
  expect(readText('.ci/run')).toContain('apt-get install -qq -y --no-install-recommends chromium');
});
