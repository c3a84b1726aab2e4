// What is installed, what is deployed, and what must not be in the repository.
import { readJsonFile, readText, repositoryFiles } from '../../support/documents/repository';
import { SHIPPED, ignorePatterns, isIgnoredByName, isIgnoredByStart } from '../../support/documents/shipped-files';

interface PackageFile {
  readonly main: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface LockFile {
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const packageFile = readJsonFile<PackageFile>('package.json');
const lockFile = readJsonFile<LockFile>('package-lock.json');

test('the worker loads dist/main.js, and the build makes it', () => {
  expect(packageFile.main).toBe('dist/main.js');
  expect(packageFile.scripts['build']).toContain('scripts/build.mjs');
  expect(readText('scripts/bundle.mjs')).toContain("outfile: join(dist, 'main.js')");
});

test('the contract’s commands are scripts', () => {
  expect(Object.keys(packageFile.scripts)).toEqual(
    expect.arrayContaining(['build', 'typecheck', 'lint', 'test', 'demo', 'start', 'host']),
  );
});

test('every version is exact, and the same in the lock file', () => {
  for (const [name, version] of Object.entries({ ...packageFile.dependencies, ...packageFile.devDependencies })) {
    const folder = /^file:(tools\/[\w/-]+)$/.exec(version)?.[1];
    const locked = lockFile.packages[`node_modules/${name}`];
    if (folder !== undefined) {
      expect([name, locked]).toEqual([name, { resolved: folder, link: true }]);
      continue;
    }
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/)]);
    expect([name, locked?.['version']]).toEqual([name, version]);
  }
});

test('the lock file names no registry, and every package by its hash', () => {
  const installed = Object.entries(lockFile.packages).filter(
    ([path, entry]) => path.startsWith('node_modules/') && entry['link'] !== true,
  );
  expect(installed.filter(([, entry]) => 'resolved' in entry).map(([path]) => path)).toEqual([]);
  expect(
    installed.filter(([, entry]) => !('integrity' in entry) && entry['inBundle'] !== true).map(([path]) => path),
  ).toEqual([]);
});

test('nothing that is deployed runs a script when it is installed, or was given up by its author', () => {
  const production = Object.entries(lockFile.packages).filter(
    ([path, entry]) => path !== '' && entry['dev'] !== true && entry['devOptional'] !== true && entry['link'] !== true,
  );
  expect(production.length).toBeGreaterThan(50);
  expect(
    production
      .filter(([, entry]) => entry['hasInstallScript'] === true || entry['deprecated'] !== undefined)
      .map(([path]) => path),
  ).toEqual([]);
});

const MACHINE_PATTERNS: readonly RegExp[] = [
  /\/(?:home|Users)\/[a-z][\w.-]*\//,
  /\/root\/[\w.-]/,
  /\/work\/(?:main|shared)\b/,
  /[A-Z]:\\Users\\/,
  /https?:\/\/[^\s"'`)]*(?:registry|artifactory|nexus|verdaccio|jfrog)[^\s"'`)]*/i,
];

test.each(MACHINE_PATTERNS)('no file names a machine or a registry: %p', (pattern) => {
  const found = repositoryFiles().filter((path) => pattern.test(readText(path)));
  expect(found).toEqual([]);
});

describe('.funcignore', () => {
  const patterns = ignorePatterns();

  test('uses only what every tool that reads it understands', () => {
    for (const pattern of patterns) expect(pattern).toMatch(/^[\w.*-]+\/?$/);
  });

  test.each([
    ['by name', isIgnoredByName],
    ['by start', isIgnoredByStart],
  ])('deploys the bundle, host.json and package.json, and nothing else (patterns read %s)', (_how, isIgnored) => {
    const present = [
      ...repositoryFiles(),
      ...SHIPPED.filter((path) => path.startsWith('dist/')),
      'node_modules/zod/package.json',
      'node_modules/.package-lock.json',
      'local.settings.json',
      '.git/HEAD',
      '.local/data',
      'coverage/index.html',
      'reports/x.html',
      'npm-debug.log',
    ];
    expect(present.filter((path) => !isIgnored(path, patterns)).sort()).toEqual(SHIPPED);
  });
});
