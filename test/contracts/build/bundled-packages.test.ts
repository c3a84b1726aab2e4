// The packages of others in the bundle: the SBOM, the licences and the stored list of advisories name every one of them.
// What is in dist/ is read from the bundled files themselves: esbuild writes the path of every file before what it made of it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { developmentNode } from '../../../local/development-node';
import { isInRange, judgeAdvisories, type StoredAdvisories } from '../../../scripts/package/advisories';
import type { BundledPackage, LockedPackages } from '../../../scripts/package/bundled-packages.mjs';
import { judgeLicences } from '../../../scripts/package/licences';
import { toCycloneDx, type SbomPlan } from '../../../scripts/package/sbom';
import { ROOT, readJsonFile, readText } from '../../support/documents/repository';
import { SHIPPED } from '../../support/documents/shipped-files';

jest.setTimeout(60_000);

const app = readJsonFile<SbomPlan['app']>('package.json');
const lockedPackages = readJsonFile<{ packages: LockedPackages }>('package-lock.json').packages;

interface Printed {
  readonly bundled: readonly BundledPackage[];
  readonly production: readonly BundledPackage[];
  readonly nested: readonly BundledPackage[];
  readonly notices: string;
  readonly noticesWithoutText: string;
}

const NESTED: LockedPackages = {
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-AA==', license: 'MIT', dependencies: { b: '^2' } },
  'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-AQ==', license: 'ISC' },
  'node_modules/b': { version: '1.0.0', integrity: 'sha512-Ag==', license: 'MIT' },
};

