// The text that goes with the bundle: which packages are in it, under which licences, and the texts of those.
// Licences ask for their text in every copy, and esbuild drops the comments that held some of them.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LEGAL_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;
const LINE = '-'.repeat(80);

/** Packages that share a text, letter by letter, stand above it together. */
export function thirdPartyNotices(root, packages) {
  const byText = new Map();
  for (const one of packages) {
    const text = legalText(root, one);
    byText.set(text, [...(byText.get(text) ?? []), `${one.name} ${one.version} (${one.licence})`]);
  }
  const sections = [...byText].map(([text, titles]) => [LINE, ...titles, LINE, '', text, ''].join('\n'));
  return [`graph-call-tones contains parts of the following ${packages.length} packages.\n`, ...sections].join('\n');
}

function legalText(root, { licence, folders: [folder] }) {
  const files = readdirSync(join(root, folder)).filter((name) => LEGAL_FILE.test(name));
  const texts = files.sort().map((name) => readFileSync(join(root, folder, name), 'utf8'));
  if (texts.length > 0) return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
  if (licence !== 'MIT') throw new Error(`${folder} comes without the text of its licence`);
  const { author } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const holder = typeof author === 'string' ? author : author.name;
  return mitText(holder.replace(/ *[<(].*/, ''));
}

/** https://opensource.org/license/mit, for the package that names this licence and comes without its text. */
function mitText(holder) {
  return `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
}
