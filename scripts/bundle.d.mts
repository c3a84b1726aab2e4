// Types of bundle.mjs, for the tests and benchmarks in TypeScript.
// Written by hand: the script itself is plain JavaScript, which npm runs without a loader.
import type { BuildOptions, Plugin } from 'esbuild';

export const BUNDLE_OPTIONS: BuildOptions;
export const BUNDLED_FILES: readonly string[];
export const CONSOLE_FILE: string;
export function bundleApp(directory: string, plugins?: readonly Plugin[]): Promise<void>;
