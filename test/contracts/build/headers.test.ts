// The headers of files: two lines, of which the second says a reason or what the file must not know, and never who uses it:
// that is what a search is for, and it rots.
import { readText, repositoryFiles } from '../../support/documents/repository';

const files = repositoryFiles().filter((path) =>
  /^(?:functions|shared|console|local|openapi|bench|scripts)\/.*\.(?:ts|mts|mjs)$/.test(path),
);

/** The comment lines at the top of a file, after the line for a shell. */
function headerOf(path: string): string[] {
  const lines = readText(path).split('\n');
  const start = lines[0]?.startsWith('#!') ? 1 : 0;
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith('//'));
  return lines.slice(start, end === -1 ? undefined : end);
}

test('every file opens with a header of two lines', () => {
  expect(files.length).toBeGreaterThan(200);
  const bad = files.filter((path) => headerOf(path).filter((line) => /^\/\/ \S/.test(line)).length < 2);
  expect(bad).toEqual([]);
});

test('no header says who uses the file, or where it stands among others', () => {
  const bad = files.filter((path) =>
    /^\/\/ (?:Used by|Called by|Made by|Made once in|Stands (?:in|at|on|under|below|above|between|beside|inside|behind))\b/m.test(
      headerOf(path).join('\n'),
    ),
  );
  expect(bad).toEqual([]);
});
