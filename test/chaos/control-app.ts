// Builds the whole app with one condition of the promise taken away: the chaos run must notice it, else it proves nothing.
// Used by `npm run chaos -- --control NAME`; the mutations are those of the proof.
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { APP_DIRECTORY } from '../../local/local-stack';
import { mutationPlugin } from '../proof/mutation-plugin';
import { MUTATIONS } from '../proof/mutations';

/** The directory of the mutated app, under the system's temporary one. Bundled as scripts/build.mjs does. */
export async function buildControlApp(name: string): Promise<string> {
  const mutation = MUTATIONS[name];
  if (mutation === undefined) throw new Error(`there is no mutation "${name}"; there are ${Object.keys(MUTATIONS).join(', ')}`);
  const directory = mkdtempSync(join(tmpdir(), 'tones-control-'));
  for (const file of ['package.json', 'host.json']) copyFileSync(join(APP_DIRECTORY, file), join(directory, file));
  const { plugin, assertApplied } = mutationPlugin(mutation);
  await build({
    entryPoints: [join(APP_DIRECTORY, 'functions/main.ts')],
    outfile: join(directory, 'dist/main.js'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@azure/functions-core'],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
    plugins: [plugin],
  });
  assertApplied();
  return directory;
}
