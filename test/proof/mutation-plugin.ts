// An esbuild plugin that replaces one text of one file of shared/tones on its way into a bundle.
// Used by mutated-rules (the rules alone) and test/chaos/control-app (the whole app).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { Mutation } from './mutations';

const TONES = join(__dirname, '../../shared/tones');

export interface MutationPlugin {
  readonly plugin: Plugin;
  /** Throws if the file was not in the bundle. */
  readonly assertApplied: () => void;
}

/** The build fails unless the text stands in the file exactly once. */
export function mutationPlugin({ file, from, to }: Mutation): MutationPlugin {
  let applied = 0;
  return {
    plugin: {
      name: 'mutation',
      setup: (build) => {
        build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
          if (path !== join(TONES, file)) return undefined;
          const source = readFileSync(path, 'utf8');
          if (source.split(from).length !== 2) throw new Error(`the mutated text must stand once in ${file}: ${from}`);
          applied += 1;
          return { contents: source.replace(from, () => to), loader: 'ts' };
        });
      },
    },
    assertApplied: () => {
      if (applied !== 1) throw new Error(`${file} is not in the bundle`);
    },
  };
}
