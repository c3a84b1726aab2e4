// How the app is bundled: dist/main.js, which the Functions worker loads, and beside
// it a file for each part that is loaded when it is needed; and what is in them of others.
// Knows no caller: where the files go, and what is changed in the app before, is given.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeConsolePage } from './console-page.mjs';
import { packagesOf } from './package/bundled-packages.mjs';
import { thirdPartyNotices } from './package/third-party-notices.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** CommonJS for the Node of Flex Consumption, in one file. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  sourcemap: true,
  sourcesContent: false,
  minifySyntax: true,
  // The first is provided by the worker itself. The second is a development package that `debug` takes up
  // where it finds it: what ships must not depend on what else is installed here.
  external: ['@azure/functions-core', 'supports-color'],
  // @azure/storage-common calls createRequire(import.meta.url), which CommonJS does not have.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
};

/**
 * Files beside main.js: what each exports, and the `import()` of the app that leads
 * to it. Parsing an SDK takes longer than running the app.
 */
const LAZY_FILES = {
  storage: {
    source: "export { TableClient } from '@azure/data-tables'; export { QueueClient } from '@azure/storage-queue';",
    imports: ['@azure/data-tables', '@azure/storage-queue'],
  },
  identity: { source: "export * from '@azure/identity';", imports: ['@azure/identity'] },
  'graph-client': {
    source: "export { Client, ResponseType } from '@microsoft/microsoft-graph-client';",
    imports: ['@microsoft/microsoft-graph-client'],
  },
  jose: { source: "export * from 'jose';", imports: ['jose'] },
  telemetry: {
    source: "export { startOpenTelemetry } from './shared/telemetry/open-telemetry';",
    imports: ['./open-telemetry'],
  },
};

/** Names of the files in dist/ that ship, without their source maps. */
export const BUNDLED_FILES = ['main.js', ...Object.keys(LAZY_FILES).map((name) => `${name}.js`)];

/** The page of the function `console`, beside main.js; it has no source map. */
export const CONSOLE_FILE = 'console.html';

const leadsToLazyFile = {
  name: 'lazy-files',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /./ }, ({ path, kind }) => {
      const lazy = Object.entries(LAZY_FILES).find(
        ([, { imports }]) => kind === 'dynamic-import' && imports.includes(path),
      );
      return lazy && { path: `./${lazy[0]}.js`, external: true };
    });
  },
};

/** The licences of the packages that are in the bundled files. */
export const NOTICES_FILE = 'THIRD-PARTY-NOTICES.txt';

/**
 * All files that ship, by their names, and the packages that are in them. Writes nothing.
 * `plugins` change the app, not the SDKs.
 */
export async function makeBundle(plugins = []) {
  const dist = join(ROOT, 'dist');
  const page = makeConsolePage(join(ROOT, 'console'));
  const options = { ...BUNDLE_OPTIONS, absWorkingDir: ROOT, write: false, metafile: true };
  const results = await Promise.all([
    build({
      ...options,
      entryPoints: ['functions/main.ts'],
      outfile: join(dist, 'main.js'),
      plugins: [...plugins, leadsToLazyFile],
    }),
    ...Object.entries(LAZY_FILES).map(([name, { source }]) =>
      build({
        ...options,
        stdin: { contents: source, resolveDir: ROOT, sourcefile: `${name}.ts` },
        outfile: join(dist, `${name}.js`),
      }),
    ),
  ]);
  const packages = packagesOf(
    results.flatMap(({ metafile }) => bundledInputs(metafile)),
    JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages,
  );
  const files = new Map([
    ...results.flatMap(({ outputFiles }) => outputFiles.map(({ path, contents }) => [relative(dist, path), contents])),
    [CONSOLE_FILE, Buffer.from(await page)],
    [NOTICES_FILE, Buffer.from(thirdPartyNotices(ROOT, packages))],
  ]);
  return { files, packages };
}

/** What was read and then left out, as nothing of it is used, does not ship. */
function bundledInputs({ outputs }) {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
}

/** Writes all files into `directory`/dist. */
export async function bundleApp(directory, plugins = []) {
  const { files } = await makeBundle(plugins);
  mkdirSync(join(directory, 'dist'), { recursive: true });
  // Renamed into place: a host that starts meanwhile loads the old file or the new one, never half of it.
  for (const [name, contents] of files) {
    const path = join(directory, 'dist', name);
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, contents);
    renameSync(unfinished, path);
  }
}
