// Copies what Azure needs into one folder, .local/package or the one given: the bundled
// files with their maps and the licences in them, host.json, package.json. No node_modules.
// Builds nothing: `npm run build` comes before. `zip` of the folder is a
// package for every way of deployment without azd.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_FILES } from './package/package-files.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const OWN_FOLDER = join(ROOT, '.local/package');

function fail(message) {
  console.error(message);
  process.exit(1);
}

const folder = resolve(process.argv[2] ?? OWN_FOLDER);
const missing = PACKAGE_FILES.filter((file) => !existsSync(join(ROOT, file)));
if (missing.length > 0) fail(`missing: ${missing.join(', ')}. Run "npm run build" first.`);
if (folder === OWN_FOLDER) rmSync(folder, { recursive: true, force: true });
else if (existsSync(folder) && readdirSync(folder).length > 0) fail(`${folder} is not empty.`);
for (const file of PACKAGE_FILES) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  cpSync(join(ROOT, file), join(folder, file));
}
console.log(`package: ${PACKAGE_FILES.length} files in ${folder}`);
