// Builds the whole app with one condition of the promise taken away: the chaos run must notice it, else it proves nothing.
// Used by `npm run chaos -- --control NAME`; the mutations are those of the proof.
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APP_DIRECTORY } from '../../local/local-stack';
import { bundleApp } from '../../scripts/bundle.mjs';
import { mutationPlugin } from '../proof/mutants/mutation-plugin';
import { MUTATIONS } from '../proof/mutants/mutations';

/** The directory of the mutated app, under the system's temporary one. */
export async function buildControlApp(name: string): Promise<string> {
  const mutation = MUTATIONS[name];
  if (mutation === undefined)
    throw new Error(`there is no mutation "${name}"; there are ${Object.keys(MUTATIONS).join(', ')}`);
  const directory = mkdtempSync(join(tmpdir(), 'tones-control-'));
  for (const file of ['package.json', 'host.json']) copyFileSync(join(APP_DIRECTORY, file), join(directory, file));
  const { plugin, assertApplied } = mutationPlugin(mutation);
  await bundleApp(directory, [plugin]);
  assertApplied();
  return directory;
}
