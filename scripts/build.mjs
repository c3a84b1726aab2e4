// Bundles the app into dist/, which is all that the Functions worker loads (scripts/bundle.mjs).
// Checks no types: `npm run build` does that first.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stop } from 'esbuild';
import { bundleApp } from './bundle.mjs';

await bundleApp(join(dirname(fileURLToPath(import.meta.url)), '..'));
// Its service would keep the process of scripts/with-build.mjs alive.
await stop();
