// Each mutation is put into the production rules in turn; the proof must notice every one, from its seed.
import { findMutation } from './find-mutation';
import { MUTATIONS } from './mutations';

jest.setTimeout(120_000);

test.each(Object.entries(MUTATIONS))('the proof notices the mutation %s', async (_name, mutation) => {
  expect(await findMutation(mutation)).toBeDefined();
});
