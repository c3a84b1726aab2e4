// Under which licences the packages may be that are installed for production.
// A choice between several, or a text instead of an SPDX name, is for a person to judge: it is not in the list.
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']);

export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence?: string | undefined;
}

/** How many packages each licence has, and those whose licence is not allowed. */
export function judgeLicences(packages: readonly LicensedPackage[]): {
  counts: Record<string, number>;
  faults: string[];
} {
  const counts: Record<string, number> = {};
  for (const { licence = 'not named' } of packages) counts[licence] = (counts[licence] ?? 0) + 1;
  const faults = packages
    .filter(({ licence }) => licence === undefined || !ALLOWED.has(licence))
    .map(({ name, version, licence = 'not named' }) => `${name}@${version}: licence ${licence} is not allowed`);
  return { counts, faults };
}
