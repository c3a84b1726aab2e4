// Types of bundle.mjs, for the tests and benchmarks in TypeScript.
import type { BuildOptions, Plugin } from 'esbuild';

export const BUNDLE_OPTIONS: BuildOptions;
export const BUNDLED_FILES: readonly string[];
export function bundleApp(directory: string, plugins?: readonly Plugin[]): Promise<void>;
