// Looks for a history in which a mutated rule breaks a promise: at random first, then through the explored scenarios.
// Used by `npm run prove` and by test/proof/mutants/mutants.test.ts.
import { explore } from '../exploration/explore';
import { USUAL_FAULTS } from '../simulation/faults';
import { mutatedDesign } from './mutated-rules';
import type { Mutation } from './mutations';
import { SCENARIOS } from '../exploration/scenarios';
import { simulate } from '../simulation/simulate';

const SEED = 1;
const RANDOM_REQUESTS = 10_000;
const MOST_STATES = 3000;

/** How the mutation was noticed; undefined if it survived. */
export async function findMutation(mutation: Mutation): Promise<string | undefined> {
  const design = await mutatedDesign(mutation);
  const explored =
    mutation.foundIn === undefined ? [] : SCENARIOS.filter((scenario) => scenario.name === mutation.foundIn);
  for (const scenario of explored) {
    const { failure, states } = await explore(design, scenario, MOST_STATES);
    if (failure) return `${failure.violation.promise} after ${states} explored states (${failure.violation.detail})`;
  }
  const { firstFailure, requests } = await simulate({
    design,
    requests: RANDOM_REQUESTS,
    faults: USUAL_FAULTS,
    seed: SEED,
    stopAtFirst: true,
  });
  return (
    firstFailure &&
    `${firstFailure.violation.promise} within ${requests} simulated requests (${firstFailure.violation.detail})`
  );
}
