// What the page advises about asking again: by the error, and by what was certainly pressed, or certainly not.
import { adviceFor } from '../../../console/meanings';
import { AT } from './samples';

const AGAIN = 'The same keys can be asked for again: as a new request, under a new name.';
const NO = 'Asking again changes nothing before the cause is removed.';
const CHECK = 'Keys may have been heard. Listen to the call, or ask its other end, before you ask again.';

test.each([
  ['no press', {}, `It was certainly never pressed. ${AGAIN}`],
  ['no tone played', { playedToneCount: 0 }, `It was certainly never pressed. ${AGAIN}`],
  ['a press', { sentAt: AT }, CHECK],
  ['a part that was played', { sentAt: AT, playedToneCount: 1 }, CHECK],
  ['a part that was played, its time not known', { playedToneCount: 1 }, CHECK],
])('after a cancel, or a message that was given up, with %s', (_, facts, advice) => {
  expect(adviceFor({ errorCode: 'canceled-by-caller', ...facts })).toBe(advice);
  expect(adviceFor({ errorCode: 'delivery-failed', ...facts })).toBe(advice);
});

test.each([
  ['expired', AGAIN],
  ['call-not-found', NO],
  ['worker-lost', CHECK],
])('%s says by itself whether asking again can help, unless a part was played', (errorCode, advice) => {
  expect(adviceFor({ errorCode })).toBe(advice);
  expect(adviceFor({ errorCode, playedToneCount: 1 })).toBe(CHECK);
});

test('a code that the page does not know has no advice', () => {
  expect(adviceFor({ errorCode: 'from-the-future', playedToneCount: 1 })).toBeUndefined();
  expect(adviceFor({ errorCode: 'constructor' })).toBeUndefined();
  expect(adviceFor({})).toBeUndefined();
});
