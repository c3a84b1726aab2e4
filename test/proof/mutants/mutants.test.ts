// Each condition of the promise is taken away in turn; the proof must notice every time.
import { findMutation } from './find-mutation';
import { MUTATIONS } from './mutations';

jest.setTimeout(120_000);

test.each(Object.entries(MUTATIONS))('the proof notices the mutation %s', async (_name, mutation) => {
  expect(await findMutation(mutation)).toMatch(
    /double press|lost|not final|false status|late press|order inversion|unexplained|callback lost/,
  );
});
