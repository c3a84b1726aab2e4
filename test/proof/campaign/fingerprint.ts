// What a campaign is about, as one hash: the rules, and the proof that runs them. Another hash is another campaign.
// Reads the sources alone; tests do not count.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '../../..');
const SOURCES = [
  'shared/tones',
  'shared/outbound/callback-answer.ts',
  'shared/storage/request-index.ts',
  'test/proof',
] as const;

export function fingerprintOfSources(): string {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((source) => filesOf(join(ROOT, source))).sort())
    hash.update(`${relative(ROOT, path)}\n${readFileSync(path, 'utf8')}\n`);
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(path, name));
}
