// A real browser for tests: the Chromium of this machine, driven by playwright-core, which downloads none.
// Where there is none, the tests of pages are left out with one line; where CI is `true` that is a failure.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** CHROMIUM_PATH, else the first of the usual names on the PATH. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['CHROMIUM_PATH'];
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = named ? [named] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the next one.
    return false;
  }
}

/** `describe`, or its `skip` where no browser is found and none is demanded; one file of tests says so for all. */
export function describeInBrowser({ saysSo = false } = {}): jest.Describe {
  if (findChromium() !== undefined || process.env['CI'] === 'true') return describe;
  if (saysSo)
    process.stderr.write('NOT RUN: tests of the pages. No Chromium was found: install it, or set CHROMIUM_PATH.\n');
  return describe.skip;
}

/** Run as root, as in containers, Chromium wants no sandbox; pages of ours are all that it opens. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('No Chromium was found, and CI must run the tests of the pages: .ci/run installs it.');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
