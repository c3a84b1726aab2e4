// docs/performance.md names the commit of every figure: the one that the files in bench/results were measured at. And those keep no samples.
// Looks at no figure.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readText } from '../../support/documents/repository';

interface Measured {
  readonly facts: { readonly date: string; readonly commit: string; readonly dirty: boolean };
}

/** All figures are of one commit. */
const COMMITS = 1;

const files = readdirSync(join(ROOT, 'bench', 'results')).sort();
const measuredIn = (file: string) => JSON.parse(readText(`bench/results/${file}`)) as Measured;

/** The rows of the page's table: file, commit, changes, time. */
const rows = [
  ...readText('docs/performance.md').matchAll(
    /^\| `([\w-]+\.json)` \| `([0-9a-f]{7})`( with local changes)? \| (\d{4}-\d\d-\d\d \d\d:\d\d) \|$/gm,
  ),
].map(([, file, commit, changes, time]) => ({ file, commit, dirty: changes !== undefined, time }));

test('the page names the commit of every file of figures, as the file itself has it', () => {
  const stated = files.map((file) => {
    const { commit, dirty, date } = measuredIn(file).facts;
    return { file, commit: commit.slice(0, 7), dirty, time: date.slice(0, 16).replace('T', ' ') };
  });
  expect(rows).toEqual(stated);
});

test('the figures are of no more commits than is stated', () => {
  expect(new Set(files.map((file) => measuredIn(file).facts.commit)).size).toBe(COMMITS);
});

test.each(files)('%s names a whole commit, and keeps percentiles in the place of samples', (file) => {
  expect(measuredIn(file).facts.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(columnsOf(measuredIn(file))).toEqual([]);
});

/** Where a list of numbers stands. */
function columnsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')) return [path];
  return Object.entries(value).flatMap(([name, member]) => columnsOf(member, `${path}/${name}`));
}
