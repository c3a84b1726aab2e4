// Mutation testing of the rooms of shared/: installs Stryker, which nothing else needs, into tools/mutation, and runs
// it here, room by room. `npm run mutation -- --rooms graph,http` takes some of them; every other argument is Stryker's.
// It must not change what `npm ci` installed.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOMS } from './mutated-rooms.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const OWN_FOLDER = join(ROOT, 'tools/mutation');

function succeeds(command, args, cwd, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', ...options });
  if (error !== undefined) console.error(error.message);
  return status === 0;
}

/** What stands behind `--rooms`, or all rooms; and what is left for Stryker. */
function roomsOf(args) {
  const at = args.indexOf('--rooms');
  if (at === -1) return { rooms: Object.keys(ROOMS), others: args };
  const rooms = (args[at + 1] ?? '').split(',');
  const unknown = rooms.find((room) => !Object.hasOwn(ROOMS, room));
  if (unknown !== undefined) {
    console.error(`--rooms: there is no "${unknown}"; there are ${Object.keys(ROOMS).join(', ')}.`);
    process.exit(2);
  }
  return { rooms, others: args.toSpliced(at, 2) };
}

const { rooms, others } = roomsOf(process.argv.slice(2));
// npm is a command file on Windows, which only a shell starts.
if (!succeeds('npm', ['ci'], OWN_FOLDER, { shell: process.platform === 'win32' })) process.exit(1);
const stryker = join(OWN_FOLDER, 'node_modules/@stryker-mutator/core/bin/stryker.js');
for (const room of rooms) {
  console.log(`shared/${room}`);
  const env = { ...process.env, MUTATED_ROOM: room };
  // A room below the threshold fails the run, after the others had their turn.
  if (!succeeds(process.execPath, [stryker, 'run', ...others], ROOT, { env })) process.exitCode = 1;
}
