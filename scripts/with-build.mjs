// Builds the app and then runs a TypeScript file in this same process:
// `node --import tsx scripts/with-build.mjs local/demo.ts [arguments]`. Used by the scripts demo, start, host, chaos and bench.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [node, , target, ...args] = process.argv;

// npm hands SIGTERM to its shell, which dies without passing it on: who is orphaned takes it as meant for itself.
const parent = process.ppid;
const PARENT_LOOK_MS = 200;
const look = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(look);
  process.kill(process.pid, 'SIGTERM');
}, PARENT_LOOK_MS).unref();

await import('./build.mjs');

process.argv = [node, resolve(target), ...args];
await import(pathToFileURL(resolve(target)).href);
