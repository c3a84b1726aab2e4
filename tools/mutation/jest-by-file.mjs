// Stryker's Jest runner, one test file after the other: only files whose tests reach the mutant, and none after the one
// that noticed it. Jest by itself loads every file for every mutant, and Stryker cannot stop it early.
// Changes which files are run, and nothing of what a result means.
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { strykerPlugins as jestPlugins } from '@stryker-mutator/jest-runner';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

/** In the sandbox, which all processes of a run share: what the dry run saw, as `[name, file, milliseconds]`. */
const SEEN = 'tests-of-dry-run.json';

/** The files that hold tests of these names (of any name, where none are given), by how long they took. */
function filesWith(names) {
  const wanted = names && new Set(names);
  const tookMs = new Map();
  const files = new Set();
  for (const [name, file, ms] of JSON.parse(readFileSync(SEEN, 'utf8'))) {
    tookMs.set(file, (tookMs.get(file) ?? 0) + ms);
    if (wanted?.has(name) ?? true) files.add(file);
  }
  return [...files].sort((one, other) => tookMs.get(one) - tookMs.get(other));
}

/** The file that is named after the mutated one first. */
function ownFirst(files, mutated) {
  const isOwn = (file) => basename(file).startsWith(`${basename(mutated, '.ts')}.`);
  return [...files.filter(isOwn), ...files.filter((file) => !isOwn(file))];
}

function makeRunner(injector) {
  const runner = injector.injectFunction(jestPlugins[0].factory);
  const adapter = runner.jestTestAdapter;
  const [dryRun, mutantRun, run] = [
    runner.dryRun.bind(runner),
    runner.mutantRun.bind(runner),
    adapter.run.bind(adapter),
  ];

  runner.dryRun = async (options) => {
    const result = await dryRun(options);
    const seen = (result.tests ?? []).map(({ id, fileName, timeSpentMs }) => [id, fileName, timeSpentMs]);
    writeFileSync(SEEN, JSON.stringify(seen));
    return result;
  };
  runner.mutantRun = (options) => {
    const files = ownFirst(filesWith(options.testFilter), options.sandboxFileName);
    adapter.run = async (settings) => {
      let ran;
      for (const file of files) {
        ran = await run({ ...settings, testFiles: [file] });
        if (ran.results.numFailedTests + ran.results.numRuntimeErrorTestSuites > 0) break;
      }
      return ran;
    };
    return mutantRun(options);
  };
  return runner;
}
makeRunner.inject = tokens(commonTokens.injector);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'jest-by-file', makeRunner)];
