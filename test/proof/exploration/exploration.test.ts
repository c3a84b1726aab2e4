// Small histories explored inside `npm test`; `npm run prove` explores all of them to the end.
import { explore } from './explore';
import { productionDesign } from '../rules';
import { SCENARIOS } from './scenarios';

jest.setTimeout(180_000);

/** Explored to the end here; of the others, the first states. */
const SMALL = [
  'a claim that the SDK sends twice',
  'a late report while the timer closes its entry',
  'a request that is accepted while its old entry is forgotten',
  'a callback that is asked for while its request ends',
];
const FIRST_STATES = 1000;

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  'no order of steps breaks a promise: %s',
  async (name, scenario) => {
    const isSmall = SMALL.includes(name);
    const result = await explore(productionDesign, scenario, isSmall ? Infinity : FIRST_STATES);
    expect(result.failure).toBeUndefined();
    expect(result.complete || result.states >= FIRST_STATES).toBe(true);
    expect(result.histories).toBeGreaterThan(0);
    if (isSmall) expect(result.complete).toBe(true);
  },
);
