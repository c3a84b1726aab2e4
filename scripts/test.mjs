// The one gate: types, lint, build, then every test. The last line is `N
// passed, N failed`; the exit status says the same.
// Arguments go to jest: `npm test -- test/unit` runs a part.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = (path) => join('node_modules', path);
const reports = mkdtempSync(join(tmpdir(), 'tones-test-'));
const report = join(reports, 'jest.json');

const checks = [
  ['types', bin('typescript/bin/tsc'), '--noEmit'],
  ...['console', 'local/graph-simulator/phone/page'].map((folder) => [
    `types of ${folder}`,
    bin('typescript/bin/tsc'),
    '--noEmit',
    '--project',
    folder,
  ]),
  ['format', bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  ['lint', bin('eslint/bin/eslint.js'), '.', '--max-warnings=0'],
  ['build', 'scripts/build.mjs'],
];

let passed = 0;
let failed = 0;

function run(script, ...args) {
  return spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' }).status === 0;
}

for (const [name, script, ...args] of checks) {
  const ok = run(script, ...args);
  console.log(`${ok ? 'PASS' : 'FAIL'} ${name}`);
  if (ok) passed += 1;
  else failed += 1;
}

const jestOk = run(
  bin('jest/bin/jest.js'),
  '--json',
  `--outputFile=${report}`,
  '--maxWorkers=2',
  ...process.argv.slice(2),
);
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  if (!jestOk && failed === 0) failed += 1;
} catch (error) {
  console.error(`jest left no report: ${error.message}`);
  failed += 1;
}
rmSync(reports, { recursive: true, force: true });

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
