// The package that ships, made from what was built: exactly which files, what the bundle was made of, and that it runs by itself.
// `npm test` builds dist/main.js first.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { spawnFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { inherited, sampleSettings } from '../../../local/local-stack';
import { ROOT } from '../../support/documents/repository';
import {
  OWN_BUNDLES,
  SHIPPED,
  filesToUpload,
  isIgnoredByName,
  isIgnoredByStart,
} from '../../support/documents/shipped-files';

jest.setTimeout(60_000);

/** As `func azure functionapp publish` makes it. */
let uploaded: string;
/** As scripts/package.mjs makes it, for every other way of deployment. */
let copied: string;
beforeAll(() => {
  uploaded = mkdtempSync(join(tmpdir(), 'package-uploaded-'));
  copied = mkdtempSync(join(tmpdir(), 'package-copied-'));
  for (const path of filesToUpload(isIgnoredByStart)) {
    mkdirSync(dirname(join(uploaded, path)), { recursive: true });
    cpSync(join(ROOT, path), join(uploaded, path));
  }
  const child = spawnSync(process.execPath, [join(ROOT, 'scripts/package.mjs'), copied], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
});
afterAll(() => {
  for (const folder of [uploaded, copied]) rmSync(folder, { recursive: true, force: true });
});

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .sort();
}

const read = (path: string) => readFileSync(join(uploaded, path), 'utf8');
const bundles = SHIPPED.filter((path) => path.endsWith('.js'));

test('the package holds the bundled files with their maps, host.json and package.json, however it is made, and nothing else', () => {
  expect(filesIn(uploaded)).toEqual(SHIPPED);
  expect(filesToUpload(isIgnoredByName).sort()).toEqual(SHIPPED);
  expect(filesIn(copied)).toEqual(SHIPPED);
  for (const path of SHIPPED)
    expect(readFileSync(join(copied, path)).equals(readFileSync(join(uploaded, path)))).toBe(true);
});

test('the bundle is made of functions/, shared/ and packages: nothing of local/ or test/', () => {
  for (const bundle of bundles) {
    // esbuild writes the path of every file before what it made of it.
    const sources = [...read(bundle).matchAll(/^(?:\s*)\/\/ ([\w@./+-]+\.[cm]?[jt]s)$/gm)].map(
      (match) => match[1] ?? '',
    );
    expect([bundle, sources.some((path) => path.startsWith('shared/'))]).toEqual([
      bundle,
      OWN_BUNDLES.includes(bundle),
    ]);
    expect([
      bundle,
      sources.filter(
        (path) =>
          !/^(?:functions|shared|node_modules)\//.test(path) &&
          path !== `${bundle.slice('dist/'.length, -'.js'.length)}.ts`,
      ),
    ]).toEqual([bundle, []]);
  }
  expect(read('dist/main.js')).toMatch(/^\/\/ functions\/main\.ts$/m);
  expect(read('dist/main.js')).not.toMatch(/graph-simulator|devstoreaccount1:|LOCAL_FUNCTION_KEY/);
});

test('the source map names the same files and holds no source', () => {
  for (const bundle of bundles) {
    const map = JSON.parse(read(`${bundle}.map`)) as { sources: string[]; sourcesContent?: unknown };
    expect(Object.keys(map).sort()).toEqual(['mappings', 'names', 'sources', 'version']);
    const own = map.sources.filter((path) => !/^(?:webpack:|\.\.\/node_modules\/)/.test(path));
    expect([bundle, own.some((path) => path.startsWith('../shared/'))]).toEqual([bundle, OWN_BUNDLES.includes(bundle)]);
    // A file that is loaded when it is needed begins with a line of the build, under its own name.
    const begins = `..${bundle.slice('dist'.length, -'.js'.length)}.ts`;
    expect([
      bundle,
      own.filter((path) => path !== begins && !/^\.\.\/(?:functions|shared)\/[\w/-]+\.ts$/.test(path)),
    ]).toEqual([bundle, []]);
  }
});

test('no key, no sample setting and no path of this machine is in it', () => {
  // The emulator's account, which Microsoft publishes and its own library holds.
  const published =
    'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
  for (const path of SHIPPED) {
    const text = read(path).replaceAll(published, '');
    expect([
      path,
      /PRIVATE KEY-----\s*[A-Za-z0-9+/]{40}|AccountKey=[A-Za-z0-9+/]{40}|11111111-2222-4333-8444-555555555555/.exec(
        text,
      )?.[0],
    ]).toEqual([path, undefined]);
    expect([path, text.includes(ROOT)]).toEqual([path, false]);
  }
});

test('the package runs by itself, without node_modules', async () => {
  const host = await spawnFunctionsHost({
    appDirectory: uploaded,
    env: { ...inherited(), ...sampleSettings(), LOCAL_FUNCTION_KEY: 'packaged' },
  });
  try {
    const ask = (headers: Record<string, string>) =>
      fetch(`${host.url}/api/enqueueTones`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: '{}',
      });
    expect((await ask({})).status).toBe(401);
    const refused = await ask({ 'x-functions-key': 'packaged' });
    expect([refused.status, ((await refused.json()) as { type: string }).type]).toEqual([
      400,
      'urn:problem:invalid-request',
    ]);
  } finally {
    await host.close();
  }
});

test('the errors of jose in the bundle have their own names: they tell them by their classes', () => {
  const { errors } = createRequire(__filename)(join(ROOT, 'dist/jose.js')) as {
    errors: Record<string, new () => Error>;
  };
  expect(Object.keys(errors)).toContain('JWTExpired');
  for (const [name, failure] of Object.entries(errors)) expect(failure.name).toBe(name);
});
