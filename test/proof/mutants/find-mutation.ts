// Looks for a history in which a mutated rule breaks a promise: through the explored scenario first, if it names one, then at random.
// A run that breaks no promise, and presses or retries suspiciously little, is noticed, too.
import { explore } from '../exploration/explore';
import { SCENARIOS } from '../exploration/scenarios';
import { belowFloors, FLOORS_WITH_FAULTS, FLOORS_WITHOUT_FAULTS } from '../judge/floors';
import { NO_FAULTS, USUAL_FAULTS } from '../simulation/faults';
import { simulate } from '../simulation/simulate';
import { mutatedDesign } from './mutated-rules';
import type { Mutation } from './mutation';

/** Its first world is one with a crowd on its only call. */
const SEED_OF_CROWD = 1;
const SEED = 2;
const RANDOM_REQUESTS = 10_000;
const MOST_STATES = 3000;

/** How the mutation was noticed; undefined if it survived. */
export async function findMutation(mutation: Mutation): Promise<string | undefined> {
  const design = await mutatedDesign(mutation);
  const { foundIn, isSeenWithoutFaults, amongFaults, breaks } = mutation;
  for (const scenario of SCENARIOS.filter(({ name }) => name === foundIn)) {
    const { failure, states } = await explore(design, scenario, MOST_STATES);
    if (failure && (breaks === undefined || failure.violation.promise === breaks))
      return `${failure.violation.promise} after ${states} explored states (${failure.violation.detail})`;
  }
  const options = isSeenWithoutFaults
    ? { faults: NO_FAULTS, seed: SEED_OF_CROWD }
    : { faults: amongFaults ?? USUAL_FAULTS, seed: SEED };
  const result = await simulate({ design, requests: RANDOM_REQUESTS, stopAtFirst: breaks ?? true, ...options });
  const { firstFailure: failure, requests } = result;
  if (failure) {
    const { promise, detail } = failure.violation;
    return `${promise} within ${requests} simulated requests (${detail})`;
  }
  if (breaks !== undefined) return undefined;
  const [tooFew] = belowFloors(result, isSeenWithoutFaults ? FLOORS_WITHOUT_FAULTS : FLOORS_WITH_FAULTS);
  return tooFew;
}
