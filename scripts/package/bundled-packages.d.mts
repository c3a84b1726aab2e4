// Types of bundled-packages.mjs, for the report in TypeScript and its tests.
// Written by hand: the script itself is plain JavaScript, which npm runs without a loader.
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string | undefined;
  readonly integrity: string;
  readonly isDevelopment: boolean;
  readonly dependencies: readonly string[];
  readonly folders: readonly string[];
  readonly purl: string;
}

export type LockedPackages = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export function packageFolderOf(path: string): string | undefined;
export function packagesOf(paths: readonly string[], lockedPackages: LockedPackages): BundledPackage[];
export function productionPackages(lockedPackages: LockedPackages): BundledPackage[];
