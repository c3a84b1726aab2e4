// Jest's environment for Node, in which a file ends with the first test that fails: a mutant needs no second one, and
// one that hangs costs the limit of one test.
// Knows nothing of mutants: where no test fails, all of them run.
const { TestEnvironment } = require('jest-environment-node');

module.exports = class FirstFailure extends TestEnvironment {
  hasFailed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_done' && test.errors.length > 0) this.hasFailed = true;
    if (name === 'test_start' && this.hasFailed) test.mode = 'skip';
  }
};
