// An esbuild plugin that replaces one text of one file of shared/tones on its way into a bundle.
// Used by mutated-rules (the rules alone) and test/chaos/control-app (the whole app).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { Mutation, Replacement } from './mutation';

const TONES = join(__dirname, '../../../shared/tones');

export interface MutationPlugin {
  readonly plugin: Plugin;
  /** Throws if the file was not in the bundle. */
  readonly assertApplied: () => void;
}

/** The build fails unless each text stands in its file exactly once. The two places of a mutation are in two files. */
export function mutationPlugin({ and, ...first }: Mutation): MutationPlugin {
  const replacements = new Map([first, ...(and ? [and] : [])].map((one) => [join(TONES, one.file), one]));
  const applied = new Set<string>();
  return {
    plugin: {
      name: 'mutation',
      setup: (build) => {
        build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
          const replacement = replacements.get(path);
          if (replacement === undefined) return undefined;
          applied.add(path);
          return { contents: replaced(readFileSync(path, 'utf8'), replacement), loader: 'ts' };
        });
      },
    },
    assertApplied: () => {
      for (const [path, { file }] of replacements)
        if (!applied.has(path)) throw new Error(`${file} is not in the bundle`);
    },
  };
}

function replaced(source: string, { file, from, to }: Replacement): string {
  const pattern = patternOf(from);
  const places = source.match(pattern)?.length ?? 0;
  if (places !== 1) throw new Error(`the mutated text stands ${places} times, not once, in ${file}: ${from}`);
  return source.replace(pattern, () => to);
}

/** The text however the formatter breaks it: any white space between its words, and a comma before a closing bracket. */
function patternOf(text: string): RegExp {
  const words = text.match(/\w+|[^\s\w]/g) ?? [];
  const parts = words.map((word) => (/[)\]}]/.test(word) ? `,?\\s*\\${word}` : word.replace(/\W/, '\\$&')));
  return new RegExp(parts.join('\\s*'), 'g');
}
