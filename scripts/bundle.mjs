// How the app is bundled: dist/main.js, which the Functions worker loads, and beside
// it a file for each part that is loaded when it is needed.
// Knows no caller: where the files go, and what is changed in the app before, is given.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeConsolePage } from './console-page.mjs';

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
  // Provided by the worker itself.
  external: ['@azure/functions-core'],
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

/** Writes all files into `directory`/dist. `plugins` change the app, not the SDKs. */
export async function bundleApp(directory, plugins = []) {
  const page = makeConsolePage(join(ROOT, 'console'));
  const outputs = await Promise.all([
    build({
      ...BUNDLE_OPTIONS,
      absWorkingDir: ROOT,
      write: false,
      entryPoints: ['functions/main.ts'],
      outfile: join(directory, 'dist/main.js'),
      plugins: [...plugins, leadsToLazyFile],
    }),
    ...Object.entries(LAZY_FILES).map(([name, { source }]) =>
      build({
        ...BUNDLE_OPTIONS,
        absWorkingDir: ROOT,
        write: false,
        stdin: { contents: source, resolveDir: ROOT, sourcefile: `${name}.ts` },
        outfile: join(directory, `dist/${name}.js`),
      }),
    ),
  ]);
  mkdirSync(join(directory, 'dist'), { recursive: true });
  // Renamed into place: a host that starts meanwhile loads the old file or the new one, never half of it.
  const files = [
    ...outputs.flatMap(({ outputFiles }) => outputFiles),
    { path: join(directory, 'dist', CONSOLE_FILE), contents: await page },
  ];
  for (const { path, contents } of files) {
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, contents);
    renameSync(unfinished, path);
  }
}
