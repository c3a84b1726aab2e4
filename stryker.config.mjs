// Stryker: mutates one room of shared/ (MUTATED_ROOM, set by scripts/mutation.mjs), with the tests that are about it.
// A test that says nothing of a room only makes its run longer, so each room names its own.
import { fileURLToPath } from 'node:url';
import { ROOMS } from './scripts/mutated-rooms.mjs';

const room = process.env.MUTATED_ROOM ?? 'tones';
const tests = ROOMS[room];

export default {
  mutate: [`shared/${room}/**/*.ts`],
  plugins: ['@stryker-mutator/*', './tools/mutation/jest-by-file.mjs'],
  testRunner: 'jest-by-file',
  jest: {
    configFile: 'jest.config.mjs',
    config: {
      testMatch: tests.map((path) => `<rootDir>/test/${path}.test.ts`),
      testEnvironment: fileURLToPath(import.meta.resolve('./tools/mutation/first-failure.cjs')),
    },
  },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A busy machine is no infinite loop: those are counted, not timed.
  timeoutMS: 20_000,
  incremental: false,
  tempDirName: `.stryker-tmp/${room}`,
  ignorePatterns: ['.local', '.stryker-tmp', 'coverage', 'dist', 'docs', 'reports'],
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: `reports/mutation-${room}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 98, low: 95, break: 95 },
};
