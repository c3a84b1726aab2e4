// Which files of this repository a deployment uploads: what `.funcignore` leaves over, read in both ways that tools read it.
// Stands under test/contracts; looks at what is really on the disk, built files included, as the tools do.
import { readdirSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { ROOT, readText } from './repository';

/** Everything that may be uploaded. */
export const SHIPPED = [
  'dist/THIRD-PARTY-NOTICES.txt',
  'dist/console.html',
  'dist/graph-client.js',
  'dist/graph-client.js.map',
  'dist/identity.js',
  'dist/identity.js.map',
  'dist/jose.js',
  'dist/jose.js.map',
  'dist/main.js',
  'dist/main.js.map',
  'dist/storage.js',
  'dist/storage.js.map',
  'dist/telemetry.js',
  'dist/telemetry.js.map',
  'host.json',
  'package.json',
];

/** Those that hold code of our own; the others are packages only. */
export const OWN_BUNDLES = ['dist/main.js', 'dist/telemetry.js'];

export type IsIgnored = (path: string, patterns: readonly string[]) => boolean;

export function ignorePatterns(): string[] {
  return readText('.funcignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** As git reads a pattern: a name at any depth, a folder, `*` within a name. */
export function isIgnoredByName(path: string, patterns: readonly string[]): boolean {
  const parts = path.split('/');
  return patterns.some((pattern) => {
    const names = pattern.endsWith('/') ? parts.slice(0, -1) : parts;
    return names.some((name) => matchesGlob(name, pattern.replace(/\/$/, '')));
  });
}

/** As Core Tools does: what a path begins with. */
export function isIgnoredByStart(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}`).test(path),
  );
}

/** The files on the disk that are not ignored; a folder that is ignored is not entered, as its name alone decides. */
export function filesToUpload(
  isIgnored: IsIgnored,
  patterns: readonly string[] = ignorePatterns(),
  folder = '',
): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return isIgnored(`${path}/x`, patterns) ? [] : filesToUpload(isIgnored, patterns, path);
    return isIgnored(path, patterns) ? [] : [path];
  });
}
