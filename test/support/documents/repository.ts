// The repository's own files, as contract tests read them: tracked files, documents, and their tables.
// Stands under test/contracts.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

export const ROOT = join(__dirname, '../../..');

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function readJsonFile<T>(path: string): T {
  return JSON.parse(readText(path)) as T;
}

/** What .gitignore keeps out, for a copy of the repository that git knows nothing of. */
const NEVER_TRACKED =
  /(?:^|\/)node_modules\/|^(?:dist|\.local|coverage|reports|\.stryker-tmp|\.git)(?:\/|$)|(?:^|\/)local\.settings\.json$|\.log$/;

/** Paths with `/`, relative to the root: what git tracks, and what it would with the next commit. */
export function repositoryFiles(): string[] {
  const git = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = git.status === 0 ? git.stdout.split('\n') : everyPath().filter((path) => !NEVER_TRACKED.test(path));
  return files
    .filter((path) => path !== '' && statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() === true)
    .sort();
}

function everyPath(): string[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).map((path) => path.split(sep).join('/'));
}

/** The part of a Markdown document under one heading of any level, up to the next one. */
export function sectionOf(document: string, heading: string): string {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start === -1) throw new Error(`there is no heading "${heading}"`);
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line));
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n');
}

/** The cells of the rows of the first table in a text, without its head. */
export function tableOf(text: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  if (start === -1) throw new Error('there is no table');
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end === -1 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands between backticks, in order; fenced blocks are no spans. */
export function codeSpansOf(text: string): string[] {
  return [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}
