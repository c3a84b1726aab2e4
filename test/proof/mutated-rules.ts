// Loads the production rules with one mutation applied to their source text, beside the real ones in the same process.
// Bundles test/proof/rules.ts with esbuild, replacing the text of one file on the way.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Mutation } from './mutations';
import type { Design } from './rules';

const TONES = join(__dirname, '../../shared/tones');

export async function mutatedDesign({ file, from, to }: Mutation): Promise<Design> {
  let applied = 0;
  const built = await build({
    entryPoints: [join(__dirname, 'rules.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutation',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (path !== join(TONES, file)) return undefined;
            const source = readFileSync(path, 'utf8');
            if (source.split(from).length !== 2) throw new Error(`the mutated text must stand once in ${file}: ${from}`);
            applied += 1;
            return { contents: source.replace(from, () => to), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (applied !== 1) throw new Error(`${file} is not loaded by the rules`);
  const module = { exports: {} as { productionDesign: Design } };
  const code = built.outputFiles[0]?.text ?? '';
  // The bundle is CommonJS made of our own sources a moment ago.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function('module', 'exports', 'require', code)(module, module.exports, createRequire(__filename));
  return module.exports.productionDesign;
}
