// Bundles the app into dist/main.js: one CommonJS file with source map, which is all that the Functions worker loads.
// Called by `npm run build`, which type-checks first, and by demo, start, host and test.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { build, stop } from 'esbuild';

const { outputFiles } = await build({
  write: false,
  entryPoints: ['functions/main.ts'],
  outfile: 'dist/main.js',
  bundle: true,
  platform: 'node',
  // Flex Consumption runs Node 22.
  target: 'node22',
  format: 'cjs',
  sourcemap: true,
  sourcesContent: false,
  minifySyntax: true,
  keepNames: true,
  // Provided by the worker itself.
  external: ['@azure/functions-core'],
  // @azure/storage-common calls createRequire(import.meta.url), which CommonJS does not have.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});

// Renamed into place: a host that starts meanwhile loads the old bundle or the new one, never half of it.
mkdirSync('dist', { recursive: true });
for (const { path, contents } of outputFiles) {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}
// Its service would keep the process of scripts/with-build.mjs alive.
await stop();
