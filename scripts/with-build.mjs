// Builds the app and then runs a TypeScript file in this same process:
// `node --import tsx scripts/with-build.mjs local/demo.ts [arguments]`. Used
// by the scripts demo, start, host, chaos and bench.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import './end-with-parent.mjs';

const [node, , target, ...args] = process.argv;

await import('./build.mjs');

process.argv = [node, resolve(target), ...args];
await import(pathToFileURL(resolve(target)).href);
