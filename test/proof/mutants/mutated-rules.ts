// Loads the production rules with one mutation applied to their source text, beside the real ones in the same process.
// Bundles test/proof/rules.ts with esbuild, replacing the text of one file on the way.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { mutationPlugin } from './mutation-plugin';
import type { Mutation } from './mutation';
import type { Design } from '../rules';

export async function mutatedDesign(mutation: Mutation): Promise<Design> {
  const { plugin, assertApplied } = mutationPlugin(mutation);
  const built = await build({
    entryPoints: [join(__dirname, '../rules.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    plugins: [plugin],
  });
  assertApplied();
  const module = { exports: {} as { productionDesign: Design } };
  const code = built.outputFiles[0]?.text ?? '';
  // The bundle is CommonJS made of our own sources a moment ago.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function('module', 'exports', 'require', code)(module, module.exports, createRequire(__filename));
  return module.exports.productionDesign;
}
