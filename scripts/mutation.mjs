// Mutation testing of shared/tones: installs Stryker, which nothing else needs, into tools/mutation, and runs it here.
// `npm run mutation`, with Stryker's own arguments behind `--`. It must not change what `npm ci` installed.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const OWN_FOLDER = join(ROOT, 'tools/mutation');

function run(command, args, cwd, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', ...options });
  if (error !== undefined) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}

// npm is a command file on Windows, which only a shell starts.
run('npm', ['ci'], OWN_FOLDER, { shell: process.platform === 'win32' });
const stryker = join(OWN_FOLDER, 'node_modules/@stryker-mutator/core/bin/stryker.js');
run(process.execPath, [stryker, 'run', ...process.argv.slice(2)], ROOT);