/** The build is made of ES modules, which Jest does not load: a process of its own says what is in the bundle. */
function printedByTheBuild(): Printed {
  const script = join(ROOT, 'test/fixtures/bundled-packages/print-bundled-packages.mjs');
  const child = spawnSync(developmentNode(), [script, JSON.stringify(NESTED)], { cwd: ROOT, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Printed;
}

const { bundled, production, nested, notices, noticesWithoutText } = printedByTheBuild();
const sbom = toCycloneDx({
  ...{ app, packages: bundled, lockedPackages },
  serialNumber: '3e671687-395b-41f5-a30f-a58921a69b79',
  timestamp: '2026-11-25T12:00:00.000Z',
});

/** `name@version` of every package of which a bundled file says that it holds a part. */
function packagesInDist(): string[] {
  const folders = SHIPPED.filter((path) => path.endsWith('.js')).flatMap((path) =>
    [...readText(path).matchAll(/^\s*\/\/ (node_modules\/[\w@./+-]+)$/gm)].flatMap(
      ([, file = '']) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
    ),
  );
  const names = folders.map((folder) => {
    const { version } = readJsonFile<{ version: string }>(`${folder}/package.json`);
    return `${folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`;
  });
  return [...new Set(names)].sort();
}

test('every package of which a part is in dist/ is in the SBOM, and no other', () => {
  const named = sbom.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`);
  expect(named.length).toBeGreaterThan(60);
  expect(named.sort()).toEqual(packagesInDist());
});

test('nothing that is installed for development only is in the bundle', () => {
  expect(bundled.filter(({ isDevelopment }) => isDevelopment).map(({ name }) => name)).toEqual([]);
  const installed = new Set(production.map(({ purl }) => purl));
  expect(bundled.filter(({ purl }) => !installed.has(purl))).toEqual([]);
});

test('the SBOM names this version, and of each package version, licence and the hash of the lock file', () => {
  expect(sbom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
    metadata: { component: { type: 'application', name: 'graph-call-tones', version: '1.0.0' } },
  });
  expect(sbom.components.find(({ purl }) => purl === 'pkg:npm/%40azure/identity@4.14.1')).toMatchObject({
    type: 'library',
    group: '@azure',
    name: 'identity',
    version: '4.14.1',
    licenses: [{ license: { id: 'MIT' } }],
    hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string }],
  });
});

test('the SBOM says what depends on what, nested packages included, and names nothing that is not in it', () => {
  const refs = new Set(sbom.components.map(({ purl }) => purl));
  const [ofApp, ...others] = sbom.dependencies;
  expect(ofApp?.ref).toBe('pkg:npm/graph-call-tones@1.0.0');
  expect(ofApp?.dependsOn).toEqual(expect.arrayContaining(['pkg:npm/zod@4.6.7', 'pkg:npm/jose@6.2.17']));
  expect(others.map(({ ref }) => ref)).toEqual([...refs]);
  expect(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
  expect(others.find(({ ref }) => ref === 'pkg:npm/jws@4.0.1')?.dependsOn).toEqual([
    'pkg:npm/jwa@2.0.1',
    'pkg:npm/safe-buffer@5.2.1',
  ]);
  const ofNested = toCycloneDx({
    ...{ packages: nested, lockedPackages: NESTED, serialNumber: '', timestamp: '' },
    app: { ...app, dependencies: { a: '1.0.0', b: '1.0.0' } },
  });
  expect(ofNested.dependencies).toEqual([
    { ref: 'pkg:npm/graph-call-tones@1.0.0', dependsOn: ['pkg:npm/a@1.0.0', 'pkg:npm/b@1.0.0'] },
    { ref: 'pkg:npm/a@1.0.0', dependsOn: ['pkg:npm/b@2.0.0'] },
    { ref: 'pkg:npm/b@1.0.0', dependsOn: [] },
    { ref: 'pkg:npm/b@2.0.0', dependsOn: [] },
  ]);
  expect(ofNested.components.map(({ hashes }) => hashes[0]?.content)).toEqual(['00', '02', '01']);
});

test('every licence is one of those that are allowed, and another one is named', () => {
  expect(judgeLicences(production).faults).toEqual([]);
  expect(Object.values(judgeLicences(production).counts).reduce((sum, count) => sum + count, 0)).toBe(
    production.length,
  );
  expect(
    judgeLicences([
      { name: 'good', version: '1.0.0', licence: 'MIT' },
      { name: 'strict', version: '2.0.0', licence: 'GPL-3.0-only' },
      { name: 'silent', version: '3.0.0', licence: undefined },
    ]),
  ).toEqual({
    counts: { MIT: 1, 'GPL-3.0-only': 1, 'not named': 1 },
    faults: ['strict@2.0.0: licence GPL-3.0-only is not allowed', 'silent@3.0.0: licence not named is not allowed'],
  });
});

test('the notices that ship name every bundled package with its licence, and hold the texts', () => {
  expect(readText('dist/THIRD-PARTY-NOTICES.txt')).toBe(notices);
  const lines = new Set(notices.split('\n'));
  for (const { name, version, licence } of bundled) expect([...lines]).toContain(`${name} ${version} (${licence})`);
  for (const text of [
    'Permission is hereby granted, free of charge',
    'Apache License',
    'Copyright (c) 2013, GoInstant Inc., a salesforce.com company',
    'Copyright (c) Microsoft Corporation',
    'Copyright (c) Amit Gupta\n',
  ])
    expect(notices).toContain(text);
  // The texts themselves, without those of whom they are: each once is enough.
  expect(notices.match(/TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION/g)?.length).toBeLessThan(4);
});

test('a package without the text of its licence is not bundled in silence', () => {
  expect(noticesWithoutText).toBe('shared comes without the text of its licence');
});

describe('the stored advisories', () => {
  const stored = readJsonFile<StoredAdvisories>('scripts/package/advisories.json');

  test('cover every production package, and none that is no longer installed', () => {
    expect(judgeAdvisories(production, stored).faults).toEqual([]);
    const installed = new Set(production.map(({ name, version }) => `${name}@${version}`));
    expect(Object.keys(stored.lookedUp).filter((key) => !installed.has(key))).toEqual([]);
    const names = new Set(production.map(({ name }) => name));
    expect(stored.advisories.filter((one) => !names.has(one.package))).toEqual([]);
    for (const day of Object.values(stored.lookedUp)) expect(day).toMatch(/^2\d{3}-[01]\d-[0-3]\d$/);
  });

  test('a version that was not looked up, and one in an affected range, are faults', () => {
    const list = {
      advisories: [{ package: 'jws', id: 'CVE-2025-65945', affected: '< 3.2.3 || >= 4.0.0 < 4.0.1' }],
      lookedUp: { 'jws@4.0.0': '2026-11-25', 'jws@4.0.1': '2026-11-23' },
    };
    expect(
      judgeAdvisories(
        [
          { name: 'jws', version: '4.0.0' },
          { name: 'jws', version: '4.0.1' },
          { name: 'ms', version: '2.1.3' },
        ],
        list,
      ),
    ).toEqual({
      oldest: '2026-11-23',
      faults: ['jws@4.0.0: CVE-2025-65945 affects < 3.2.3 || >= 4.0.0 < 4.0.1', 'ms@2.1.3: not looked up'],
    });
  });

  test.each([
    ['4.0.0', '>= 4.0.0 < 4.0.1', true],
    ['4.0.1', '>= 4.0.0 < 4.0.1', false],
    ['3.2.2', '< 3.2.3 || >= 4.0.0 < 4.0.1', true],
    ['3.10.0', '< 3.9.0', false],
    ['4.4.2', '= 4.4.2', true],
    ['4.4.3', '= 4.4.2', false],
    ['2.0.0', '<= 2.0.0', true],
    ['2.0.0', '> 2.0.0', false],
    ['1.0.0-beta.47', '< 1.0.0', false],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(isInRange(version, range)).toBe(expected);
  });

  test('a range that cannot be read is no range that nothing is in', () => {
    expect(() => isInRange('1.0.0', 'all of them')).toThrow('"all of them" is not a range');
  });
});
