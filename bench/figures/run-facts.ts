// What a figure means nothing without: where, when and on what it was measured.
// Knows no scenario; measures nothing.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { developmentNode } from '../../local/development-node';

const PACKAGES = [
  'azurite',
  '@azure/functions',
  '@azure/data-tables',
  '@azure/storage-queue',
  '@azure/identity',
  '@microsoft/microsoft-graph-client',
  'jose',
  'zod',
  'esbuild',
] as const;

export interface RunFacts {
  readonly date: string;
  /** Of the measured app, in whole. */
  readonly commit: string;
  /** Files differed from it. */
  readonly dirty: boolean;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
}

export function runFacts(source: string): RunFacts {
  const output = (command: string, ...args: string[]) =>
    spawnSync(command, args, { cwd: source, encoding: 'utf8' }).stdout?.trim() ?? '';
  return {
    date: new Date().toISOString(),
    commit: output('git', 'rev-parse', 'HEAD') || 'unknown',
    dirty: output('git', 'status', '--porcelain') !== '',
    node: output(developmentNode(), '--version'),
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
  };
}

/** From the package.json above the package's entry point: not every package exports it. */
function versionOf(name: string): string {
  const { resolve } = createRequire(__filename);
  for (const folder of resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as { version: string }).version;
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  throw new Error(`${name} is not installed above ${dirname(__filename)}`);
}

export function describeFacts({
  date,
  commit,
  dirty,
  node,
  versions,
  processor,
  cores,
  memoryGb,
  system,
}: RunFacts): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${date.slice(0, 16).replace('T', ' ')} UTC, commit ${commit.slice(0, 7)}${dirty ? ' with local changes' : ''}, ${processor}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}, ${named.join(', ')}.`;
}
