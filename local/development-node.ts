// The program of the one Node.js that runs every script, child processes included:
// the package of it that was installed for this platform.
// It must not fall back to an older Node.js than Azurite and the SDKs need.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { optionalDependencies } from '../tools/node/package.json';

/** Where no package is made for the platform, the Node.js that runs this, if it is new enough. */
const OLDEST_MAJOR = 22;

/** Path of the program. Throws with what to do where there is none. */
export function developmentNode(packages: readonly string[] = Object.keys(optionalDependencies)): string {
  const { resolve } = createRequire(__filename);
  for (const name of packages) {
    try {
      const program = process.platform === 'win32' ? 'node.exe' : 'node';
      return join(dirname(resolve(`${name}/package.json`)), 'bin', program);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR) return process.execPath;
  throw new Error(
    `npm has no Node.js for ${process.platform} ${process.arch}: install Node.js ${OLDEST_MAJOR} or newer, then run "npm ci" again.`,
  );
}
