// Types of bundle.mjs, for the tests and benchmarks in TypeScript.
// Written by hand: the script itself is plain JavaScript, which npm runs without a loader.
import type { BuildOptions, Plugin } from 'esbuild';
import type { BundledPackage } from './package/bundled-packages.mjs';

export const BUNDLE_OPTIONS: BuildOptions;
export const BUNDLED_FILES: readonly string[];
export const CONSOLE_FILE: string;
export const NOTICES_FILE: string;
export interface MadeBundle {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly packages: readonly BundledPackage[];
}
export function makeBundle(plugins?: readonly Plugin[]): Promise<MadeBundle>;
export function bundleApp(directory: string, plugins?: readonly Plugin[]): Promise<void>;
