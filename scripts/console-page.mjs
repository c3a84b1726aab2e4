// Makes the console page: one HTML file, with its style and its script inside.
// Knows nothing of the app. No source map and no comment of the sources is in it: it is served to anybody.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const OPTIONS = {
  bundle: true,
  minify: true,
  write: false,
  charset: 'utf8',
  legalComments: 'none',
  // The browsers of 2023 and later.
  target: ['chrome115', 'firefox117', 'safari17'],
  logLevel: 'warning',
};

/** The page of a folder with page.html, style.css and main.ts. */
export async function makeConsolePage(folder) {
  const [script, style] = await Promise.all(
    ['main.ts', 'style.css'].map(async (file) => {
      const { outputFiles } = await build({
        ...OPTIONS,
        ...(file.endsWith('.ts') && { format: 'iife' }),
        entryPoints: [join(folder, file)],
      });
      return outputFiles[0].text.trim();
    }),
  );
  const html = readFileSync(join(folder, 'page.html'), 'utf8').replaceAll(/>\s+</g, '>\n<');
  return put(put(html, 'style', style), 'script', script);
}

/** Puts the text into the one empty element of that name. */
function put(html, name, text) {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const parts = html.split(`${open}${close}`);
  if (parts.length !== 2) throw new Error(`page.html must have one empty ${name} element`);
  if (text.includes(close)) throw new Error(`the ${name} would end early`);
  return [parts[0], open, text, close, parts[1]].join('');
}
