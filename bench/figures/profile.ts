// The functions that took the most CPU time of their own, from the CPU profiles
// of the host and of Azurite (npm run bench -- --profile).
// Positions in a bundle are led back to the source files by its source map.
import { existsSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../../local/wait-for';
import { table } from './markdown';
import type { Stage } from '../stage';

const SHOWN = 25;

/**
 * Ends the profiles of a stage, which `toggleProfiles` began, and sums
 * them up. They stay in the directory for DevTools.
 */
export async function topOfProfiles(stage: Stage, directory: string): Promise<string[]> {
  stage.toggleProfiles();
  const files = ['host-1.cpuprofile', 'azurite.cpuprofile'].map((name) => join(directory, name));
  await waitFor('the CPU profiles', () => files.every((file) => existsSync(file) && isWhole(file)));
  return files.map(
    (file) =>
      `CPU profile ${basename(file, '.cpuprofile')} (${file.slice(file.indexOf('.local'))}):\n\n${topOf(JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile)}`,
  );
}

function isWhole(file: string): boolean {
  return readFileSync(file, 'utf8').endsWith('}');
}

function topOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): string {
  const selfUs = new Map<number, number>();
  for (const [position, id] of samples.entries()) selfUs.set(id, (selfUs.get(id) ?? 0) + (timeDeltas[position] ?? 0));
  const totalUs = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  const place = makePlaceFinder();
  const byFunction = new Map<string, number>();
  const byPackage = new Map<string, number>();
  for (const { id, callFrame } of nodes) {
    const us = selfUs.get(id) ?? 0;
    if (us === 0 || callFrame.functionName === '(idle)') continue;
    const at = place(callFrame);
    add(byFunction, `${callFrame.functionName || '(anonymous)'} ${at}`, us);
    add(byPackage, packageOf(at, callFrame.functionName), us);
  }
  const rows = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, SHOWN)
      .map(([name, us]) => [name, (us / 1000).toFixed(0), `${((100 * us) / totalUs).toFixed(1)} %`]);
  const busyUs = [...byFunction.values()].reduce((sum, us) => sum + us, 0);
  return [
    `${(totalUs / 1e6).toFixed(1)} s, of which ${((100 * busyUs) / totalUs).toFixed(1)} % busy.`,
    table(['function', 'self ms', 'of the time'], rows(byFunction)),
    table(['package', 'self ms', 'of the time'], rows(byPackage)),
  ].join('\n\n');
}

function add(counts: Map<string, number>, name: string, us: number): void {
  counts.set(name, (counts.get(name) ?? 0) + us);
}

/** `path:line` of a frame, in the source file where a map tells it. */
function makePlaceFinder(): (frame: { url: string; lineNumber: number; columnNumber: number }) => string {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (url: string): SourceMap | undefined => {
    if (!maps.has(url)) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : url;
      maps.set(
        url,
        existsSync(`${file}.map`)
          ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload)
          : undefined,
      );
    }
    return maps.get(url);
  };
  return ({ url, lineNumber, columnNumber }) => {
    if (url === '' || url.startsWith('node:')) return url || '(engine)';
    const entry = mapOf(url)?.findEntry(lineNumber, columnNumber);
    if (entry && 'originalSource' in entry)
      return `${entry.originalSource}:${entry.originalLine + 1}`
        .replace(/^.*node_modules\//, 'node_modules/')
        .replace(/^(?:\.\.\/)+/, '');
    return `${url}:${lineNumber + 1}`
      .replace(/^.*node_modules\//, 'node_modules/')
      .replace(/^file:\/\/.*?\/(?=local\/|bench\/|dist\/)/, '');
  };
}

function packageOf(place: string, functionName: string): string {
  if (place === '(engine)') return functionName;
  if (place.startsWith('node:')) return place;
  const named = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(place)?.[1];
  return named ?? place.replace(/:.*$/, '').replace(/\/[^/]*$/, '');
}
