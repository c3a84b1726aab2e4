// `npm run screenshots`: a picture of every state of the pages, into .local/screenshots, by the tests that walk through them.
// Those that documents show are copied to docs/images.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join('.local', 'screenshots');
const SHOWN = { 'console-light.png': 'console.png', 'phone.png': 'phone.png' };

rmSync(FOLDER, { recursive: true, force: true });
const run = (script, ...args) =>
  spawnSync(process.execPath, [script, ...args], {
    stdio: 'inherit',
    // Without a browser there would be no pictures: that is a fault here.
    env: { ...process.env, CI: 'true', SCREENSHOTS: FOLDER },
  }).status === 0;
const isDone =
  run(join('scripts', 'build.mjs')) &&
  run(join('node_modules', 'jest', 'bin', 'jest.js'), 'test/browser/states', 'test/browser/phone');
if (!isDone) process.exit(1);
mkdirSync(join('docs', 'images'), { recursive: true });
for (const [from, to] of Object.entries(SHOWN)) copyFileSync(join(FOLDER, from), join('docs', 'images', to));
console.log(`pictures: ${FOLDER}; shown: ${Object.values(SHOWN).join(', ')} in docs/images`);
