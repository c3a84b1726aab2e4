// Compares packages with the stored list of advisories: which version was looked up when, and what was found.
// Asks nobody: what was published after a day in that list, or was not found on it, is not known here.

/** advisories.json: `lookedUp` has the day of the search for each `name@version`. */
export interface StoredAdvisories {
  readonly advisories: readonly { readonly package: string; readonly id: string; readonly affected: string }[];
  readonly lookedUp: Readonly<Record<string, string>>;
}

export interface PackageVersion {
  readonly name: string;
  readonly version: string;
}

/** A version that nobody looked up is a fault, as is one in an affected range. `oldest` is the day longest ago. */
export function judgeAdvisories(
  packages: readonly PackageVersion[],
  { advisories, lookedUp }: StoredAdvisories,
): { oldest: string | undefined; faults: string[] } {
  const faults = packages.flatMap(({ name, version }) => [
    ...(lookedUp[`${name}@${version}`] === undefined ? [`${name}@${version}: not looked up`] : []),
    ...advisories
      .filter((one) => one.package === name && isInRange(version, one.affected))
      .map(({ id, affected }) => `${name}@${version}: ${id} affects ${affected}`),
  ]);
  const days = packages.flatMap(({ name, version }) => lookedUp[`${name}@${version}`] ?? []);
  return { oldest: days.sort()[0], faults };
}

const HOLDS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '=': (order) => order === 0,
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
};

/** Ranges as advisories have them: `>= 1.0.0 < 1.2.3 || < 0.9.1`. A version before a release counts as that release. */
export function isInRange(version: string, range: string): boolean {
  return range.split('||').some((part) => {
    const bounds = [...part.matchAll(/([<>]?=?)\s*(\d+\.\d+\.\d+)/g)];
    if (bounds.length === 0) throw new Error(`"${range}" is not a range`);
    return bounds.every(([, sign = '', bound = '']) => HOLDS[sign]?.(compare(version, bound)) ?? false);
  });
}

function compare(one: string, other: string): number {
  const numbers = (version: string) => (version.split(/[-+]/, 1)[0] ?? '').split('.').map(Number);
  const right = numbers(other);
  const differences = numbers(one).map((number, at) => number - (right[at] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
