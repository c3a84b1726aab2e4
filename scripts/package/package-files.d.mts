// Types of package-files.mjs, for the report in TypeScript.
// Written by hand: the script itself is plain JavaScript, which npm runs without a loader.
export const PACKAGE_FILES: readonly string[];
