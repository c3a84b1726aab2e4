// The steps of a release check, in their order: the cheap ones first, so that what is plainly wrong shows within minutes.
// Each is a command that a person can run alone. The limits leave room for a busy machine: together they are more than the whole may take.
export interface ReleaseStep {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly limitSeconds: number;
  /** What the step showed, from a line that it printed; of several lines the last of each pattern counts. */
  readonly figures: readonly Figure[];
}

/** Text with `$1` for what the pattern caught. */
export interface Figure {
  readonly line: RegExp;
  readonly shows: string;
  /** Printed only where something is wrong. */
  readonly isOptional?: true;
}

function npmStep(
  script: string,
  options: readonly string[],
  limitSeconds: number,
  figures: readonly Figure[],
): ReleaseStep {
  const args = [...(script === 'test' ? ['test'] : ['run', script]), ...(options.length > 0 ? ['--', ...options] : [])];
  return { name: script, command: 'npm', args, limitSeconds, figures };
}

export const RELEASE_STEPS: readonly ReleaseStep[] = [
  npmStep('lint', [], 180, [
    { line: /^All matched files use Prettier code style!$/, shows: 'format and lint as they should be' },
  ]),
  // Checks the types, too.
  npmStep('build', [], 180, []),
  npmStep('package-report', [], 60, [{ line: /^package: (.+)$/, shows: '$1' }]),
  npmStep('demo', [], 180, [
    { line: /^ *[\d.]+ s +All outcomes are as expected.*$/, shows: 'all outcomes as expected' },
  ]),
  npmStep('fuzz', [], 240, [
    { line: /^(\d+) inputs, seed (\d+);.*; (\d+) faults$/, shows: '$1 inputs, $3 faults, seed $2' },
  ]),
  // As .ci/run does it: a test that needs what is not installed fails instead of being left out.
  { ...npmStep('test', [], 1080, [{ line: /^(\d+ passed, \d+ failed)$/, shows: '$1' }]), env: { CI: 'true' } },
  npmStep('chaos', ['--kills', '60'], 600, [
    { line: /^kills +(\d+) \(.*$/, shows: '$1 kills' },
    { line: /^FAIL (.+)$/, shows: 'broken: $1', isOptional: true },
    { line: /^as it should be$/, shows: 'every promise kept' },
  ]),
  npmStep('prove', ['--requests', '100000'], 1080, [
    { line: /^Faults: (\d+) requests, .* seed (\d+)$/, shows: '$1 requests, seed $2' },
    { line: /^ +(\d+ of \d+ designs) noticed$/, shows: '$1 noticed' },
    { line: /^ +(\d+ of \d+ mutants) noticed$/, shows: '$1 noticed' },
    { line: /^ +(\d+ states) visited in all$/, shows: '$1' },
    { line: /^Every promise was kept, and every control was caught\.$/, shows: 'every promise kept' },
  ]),
  npmStep('mutation', ['--rooms', 'tones', '--mutate', 'shared/tones/delivery/press/claim.ts'], 300, [
    { line: /^ *claim\.ts +\| +([\d.]+) \|.*$/, shows: '$1 % of the mutants of the claim noticed' },
  ]),
  npmStep('scale', [], 120, [
    { line: /^\| Azure \| adaptive \| (\d+) \|.*$/, shows: "$1 requests/s with Azure's latencies" },
  ]),
  npmStep('bench', ['--quick', '--out', 'reports/bench-quick.json'], 420, [
    { line: /^figures: (.+)$/, shows: 'every scenario ran (a smoke test: no figures for a page)' },
  ]),
];
