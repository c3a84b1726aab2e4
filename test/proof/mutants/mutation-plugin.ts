// An esbuild plugin that replaces one text of one file of shared/tones on its way into a bundle.
// Used by mutated-rules (the rules alone) and test/chaos/control-app (the whole app).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { Mutation } from './mutations';

const TONES = join(__dirname, '../../../shared/tones');

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
          const pattern = patternOf(from);
          const places = source.match(pattern)?.length ?? 0;
          if (places !== 1) throw new Error(`the mutated text stands ${places} times, not once, in ${file}: ${from}`);
          applied += 1;
          return { contents: source.replace(pattern, () => to), loader: 'ts' };
        });
      },
    },
    assertApplied: () => {
      if (applied !== 1) throw new Error(`${file} is not in the bundle`);
    },
  };
}

/** The text however the formatter breaks it: any white space between its words, and a comma before a closing bracket. */
function patternOf(text: string): RegExp {
  const words = text.match(/\w+|[^\s\w]/g) ?? [];
  const parts = words.map((word) => (/[)\]}]/.test(word) ? `,?\\s*\\${word}` : word.replace(/\W/, '\\$&')));
  return new RegExp(parts.join('\\s*'), 'g');
}
